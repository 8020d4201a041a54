"""What one step of many runs writes: log, journal, deliveries, waits,
in ONE statement and one commit."""

__all__ = ["Batch", "LogRow"]

from datetime import datetime
from functools import cache
from typing import Any

import asyncpg
import msgspec

from andon.store.ingest import Raised, kept, raised_row

_LOG = """logged as (insert into log (position, kind, source, id, type, subject, order_key, lane,
  correlation, causation, occurred_at, recorded_at, site, actor, follow, system, claims, data)
  select head.base + t.ord - 1, kind, source, id, type, subject, order_key, lane, correlation,
    case when causation < 0 then head.base - causation - 1 else causation end,
    occurred_at, {now}, site, actor, false, system, claims, data
  from head, unnest({0}::text[], {1}::text[], {2}::text[], {3}::text[], {4}::text[], {5}::text[],
    {6}::smallint[], {7}::text[], {8}::bigint[], {9}::timestamptz[], {10}::text[], {11}::text[],
    {12}::text[], {13}::jsonb[], {14}::jsonb[]) with ordinality as t(kind, source, id, type, subject,
    order_key, lane, correlation, causation, occurred_at, site, actor, system, claims, data, ord))"""

_PARTS: dict[str, str] = {
    "sends": """sends as (insert into delivery (key, position, run, n, lane, order_key, connection,
      proof, state, since)
      select key, head.base + ord - 1, run, n, lane, order_key, connection, proof, state, {now}
      from head, unnest({0}::text[], {1}::bigint[], {2}::text[], {3}::int[], {4}::smallint[],
        {5}::text[], {6}::text[], {7}::text[], {8}::text[])
        as t(key, ord, run, n, lane, order_key, connection, proof, state))""",
    "done": "done as (delete from delivery using unnest({0}::text[]) as t(key) where delivery.key = t.key)",
    "moved": """moved as (update delivery set state = t.state, attempts = t.attempts, due_at = t.due_at,
      looks = t.looks, last_error = t.error
      from unnest({0}::text[], {1}::text[], {2}::smallint[], {3}::timestamptz[], {4}::smallint[],
        {5}::text[]) as t(key, state, attempts, due_at, looks, error)
      where delivery.key = t.key)""",
    "journal": """journaled as (insert into journal (run, at, n, position, answered_at, data)
      select run, at, n, case when position < 0 then head.base - position - 1 else position end, {now}, data
      from head, unnest({0}::text[], {1}::int[], {2}::int[], {3}::bigint[], {4}::jsonb[])
        as t(run, at, n, position, data))""",
    "runs": """runs as (insert into run (id, workflow, subject, lane, trigger, correlation, state,
      started_at, ended_at)
      select id, workflow, subject, lane, trigger, correlation, state, started_at,
        case when state in ('running', 'parked') then null else {now} end
      from unnest({0}::text[], {1}::text[], {2}::text[], {3}::smallint[], {4}::bigint[], {5}::text[],
        {6}::text[], {7}::timestamptz[]) as t(id, workflow, subject, lane, trigger, correlation,
        state, started_at))""",
    "ends": """ends as (update run set state = t.state, ended_at = {now}
      from unnest({0}::text[], {1}::text[]) as t(id, state) where run.id = t.id)""",
    "parked": """parked as (update run set state = 'parked', crashes = t.crashes, ended_at = null
      from unnest({0}::text[], {1}::smallint[]) as t(id, crashes) where run.id = t.id)""",
    "resumed": """resumed as (update run set state = 'running', crashes = 0
      from unnest({0}::text[]) as t(id) where run.id = t.id)""",
    "cleared": """cleared as (delete from suspect using unnest({0}::text[]) as t(run)
      where suspect.run = t.run)""",
    "holds": """holds as (insert into hold (lot, holder, held, reason, at)
      select lot, 'andon', held, reason, {now} from unnest({0}::text[], {1}::bool[], {2}::text[])
        as t(lot, held, reason)
      on conflict (lot, holder) do update set held = excluded.held, reason = excluded.reason,
        at = excluded.at
      returning pg_notify('andon_hold', ''))""",
    "concessions": """concessions as (insert into concession (lot, root, holder, at)
      select lot, root, 'andon', {now} from unnest({0}::text[], {1}::text[]) as t(lot, root)
      on conflict (lot, root, holder) do update set at = excluded.at
      returning pg_notify('andon_hold', ''))""",
    "waits": """waits as (insert into waiting (run, n, subject, lane, types, hears, after, asked_at)
      select distinct on (run, n) run, n, subject, lane, string_to_array(types, ' '),
        string_to_array(hears, ' '), after, (select last_value from log_position)
      from unnest({0}::text[], {1}::int[], {2}::text[], {3}::smallint[], {4}::text[], {5}::text[],
        {6}::bigint[]) as t(run, n, subject, lane, types, hears, after) on conflict (run, n)
      do update set asked_at = excluded.asked_at)""",
    "waited": """waited as (delete from waiting using unnest({0}::text[], {1}::int[]) as t(run, n)
      where waiting.run = t.run and waiting.n = t.n)""",
    "timers": """timers as (insert into timer (run, n, lane, due_at)
      select * from unnest({0}::text[], {1}::int[], {2}::smallint[], {3}::timestamptz[])
      on conflict do nothing)""",
    "rung": """rung as (delete from timer using unnest({0}::text[], {1}::int[]) as t(run, n)
      where timer.run = t.run and timer.n = t.n)""",
    "names": """names as (insert into alias (system, kind, local, subject)
      select * from unnest({0}::text[], {1}::text[], {2}::text[], {3}::text[]) on conflict do nothing)""",
    "raised": """raised as (insert into exception as e (cause, class, code, team, connection, subject,
      position, run, n, text, detail, raw, choices, opened_at, state, closed_at, closed_by)
      select cause, class, code, team, connection, subject, position, run, n, text, detail, raw,
        case when choices = '' then '{{}}' else string_to_array(choices, e'\\x1f') end, {now},
        case when over then 'resolved' else 'open' end, case when over then {now} end,
        case when over then 'andon' end
      from unnest({0}::text[], {1}::text[], {2}::text[], {3}::text[], {4}::text[], {5}::text[],
        {6}::bigint[], {7}::text[], {8}::int[], {9}::text[], {10}::jsonb[], {11}::bytea[], {12}::text[],
        {13}::bool[]) as t(cause, class, code, team, connection, subject, position, run, n, text, detail,
        raw, choices, over)
      on conflict (cause) do update set times = e.times + 1, state = excluded.state,
        text = excluded.text, answer = null, closed_at = excluded.closed_at,
        closed_by = excluded.closed_by)""",
    "settled": """settled as (update exception set state = 'resolved', closed_at = {now},
      closed_by = 'andon' from unnest({0}::text[]) as t(cause)
      where exception.cause = t.cause and state <> 'resolved')""",
}
_WIDTH = {
    "sends": 9, "done": 1, "moved": 6, "journal": 5, "runs": 8, "ends": 2, "parked": 2,
    "resumed": 1, "cleared": 1, "holds": 3, "concessions": 2, "waits": 7,
    "waited": 2, "timers": 4, "rung": 2, "names": 4, "raised": 14, "settled": 1,
}  # fmt: skip


