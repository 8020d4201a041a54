"""One subject on a terminal: who believes what, what happened and how fast, what is open."""

__all__ = ["print_trace"]

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import cast

import asyncpg
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from andon.app.said import DELIVERY, STANDS, moment, span, value
from andon.core.errors import SettingsError
from andon.visibility.identity import AmbiguousError, UnknownIdError
from andon.visibility.reading import Asks
from andon.visibility.subject import NEWEST, subject_page
from andon.visibility.views import (
    Cell,
    Delivery,
    ExceptionView,
    MatrixRow,
    SubjectPage,
    Sync,
    TimelineEntry,
)

EVERY_SITE: frozenset[str] = frozenset()
"""Who can reach the database may see all of it."""


async def print_trace(dsn: str, subject: str, console: Console) -> str | None:
    """Prints what is known about the subject that any of its ids means; its full name.

    Several subjects are listed as choices. Raises UnknownIdError when there is none.
    """
    connection = await asyncpg.connect(dsn)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            db = cast(Asks, connection)
            page = await subject_page(db, subject, sites=EVERY_SITE, now=datetime.now(UTC))
    except AmbiguousError as error:
        for part in _choices(subject, error.choices):
            console.print(part)
        return None
    except UnknownIdError:
        raise UnknownIdError(_nothing(subject)) from None
    except asyncpg.UndefinedTableError:
        raise SettingsError(
            f"{subject} cannot be traced: this database has no Andon in it."
            " Check --data or --database, or start Andon on it once with `andon run`."
        ) from None
    finally:
        await connection.close()
    for part in _page(page):
        console.print(part)
    return page.name


def _nothing(subject: str) -> str:
    return (
        f"Nothing is known about {subject!r}: no system has said this id to this Andon."
        " Check the spelling, also capitals and leading zeros. If it was made a moment ago, look"
        " at the connections on the board: its system may be unreachable or paused. Another data"
        " folder or database is named with --data or --database."
    )


def _choices(subject: str, names: tuple[str, ...]) -> Iterator[RenderableType]:
    yield Text(f"{subject} means {len(names)} subjects. Ask again with one of these names:")
    for name in names:
        yield Text(f"  andon trace {name}")


def _page(page: SubjectPage) -> Iterator[RenderableType]:
    yield from _header(page)
    yield _beliefs(page.matrix, page.generated_at)
    yield _timeline(page.timeline, page.generated_at)
    if len(page.timeline) == NEWEST:
        yield Text(f"Only the newest {NEWEST} records are shown; older ones are in the log.")
    if page.archived_until is not None:
        until = moment(page.archived_until, page.generated_at)
        yield Text(f"Records up to {until} were archived; `andon log read` shows them.")
    if page.deliveries:
        yield _deliveries(page.deliveries, page.generated_at)
    if page.sync:
        yield _sync(page.sync, page.generated_at)
    yield from _exceptions(page.exceptions, page.generated_at)


def _header(page: SubjectPage) -> Iterator[RenderableType]:
    yield Text.assemble((page.name, "bold"), f"  site {page.site}")
    if page.aliases:
        names = ", ".join(f"{alias.local} in {alias.system}" for alias in page.aliases)
        yield Text(f"Also known as {names}.")
    for link in page.links:
        arrow = "->" if link.direction == "out" else "<-"
        held = ", on hold" if link.held else ""
        yield Text(f"{arrow} {link.relation} {link.object}{held}")
    now = page.generated_at
    yield Text(
        f"First heard of {moment(page.first_at, now)}; read at {moment(now, now)} UTC,"
        f" log position {page.position}."
    )


def _beliefs(rows: list[MatrixRow], now: datetime) -> RenderableType:
    if not rows:
        return Text("\nNo system has said what it believes about it.")
    systems = list(dict.fromkeys(cell.system for row in rows for cell in row.cells))
    table = _table("Who believes what, since when", "attribute", *systems)
    for row in rows:
        cells = {cell.system: cell for cell in row.cells}
        _add(
            table,
            row.attribute,
            *(_cell(cells[s], now) if s in cells else Text("-", style="dim") for s in systems),
        )
    return table


def _cell(cell: Cell, now: datetime) -> Text:
    word, style = STANDS[cell.stands]
    below = f"{moment(cell.since, now)}{f', {word}' if word else ''}"
    return Text.assemble((value(cell.value), f"bold {style}"), "\n", (below, style or "dim"))


def _timeline(entries: list[TimelineEntry], now: datetime) -> Table:
    table = _table(
        "What happened (recorded, UTC)", "at", "system", "kind", "what", "after its cause"
    )
    for entry in entries:
        where = f"{entry.source} -> {entry.target}" if entry.target else entry.source
        style = "red" if entry.kind == "refusal" else ""
        hop = "" if entry.hop_ms is None else span(entry.hop_ms)
        what = Text(entry.title, style=style)
        _add(table, moment(entry.recorded_at, now), where, entry.kind, what, hop)
    return table


def _deliveries(rows: list[Delivery], now: datetime) -> Table:
    table = _table("Commands and their outcomes", "command", "to", "outcome", "attempts", "says")
    for row in rows:
        word, style = DELIVERY.get(row.state, (row.state, ""))
        due = f"; next at {moment(row.due_at, now)}" if row.due_at else ""
        since = f"{word} {moment(row.since, now)}{due}"
        _add(
            table,
            row.type,
            row.connection or "",
            Text(since, style=style),
            "" if row.attempts is None else str(row.attempts),
            Text(row.last_error or row.reference or ""),
        )
    return table


def _sync(rows: list[Sync], now: datetime) -> Table:
    table = _table("How soon followers agreed", "attribute", "system", "lag", "agreed within")
    for row in rows:
        if row.lag_ms is None:
            waited = (now - row.changed_at).total_seconds() * 1000
            late = row.within_s is not None and waited > row.within_s * 1000
            lag = Text(f"not yet, {span(waited)} so far", style="red" if late else "yellow")
        else:
            late = row.within_s is not None and row.lag_ms > row.within_s * 1000
            lag = Text(span(row.lag_ms), style="red" if late else "green")
        within = "" if row.within_s is None else span(row.within_s * 1000)
        _add(table, row.attribute, row.follower, lag, within)
    return table


def _exceptions(cases: list[ExceptionView], now: datetime) -> Iterator[RenderableType]:
    unsolved = [case for case in cases if case.state != "resolved"]
    if not unsolved:
        yield Text("\nNo open exceptions.", style="green")
        return
    table = _table("Open exceptions", "no.", "since", "team", "what to decide")
    for case in unsolved:
        words = case.text
        if case.choices:
            words += f"\nAnswer on the board: {' or '.join(case.choices)}."
        _add(table, str(case.id), moment(case.opened_at, now), case.team, Text(words))
    yield table


def _table(title: str, *columns: str) -> Table:
    table = Table(title=f"\n{title}", title_justify="left", title_style="bold", box=None)
    for column in columns:
        table.add_column(Text(column), header_style="dim", overflow="fold")
    return table


def _add(table: Table, *cells: str | Text) -> None:
    # As Text, or a system's square brackets would be read as colours.
    table.add_row(*(Text(cell) if isinstance(cell, str) else cell for cell in cells))
