"""`andon trace` says by any id who believes what, how fast it went, and what is open."""

import io
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest
from rich.console import Console

from andon.app.trace import print_trace
from andon.core.errors import SettingsError
from andon.visibility.identity import UnknownIdError

ORDER = "production-order/erp:1001"
MINUTE = timedelta(minutes=1)


@pytest.fixture
async def db(database: str) -> AsyncIterator[Any]:
    connection = await asyncpg.connect(database)
    yield connection
    await connection.close()


async def told(dsn: str, subject: str, *, width: int = 160) -> str:
    out = io.StringIO()
    await print_trace(dsn, subject, Console(file=out, width=width, color_system=None))
    return out.getvalue()


def line_with(text: str, *words: str) -> str:
    """The one line that holds all the words."""
    found = [line for line in text.splitlines() if all(word in line for word in words)]
    assert len(found) == 1, f"{words} stand in {len(found)} lines of\n{text}"
    return found[0]


async def subject(db: Any, name: str) -> None:
    kind, _, rest = name.partition("/")
    issuer, _, local = rest.partition(":")
    await db.execute(
        "insert into subject values ($1, $2, $3, $4, 'riverside', 1, now())",
        name, kind, issuer, local,
    )  # fmt: skip


async def record(
    db: Any, at: int, kind: str, *, source: str, name: str, after_ms: float,
    cause: int | None = None, data: str = "{}",
) -> None:  # fmt: skip
    moment = BEGAN + timedelta(milliseconds=after_ms)
    await db.execute(
        "insert into log values ($1, $2, $3, $4, $5, $6, $6, 1, 'c', $7, $8, $8, 'riverside',"
        " 'andon', false, null, null, $9::text::jsonb)",
        at, kind, source, f"{source}-{at}", name, ORDER, cause, moment, data,
    )  # fmt: skip


BEGAN = datetime.now(UTC) - timedelta(hours=1)


async def belief(db: Any, system: str, value: str, since: datetime) -> None:
    await db.execute(
        "insert into belief values ($1, 'status', $2, $3::text::jsonb, $4, $4, 1, $4)",
        ORDER, system, f'"{value}"', since,
    )  # fmt: skip


async def a_late_order(db: Any) -> None:
    """Released in the ERP an hour ago, distributed in 84 ms; a second command is parked."""
    await subject(db, ORDER)
    await db.execute("insert into alias values ('mes', 'production-order', 'M-77', $1)", ORDER)
    await db.execute(
        "insert into link values ($1, 'makes', 'material-lot/mes:L1', 1, now())", ORDER
    )
    await record(
        db, 1, "event", source="erp", name="andon.production.order.released.v1", after_ms=0
    )
    await record(
        db, 2, "command", source="andon", name="andon.production.order.distribute.v1",
        after_ms=4, cause=1,
    )  # fmt: skip
    await record(
        db, 3, "receipt", source="mes", name="andon.receipt.v1", after_ms=88, cause=2,
        data='{"reference": "W-9", "attempts": 2}',
    )  # fmt: skip
    await record(
        db, 4, "command", source="andon", name="andon.production.order.start.v1",
        after_ms=5_000, cause=3,
    )  # fmt: skip
    await db.execute(
        "insert into delivery values ('k4', 4, null, 0, 1, $1, 'mes', 'keyed', 'parked', 5, null,"
        " now(), 0, 'no such workplace')",
        ORDER,
    )
    await belief(db, "erp", "Completed", BEGAN)
    await belief(db, "mes", "Released", BEGAN)
    await belief(db, "mes [old]", "Released", BEGAN)
    await db.execute(
        "insert into ownership values ('production-order', 'status', 'erp', 'mes', $1, 'planning')",
        MINUTE,
    )
    await db.execute("insert into sync_lag values ($1, 'status', 'mes', $2, null, 1)", ORDER, BEGAN)
    await db.execute(
        "insert into exception (cause, class, code, team, connection, subject, text, choices,"
        " state, opened_at) values ('x', 'data owner', 'parked', 'planning', 'mes', $1,"
        " 'mes has no workplace [P-4].', '{retry,\"give up\"}', 'open', now()),"
        " ('y', 'operator', 'old', 'planning', 'mes', $1, 'was mended', '{}', 'resolved', now())",
        ORDER,
    )


@pytest.mark.parametrize("any_id", [ORDER, "1001", "M-77"])
async def test_any_id_finds_the_order_with_all_its_names(
    db: Any, database: str, any_id: str
) -> None:
    await a_late_order(db)
    text = await told(database, any_id)
    assert text.startswith(f"{ORDER}  site riverside\n")
    assert "Also known as M-77 in mes." in text
    assert "-> makes material-lot/mes:L1" in text


async def test_every_system_stands_with_its_belief_and_how_it_stands(
    db: Any, database: str
) -> None:
    await a_late_order(db)
    text = await told(database, "1001")
    values = line_with(text, "status", "Completed")
    assert values.index("Completed") < values.index("Released"), "the owner comes first"
    line_with(text, ", owner", ", differs")
    line_with(text, "attribute", "erp", "mes [old]")


async def test_each_hop_says_its_latency_and_each_command_its_outcome(
    db: Any, database: str
) -> None:
    await a_late_order(db)
    text = await told(database, "1001")
    assert line_with(text, "receipt W-9").rstrip().endswith("84 ms")
    assert line_with(text, "andon -> mes", "order distribute").rstrip().endswith("4.0 ms")
    line_with(text, "order.distribute.v1", "delivered", " 2 ", "W-9")
    line_with(text, "order.start.v1", "parked for a person since", " 5 ", "no such workplace")


async def test_a_follower_that_has_not_agreed_says_how_long_it_has_had(
    db: Any, database: str
) -> None:
    await a_late_order(db)
    text = await told(database, "1001")
    assert line_with(text, "status", "not yet, 1 h").rstrip().endswith("1 min")


async def test_open_exceptions_are_shown_word_for_word_and_closed_ones_are_not(
    db: Any, database: str
) -> None:
    await a_late_order(db)
    text = await told(database, "1001")
    line_with(text, "planning", "mes has no workplace [P-4].")
    line_with(text, "Answer on the board: retry or give up.")
    assert "was mended" not in text


async def test_an_order_without_trouble_says_so(db: Any, database: str) -> None:
    await subject(db, ORDER)
    text = await told(database, "1001")
    assert "No open exceptions." in text
    assert "No system has said what it believes about it." in text


async def test_an_id_of_two_orders_gives_both_names_to_ask_with(db: Any, database: str) -> None:
    other = "production-order/erp-b:1001"
    await subject(db, ORDER)
    await subject(db, other)
    text = await told(database, "1001")
    assert "1001 means 2 subjects" in text
    assert f"  andon trace {other}\n  andon trace {ORDER}\n" in text


async def test_an_unknown_id_says_what_to_do_next(db: Any, database: str) -> None:
    with pytest.raises(UnknownIdError, match=r"Nothing is known about '77'.*spelling.*--database"):
        await told(database, "77")


async def test_a_database_without_an_andon_is_no_stack_trace(empty_database: str) -> None:
    with pytest.raises(SettingsError, match=r"no Andon in it.*--database"):
        await told(empty_database, "1001")
