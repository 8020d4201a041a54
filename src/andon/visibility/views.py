"""The shapes in which the state of the plant is shown. Every figure says its source and age."""

__all__ = [
    "AliasName",
    "Authoritative",
    "AuthoritativeValue",
    "Availability",
    "Backlog",
    "Cell",
    "ConnectionView",
    "Delivery",
    "ExceptionView",
    "HoldWord",
    "Hurt",
    "LinkView",
    "LotStock",
    "MatrixRow",
    "OrderCounts",
    "Overview",
    "RawException",
    "Related",
    "Stands",
    "StateOf",
    "StockTotal",
    "StockWord",
    "SubjectLine",
    "SubjectPage",
    "Sync",
    "TimelineEntry",
]

from datetime import datetime
from typing import Any, Literal

from msgspec import Struct

from andon.visibility.reached import Reach

Stands = Literal["owner", "agrees", "settling", "differs", "unowned"]
"""How a belief stands to its owner's: it is the owner's; equal to it; different but still inside
the agreed time; different beyond it; or nobody declared who owns or follows."""


class StateOf(Struct, frozen=True):
    """What one system holds as the status of a subject."""

    system: str
    value: str | int | bool | None
    since: datetime
    owner: bool


class SubjectLine(Struct, frozen=True):
    """One subject in a list."""

    name: str
    kind: str
    issuer: str
    local: str
    site: str
    first_at: datetime
    position: int
    header: dict[str, str | None]
    """Material, planned quantity and due time, as far as they are said: the owner's word, else
    the issuer's."""
    states: list[StateOf]
    held: list[str]
    """Lots on hold: itself, or those it is linked to."""
    differs: bool
    """A follower disagrees beyond its agreed time."""
    exceptions_open: int


class AliasName(Struct, frozen=True):
    """Another system's name for the subject."""

    system: str
    local: str


class LinkView(Struct, frozen=True):
    """A qualified, dated relation to another object, seen from this subject."""

    relation: str
    object: str
    direction: Literal["out", "in"]
    since: datetime
    held: bool
    """Whether the other object is on hold, by the word of any system."""


class Cell(Struct, frozen=True):
    """What one system believes about one attribute."""

    system: str
    value: str | int | bool | None
    occurred_at: datetime
    recorded_at: datetime
    since: datetime
    """Recorded time of the first claim of this very value."""
    position: int
    stands: Stands
    follower_within_s: float | None
    """Seconds a follower has to agree; null where none was declared."""


class MatrixRow(Struct, frozen=True):
    """One attribute across all systems, the owner's cell first."""

    attribute: str
    owner: str | None
    steward: str | None
    cells: list[Cell]


class AuthoritativeValue(Struct, frozen=True):
    """One attribute, and the word that counts."""

    attribute: str
    value: str | int | bool | None
    source: str
    """The system whose word it is."""
    owner: str | None
    """The authority, where one is declared; not the source while it has said nothing."""
    since: datetime
    """Recorded time of the first claim of this very value."""
    said_at: datetime
    """When the source said it last, by its own word."""
    age_s: float
    """Seconds since that was recorded."""
    others: list[str]
    """Systems that hold another value."""


class Related(Struct, frozen=True):
    """An object linked to another one."""

    relation: str
    name: str
    kind: str
    local: str
    values: list[AuthoritativeValue]


class Authoritative(Struct, frozen=True):
    """What counts as true of one object, with source and age of each attribute."""

    name: str
    kind: str
    local: str
    site: str
    values: list[AuthoritativeValue]
    generated_at: datetime
    related: list[Related] = []
    """Linked objects of the kind that was asked for."""


class StockWord(Struct, frozen=True):
    """How much one system says it has of a lot in one place for one use."""

    source: str
    location: str
    use: str
    """`unrestricted`, `blocked` or `inspection`."""
    amount: str
    unit: str
    said_at: datetime
    """When the source said it last, by its own word."""
    age_s: float
    """Seconds since that was recorded."""


class HoldWord(Struct, frozen=True):
    """One system holds the lot."""

    source: str
    since: datetime
    said_at: datetime
    age_s: float
    """Seconds since it was recorded last."""


class LotStock(Struct, frozen=True):
    """One lot of which somebody says that there is some."""

    name: str
    local: str
    site: str
    stock: list[StockWord]
    holds: list[HoldWord]
    """Who holds it; none where it is free."""


