"""A database that died has no statistics: what loops ask of it is looked up by subject all the
same. The planner is shown tables of some size, and nothing that it could know about them."""

from collections.abc import Iterator
from typing import Any

import asyncpg
import msgspec
import pytest

from andon.store.connect import connect
from andon.store.sql import query

_MANY = 20_000
_TABLES = f"""
alter table log set (autovacuum_enabled = off);
alter table link set (autovacuum_enabled = off);
alter table waiting set (autovacuum_enabled = off);
alter table run set (autovacuum_enabled = off);
insert into log
  select n, 'event', 'x', n::text, 'a.b.v1', 'order/x:' || n % 2000, 'k', 0, 'c', null, now(),
    now(), 'here', 'a', true, 'x', null, jsonb_build_object('said', repeat('x', 200))
  from generate_series(1, {_MANY}) n;
insert into link select 'order/x:' || n, 'makes', 'lot/x:' || n, n, now()
  from generate_series(1, 2000) n;
insert into run (id, workflow, subject, lane, trigger, correlation, state, started_at)
  select 'r' || n, 'flow', 'order/x:' || n, 0, 1, 'c', 'running', now()
  from generate_series(1, 2000) n;
insert into waiting (run, n, subject, lane, types, after, hears)
  select 'r' || n, 1, 'order/x:' || n, 0, array['a.b.v1'], 1, array['c.d.v1']
  from generate_series(1, 2000) n;
"""
_RUNS = [f"r{n}" for n in range(1, 1001)]
_ASKED: dict[str, tuple[Any, ...]] = {
    "hear": (_RUNS, _MANY, ["flow"]),
    "look_back": ([f"order/x:{n}" for n in range(300)], [1] * 300, _MANY),
    "recall": (list(range(64)), _MANY),
}


@pytest.mark.parametrize("name", _ASKED)
async def test_the_log_is_looked_up_by_subject_without_statistics(database: str, name: str) -> None:
    db = await connect(database, "young")
    try:
        await db.execute(_TABLES)
        text = await db.fetchval(f"explain (format json) {query(name)}", *_ASKED[name])
        looks = [node for node in _nodes(msgspec.json.decode(text)) if _reads_log(node)]
        assert looks
        for node in looks:
            assert node.get("Index Name") == "log_subject", node
        assert await _answers(db, name)
    finally:
        await db.close()


async def _answers(db: asyncpg.Connection, name: str) -> bool:
    return len(await db.fetch(query(name), *_ASKED[name])) > 0


def _reads_log(node: dict[str, Any]) -> bool:
    """A bitmap heap scan names its index in the node below it."""
    return node["Node Type"].endswith("Index Scan") and str(node["Index Name"]).startswith("log_")


def _nodes(part: Any) -> Iterator[dict[str, Any]]:
    match part:
        case {"Plan": dict(plan)}:
            yield from _nodes(plan)
        case {"Node Type": _}:
            yield part
            yield from _nodes(part.get("Plans", []))
        case list(parts):
            for one in parts:
                yield from _nodes(one)
        case _:
            return
