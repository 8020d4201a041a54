"""What the connector must be told: the database, what is read there, what is written."""

__all__ = ["OURS", "ByKey", "ByTime", "Order", "Outbox", "Read", "SqlSettings", "Whole", "Write"]

from collections.abc import Mapping
from datetime import timedelta
from typing import Literal

import msgspec

from andon.core.connector import SecretStr, Settings

OURS = "andon_"
"""Names in statements that begin so are Andon's own."""

Scalar = str | int | float | bool


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class ByKey(_Part, frozen=True, kw_only=True, tag="key", tag_field="by"):
    """Rows are only ever added, and this column grows from one to the next."""

    column: str
    """An identity, a sequence, a row version, a padded document number."""


class ByTime(_Part, frozen=True, kw_only=True, tag="time", tag_field="by"):
    """A change of a row sets this column to the time of the change."""

    column: str
    """Best with an index. Rows without a time are found by the sweep."""
    format: str | None = None
    """How a text in it is written (`%Y%m%d%H%M%S`); none: ISO 8601."""
    ticks: Literal["s", "ms"] = "s"
    """What a number in it counts since 1970."""


class Whole(_Part, frozen=True, kw_only=True, tag="whole", tag_field="by"):
    """Nothing tells what changed: the whole table is read and compared at every look."""


class Outbox(_Part, frozen=True, kw_only=True, tag="outbox", tag_field="by"):
    """Their program leaves rows for us; a row is marked or deleted once Andon has it."""

    column: str
    """The order in which they were left."""
    mark: str | None = None
    """Column that tells a taken row from a new one; none: taken rows are deleted."""
    new: Scalar | None = None
    """What stands in `mark` of a new row; none: nothing (NULL)."""
    taken: Scalar | None = None
    """What Andon writes there; none: the database's time."""


Order = ByKey | ByTime | Whole | Outbox


class Read(_Part, frozen=True, kw_only=True):
    """One table, view or SELECT whose rows become items. Its name is part of every item's key."""

    table: str | None = None
    """Table or view, with its schema if it needs one: `erp.orders`."""
    select: str | None = None
    """Instead of a table: one SELECT, values as `:name`. No ORDER BY, no LIMIT: those are ours."""
    parameters: Mapping[str, Scalar] = {}
    """The values of the SELECT's names."""
    columns: tuple[str, ...] = ()
    """What an item holds; none: every column. Leave out what changes without meaning."""
    key: tuple[str, ...]
    """The columns that name a row. They must tell any two rows apart."""
    cursor: Order
    """How news is told from what was read before."""
    kind: str | None = None
    """The items' kind, which chooses the mapping; none: the read's name."""
    deleted: str | None = None
    """Kind of the item that says a row is gone; none: nobody wants to know."""
    sweep: bool = True
    """Whether full looks are made. They cost one reading of the table and 0.1 kB of disk per
    row."""
    times: tuple[str, ...] = ()
    """Columns that hold a time as ISO 8601 text: they get the zone too."""


class Write(_Part, frozen=True, kw_only=True):
    """One call: a statement, its lines, and what proves them. All in one transaction."""

    statement: str
    """A statement or procedure call; `:key` is Andon's key, other names are fields of the body."""
    lines: Mapping[str, str] = {}
    """Field of the body that holds a list -> statement that is run for each of its elements."""
    find: str | None = None
    """SELECT that returns a row when the call was done. It is also asked before every call."""
    reference: str | None = None
    """Column of a returned row that holds the document number; none: the first one."""
    rows: int = 0
    """How many rows the statement must change at least; fewer is a refusal."""
    commits_itself: bool = False
    """Whether it leaves effects behind without our commit: a procedure that commits, a table
    without transactions. Then a connection lost in it is unknown."""


class SqlSettings(Settings, frozen=True, kw_only=True):
    """One database, what is read there and what is written."""

    url: str
    """SQLAlchemy's address without a password: `postgresql+psycopg://andon@erp.example/erp`,
    `mysql+pymysql://...`, `mssql+pymssql://...`, `sqlite:////path/erp.db`."""
    password: SecretStr | None = None
    """Of the user in `url`."""
    reads: Mapping[str, Read] = {}
    """What is read, by name."""
    writes: Mapping[str, Write] = {}
    """What a request may call, by target."""
    time_zone: str = "UTC"
    """Zone of the times that the database keeps without one, `Europe/Berlin`. Of an hour that comes
    twice in autumn it is the first; one that is left out in spring is an hour later."""
    poll_every: timedelta = timedelta(seconds=5)
    """Pause between two looks. Two changes of a row between two looks are seen as one."""
    overlap: timedelta = timedelta(minutes=1)
    """How far each look reaches back: longer than their longest transaction."""
    sweep_every: timedelta = timedelta(hours=1)
    """Pause between full looks, which find what came later than the overlap, and what is gone."""
    look_within: timedelta = timedelta(minutes=1)
    """How long one query of a look may take."""
    page: int = 500
    """Rows per query. Fewer for very wide rows."""
    isolation: str | None = None
    """Of the transaction of a call: `READ COMMITTED`, `SERIALIZABLE`; none: the database's own."""
    concurrency: int = 4
    """Calls in flight at once; each has a connection and a thread."""