class StockTotal(Struct, frozen=True):
    """What one system says there is, over all lots, in one unit. Nothing is converted."""

    source: str
    unit: str
    amount: str
    free: str
    """For any use, and on hold or in inspection by nobody's word."""
    held: str
    """The rest."""
    oldest_age_s: float
    """Age of the oldest word in it."""


class Availability(Struct, frozen=True):
    """How much there is of an item: by the books, by the shelves, and what of it is on hold.
    What is promised to somebody is not taken off."""

    item: str
    totals: list[StockTotal]
    lots: list[LotStock]
    """The youngest first, 500 at most."""
    more: bool
    """Whether there are more lots than are shown; totals count them."""
    generated_at: datetime


class TimelineEntry(Struct, frozen=True):
    """One record about the subject, and how long after its cause it was recorded."""

    position: int
    kind: str
    type: str
    source: str
    target: str | None
    """The connection a command went to, where that is known."""
    occurred_at: datetime
    recorded_at: datetime
    hop_ms: float | None
    """Time since the record that caused this one."""
    title: str
    causation: int | None
    claims: dict[str, Any]
    actor: str
    data: Any


class Delivery(Struct, frozen=True):
    """A command on its way, or its end as the receipt tells it."""

    key: str
    position: int
    connection: str | None
    type: str
    state: str
    attempts: int | None
    """Null for a finished one whose receipt does not say."""
    since: datetime
    due_at: datetime | None
    last_error: str | None
    reference: str | None


class Sync(Struct, frozen=True):
    """Owner's change to one follower's agreement."""

    attribute: str
    follower: str
    changed_at: datetime
    agreed_at: datetime | None
    lag_ms: float | None
    within_s: float | None


class ExceptionView(Struct, frozen=True, kw_only=True, rename={"class_": "class"}):
    """A case somebody must decide."""

    id: int
    class_: str
    code: str
    team: str
    connection: str | None
    subject: str | None
    text: str
    detail: dict[str, Any]
    choices: list[str]
    answer: str | None
    state: str
    opened_at: datetime
    closed_at: datetime | None
    closed_by: str | None
    times: int
    position: int | None
    has_raw: bool


class Hurt(Struct, frozen=True):
    """A sales order that waits for an item which cannot be made now. Whether stock covers it nobody
    has looked."""

    order: str
    customer: str | None
    wanted_by: datetime | None
    item: str
    missing_for: str
    """The production order that cannot make it."""


class RawException(ExceptionView, frozen=True, kw_only=True):
    """A case with the item as it came: text, or base64 where it is not UTF-8."""

    raw: str | None
    raw_encoding: Literal["utf-8", "base64"] | None
    hurts: list[Hurt]
    """Whom the shortage hurts that the case is about, who wants it soonest first, 50 at most."""
    reach: Reach | None
    """Where systems differ about stock of what the case is about: all that this reaches."""


class SubjectPage(Struct, frozen=True, kw_only=True):
    """Everything known about one subject."""

    name: str
    kind: str
    issuer: str
    local: str
    site: str
    first_at: datetime
    aliases: list[AliasName]
    links: list[LinkView]
    matrix: list[MatrixRow]
    timeline: list[TimelineEntry]
    """The newest 500 records, oldest first."""
    archived_until: datetime | None
    """Records of it up to here were archived; their claims still count among its beliefs."""
    deliveries: list[Delivery]
    sync: list[Sync]
    exceptions: list[ExceptionView]
    generated_at: datetime
    position: int
    """The log had been written up to here when this page was read."""


class Backlog(Struct, frozen=True):
    """Commands of one connection that are not done."""

    pending: int
    unknown: int
    parked: int
    offered: int
    """Waits to be fetched."""
    withheld: int
    """Not offered, because the other side would misread it; each is a case."""
    oldest_s: float | None


class ConnectionView(Struct, frozen=True):
    """One connection: its health and what waits for it."""

    name: str
    site: str
    kind: str
    faces: list[str]
    state: str
    wanted: str
    reason: str | None
    since: datetime
    last_ok_at: datetime | None
    last_error: str | None
    backlog: Backlog
    source_position: str | None


OrderCounts = dict[str, int]
"""Production orders by the status their owner holds; `running` and `completed` always stand."""


class Overview(Struct, frozen=True):
    """The board at a glance."""

    orders: OrderCounts
    exceptions_open: int
    lots_held: int
    connections: dict[str, int]
    generated_at: datetime
    projection_lag_records: int