@cache
def _statement(logged: bool, parts: tuple[str, ...]) -> str:
    """One shape of the statement; each is prepared once per session.
    $1 is the time, $2 the row count."""
    at = 3
    ctes = [
        "head as materialized (select reserve($2) as base)"
        if logged
        else "head as (select $2::bigint as base)"
    ]
    if logged:
        ctes.append(_LOG.format(*(f"${at + i}" for i in range(15)), now="$1::timestamptz"))
        at += 15
    for part in parts:
        ctes.append(
            _PARTS[part].format(*(f"${at + i}" for i in range(_WIDTH[part])), now="$1::timestamptz")
        )
        at += _WIDTH[part]
    return f"with {', '.join(ctes)} select base, $1::timestamptz from head"


class LogRow(msgspec.Struct, frozen=True, kw_only=True):
    """One record a worker appends. A negative `causation` -k means the k-th row of this batch."""

    kind: str
    source: str
    id: str
    type: str
    subject: str
    order_key: str
    lane: int
    correlation: str
    causation: int | None
    occurred_at: datetime
    site: str
    actor: str
    system: str | None = None
    claims: str | None = None
    data: str


_LOG_FIELDS = LogRow.__struct_fields__


class Batch:
    """Collects rows; `commit` writes them all or none and returns the first log position."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.log: list[LogRow] = []
        self._rows: dict[str, list[tuple[Any, ...]]] = {}
        self._moved: dict[str, tuple[Any, ...]] = {}
        self._holds: dict[str, tuple[Any, ...]] = {}
        self._concessions: dict[tuple[str, str], None] = {}
        self._raised: dict[str, list[Any]] = {}
        self._over: dict[str, None] = {}

    def append(self, row: LogRow) -> int:
        """Adds a record; its place in this batch, counted from 1."""
        self.log.append(row)
        return len(self.log)

    def add(self, part: str, *row: Any) -> None:
        """Adds a row to one part of the statement."""
        self._rows.setdefault(part, []).append(row)

    def raise_exception(self, one: Raised) -> None:
        """Opens an exception; the same cause twice in a batch is one."""
        row = raised_row(one)
        self._raised.setdefault(row[0], row)
        self._over.pop(row[0], None)

    def settle(self, cause: str) -> None:
        """Closes an exception whose cause is gone; one raised in this very batch is kept, closed."""
        self._over[cause] = None

    def move(self, key: str, *row: Any) -> None:
        """Sets a delivery's state; the last of several in one batch stands."""
        *state, error = row
        self._moved[key] = (key, *state, kept(error) if error else error)

    def hold(self, lot: str, reason: str, *, held: bool) -> None:
        """Binds or frees a lot in our own name; the last word of a batch stands."""
        self._holds[lot] = (lot, held, kept(reason))

    def concede(self, lot: str, root: str) -> None:
        """Lets a lot pass though a held one that we hold in our own name is in it."""
        self._concessions[lot, root] = None

    def done(self, key: str) -> None:
        """Takes a delivery off; what moved it before in this batch no longer matters."""
        self._moved.pop(key, None)
        self.add("done", key)

    def __len__(self) -> int:
        ours = (self._moved, self._holds, self._concessions, self._raised, self._over)
        return sum(map(len, (self.log, *ours, *self._rows.values())))

    async def commit(self, db: asyncpg.Connection) -> int:
        """Position of the first log row. All or nothing."""
        rows: dict[str, list[tuple[Any, ...]]] = {
            **self._rows,
            "moved": list(self._moved.values()),
            "holds": list(self._holds.values()),
            "concessions": list(self._concessions),
            # PostgreSQL lets one statement change a row once: of both words the last is written
            "raised": [(*row, cause in self._over) for cause, row in self._raised.items()],
            "settled": [(cause,) for cause in self._over if cause not in self._raised],
        }
        parts = tuple(part for part in _PARTS if rows.get(part))
        arguments: list[Any] = []
        if self.log:
            arguments += [[getattr(row, name) for row in self.log] for name in _LOG_FIELDS]
        for part in parts:
            arguments += map(list, zip(*rows[part], strict=True))
        row = await db.fetchrow(
            _statement(bool(self.log), parts), self.now, len(self.log), *arguments
        )
        assert row is not None
        return int(row[0])
