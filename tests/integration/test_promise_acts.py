"""What people and Andon do to connections and cases is in the log, once, or did not happen."""

import asyncio
import io
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import asyncpg
import msgspec
import pytest
from rich.console import Console
from typer.testing import CliRunner

from andon.app.trace import print_trace
from andon.cli import app
from andon.core.errors import CredentialsError
from andon.store.acts import judge, wish
from andon.store.ingest import Raised, raise_exceptions
from tests.integration.plant import Told, plant_on, rows_of, settled, until

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


async def noted(db: asyncpg.Connection, about: str) -> list[tuple[Any, ...]]:
    """Type, who and why of the notes about a subject, in log order."""
    rows = await db.fetch(
        "select type, actor, data from log where subject = $1 and kind = 'note' order by position",
        about,
    )
    return [
        (row["type"].split(".")[2], row["actor"], msgspec.json.decode(row["data"])["reason"])
        for row in rows
    ]


async def connected(db: asyncpg.Connection, name: str = "erp", site: str = "riverside") -> None:
    await db.execute(
        "insert into connection_state (name, site, kind, faces, state, since)"
        " values ($1, $2, 'rest', '{sink}', 'running', $3)",
        name,
        site,
        NOW,
    )


async def test_a_pause_is_one_record_however_often_it_is_wished(database: str) -> None:
    async with rows_of(database) as db:
        await connected(db)

        async def pause(who: str) -> bool:
            async with rows_of(database) as own:
                return await wish(own, "erp", "paused", by=who, why="new certificate", now=NOW)

        done = await asyncio.gather(*(pause(f"p{n}") for n in range(8)))
        assert sorted(done) == [False] * 7 + [True]
        row = await db.fetchrow("select wanted, reason from connection_state")
        winner = f"p{done.index(True)}"
        assert row is not None
        assert tuple(row) == ("paused", f"paused by {winner}: new certificate")
        assert await wish(db, "erp", "running", by="anna", why="", now=NOW)
        assert not await wish(db, "nobody", "paused", by="anna", why="", now=NOW)
        assert await noted(db, "connection/andon:erp") == [
            ("paused", winner, "new certificate"),
            ("resumed", "anna", None),
        ]


async def test_an_outage_is_recorded_when_it_begins_and_when_it_ends(database: str) -> None:
    async with plant_on(database) as plant, rows_of(database) as db:
        plant.keyed.down = True
        async with plant.working():
            await plant.says(Told(order_id="A"))

            async def state() -> str:
                return await db.fetchval("select state from connection_state where name = 'keyed'")

            async def it_is_away() -> bool:
                return await state() == "unreachable"

            async def it_is_back() -> bool:
                return await state() == "running"

            await until(it_is_away)
            plant.keyed.down = False
            await until(it_is_back)
            await settled(database)
        assert await noted(db, "connection/andon:keyed") == [
            ("unreachable", "andon", "keyed refuses connections"),
            ("reached", "andon", None),
        ]


async def test_a_pause_by_andon_and_its_end_by_a_person_are_two_records(database: str) -> None:
    async with plant_on(database) as plant, rows_of(database) as db:
        plant.keyed.locked = CredentialsError("keyed does not know us")
        async with plant.working():

            async def paused() -> bool:
                found = await db.fetchval("select state from connection_state where name = 'keyed'")
                return found == "paused"

            await until(paused)
            plant.keyed.locked = None
            assert await wish(db, "keyed", "running", by="anna", why="renewed", now=NOW)
            await plant.says(Told(order_id="A"))
            await settled(database)
        assert await noted(db, "connection/andon:keyed") == [
            ("paused", "andon", "keyed does not know us"),
            ("resumed", "anna", "renewed"),
        ]


async def test_a_pause_keeps_the_persons_words_when_workers_follow_it(database: str) -> None:
    async with plant_on(database) as plant, rows_of(database) as db, plant.working():

        async def known() -> bool:
            return await db.fetchval("select count(*) from connection_state") == 4

        await until(known)
        await wish(db, "keyed", "paused", by="anna", why="month end", now=NOW)

        async def it_is_paused() -> bool:
            row = await db.fetchrow("select state, reason from connection_state where name='keyed'")
            return row is not None and tuple(row) == ("paused", "paused by anna: month end")

        await until(it_is_paused)
        assert len(await noted(db, "connection/andon:keyed")) == 1


@pytest.mark.parametrize("end", ["commit", "rollback", "kill"])
async def test_state_and_record_are_there_both_or_neither(database: str, end: str) -> None:
    """The session is killed between the statement and its commit."""
    async with rows_of(database) as db:
        await connected(db)
        await raise_exceptions(db, [raised("x")], NOW)
        case = await db.fetchval("select id from exception")
        own = await asyncpg.connect(database)
        deed = own.transaction()
        await deed.start()
        await wish(own, "erp", "paused", by="anna", why="", now=NOW)
        await judge(own, case, "acknowledged", by="anna", note="", now=NOW, of=["open"])
        if end == "commit":
            await deed.commit()
        elif end == "rollback":
            await deed.rollback()
        else:
            await db.execute("select pg_terminate_backend($1)", own.get_server_pid())
        own.terminate()

        async def let_go() -> bool:  # the appender's lock falls with the session
            return await db.fetchval("select pg_try_advisory_xact_lock(4021)")

        await until(let_go)
        both = await db.fetchrow(
            "select (select wanted from connection_state), (select state from exception),"
            " (select count(*) from log)"
        )
        assert both is not None
        done = end == "commit"
        assert tuple(both) == (("paused", "acknowledged", 2) if done else ("running", "open", 0))


def raised(cause: str, **more: Any) -> Raised:
    return Raised(cause=cause, acts="operator", code="odd", team="planning", text="T.", **more)


async def acknowledge(db: asyncpg.Connection, cases: Sequence[int], who: str) -> list[bool]:
    return [
        await judge(db, case, "acknowledged", by=who, note="looking", now=NOW, of=["open"])
        for case in cases
    ]


async def test_an_acknowledged_case_stands_with_its_subject_once(database: str) -> None:
    order = "order/talker:A"
    async with plant_on(database) as plant, rows_of(database) as db, plant.working():
        await plant.says(Told(order_id="A"))
        await settled(database)
        await raise_exceptions(
            db, [raised("1", subject=order), raised("2", connection="keyed"), raised("3")], NOW
        )
        cases = [row["id"] for row in await db.fetch("select id from exception order by id")]
        assert await acknowledge(db, cases, "anna") == [True] * 3
        assert await acknowledge(db, cases, "ben") == [False] * 3
        said = [("acknowledged", "anna", "looking")]
        for about in (order, "connection/andon:keyed", f"exception/andon:{cases[2]}"):
            assert await noted(db, about) == said, about
        sites = await db.fetch("select site from log where kind = 'note' order by position")
        # a case without subject and connection is for callers of all sites, and so is its record
        assert [row["site"] for row in sites] == ["here", "here", ""]

        async def it_is_projected() -> bool:
            return await db.fetchval(
                "select min(at) >= (select max(position) from log) from position"
                " where name = 'project'"
            )

        await until(it_is_projected)
        for asked, shown in (
            (order, "exception acknowledged by anna: looking"),
            ("connection/andon:keyed", "exception acknowledged by anna: looking"),
        ):
            text = io.StringIO()
            await print_trace(database, asked, Console(file=text, width=200))
            assert shown in text.getvalue()


async def test_a_note_does_not_say_where_its_subject_belongs(database: str) -> None:
    async with plant_on(database) as plant, rows_of(database) as db, plant.working():
        await raise_exceptions(db, [raised("1", subject="order/talker:A")], NOW)
        await acknowledge(db, [await db.fetchval("select id from exception")], "anna")

        async def site() -> Any:
            return await db.fetchval("select site from subject where name = 'order/talker:A'")

        async def known_without_site() -> bool:
            return await site() == ""

        await until(known_without_site)
        await plant.says(Told(order_id="A"))

        async def known_here() -> bool:
            return await site() == "here"

        await until(known_here)


async def test_a_terminal_pauses_and_resumes(database: str) -> None:
    async with rows_of(database) as db:
        await connected(db)

        async def typed(*words: str) -> tuple[int, str]:
            answer = await asyncio.to_thread(
                CliRunner().invoke, app, [*words, "--database", database]
            )
            return answer.exit_code, answer.output

        code, said = await typed("pause", "erp", "--why", "month end")
        assert (code, "workers follow" in said) == (0, True)
        code, said = await typed("pause", "erp")
        assert (code, "already" in said) == (0, True)
        assert (await typed("resume", "erp"))[0] == 0
        code, said = await typed("pause", "mes")
        assert (code, "This Andon has erp" in said) == (2, True)
        assert [(what, why) for what, _, why in await noted(db, "connection/andon:erp")] == [
            ("paused", "month end"),
            ("resumed", None),
        ]
