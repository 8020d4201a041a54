"""What an OData connection must be told."""

__all__ = ["Action", "Feed", "ODataSettings"]

from collections.abc import Mapping
from datetime import timedelta
from typing import Literal

import msgspec

from andon.connectors._access import ApiKey, Basic, ClientCredentials, Tls
from andon.core.connector import SecretStr, Settings
from andon.model.finance import PERIOD_CLOSED
from andon.model.inventory import STOCK_DEFICIT


class Feed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One entity set that is polled."""

    entity_set: str
    """`A_ProductionOrder_2`; `SERVICE/A_ProductionOrder_2` where two services have one."""
    kind: str = ""
    """Which mapping reads its rows; the set's name where nothing is said."""
    filter: str = ""
    """Which rows matter at all, as `$filter` says it."""
    select: tuple[str, ...] = ()
    """Fields to read; all where none is named. Keys and the change field are added."""
    expand: tuple[str, ...] = ()
    """Ways to follow, `to_MaterialDocumentItem`; what is found there is part of the row."""
    key: tuple[str, ...] = ()
    """Fields that tell one row from the next; the set's own keys where none is named."""
    follow: Literal["changed", "delta", "whole"] = "changed"
    """How changes are noticed: by a change field, by OData 4's delta link, or by reading all
    rows every `sweep_every`."""
    changed: str = "LastChangeDateTime"
    """The change field: a moment, a day, or SAP's fourteen digits."""
    open: str = ""
    """Rows still under way, which a full look reads again; all of `filter` where empty."""
    removed: str = ""
    """Kind of the item said when a row is gone (told by delta links, or by a full look that reads
    everything); nothing is said where empty."""
    states: bool = False
    """Rows are states and no facts: one that returns to what it was is said again, and so is every
    row once after each start. For feeds that are read whole."""


class Action(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One call that mappings use, and how its outcome is found out."""

    target: str
    """`POST A_MaterialDocumentHeader`, `MERGE A_ProductionOrder_2`, `POST ReleaseOrder`."""
    stamp: str = ""
    """Field of a new row in which our key is kept, and found again: text of 12 or more."""
    holds: Mapping[str, str] = {}
    """For a function: fields and values that its entity has once it was done."""
    today: tuple[str, ...] = ()
    """Days of a new row, `PostingDate`, that are the day of the call where nobody says another."""
    reference: tuple[str, ...] = ()
    """Fields of the answer that make the document number; the keys where none is named."""


class ODataSettings(Settings, frozen=True, kw_only=True):
    """Where an OData system lives, who we are there, what is read and what is called."""

    url: str
    """Root of the service, or the folder that holds `services`:
    `https://s4.example/sap/opu/odata/sap`."""
    services: tuple[str, ...] = ()
    """Services below `url`, `API_PRODUCTION_ORDER_2_SRV`; none where `url` is the service."""
    version: Literal[2, 4] = 2
    """OData's version."""
    auth: Basic | ApiKey | ClientCredentials | None = None
    """Who we are there: kind `basic`, `key` or `oauth2`."""
    token: SecretStr | None = None
    """Sent as bearer, where the system wants a fixed one."""
    tls: Tls | None = None
    """Certificates, where the usual authorities are not enough or the system asks for ours."""
    client: str = ""
    """SAP's client, `100`; the system's default where empty."""
    language: str = "EN"
    """Language in which the system says no; not asked for where empty."""
    feeds: tuple[Feed, ...] = ()
    """What is read."""
    actions: tuple[Action, ...] = ()
    """What is called, as far as its proof must be told."""
    page_size: int = 200
    """Rows asked for at once."""
    poll_every: timedelta = timedelta(seconds=5)
    """Pause between two looks. Two changes between two looks are seen as one."""
    overlap: timedelta = timedelta(minutes=2)
    """How far each look reaches back: as long as the system's longest transaction, and its
    clock's error."""
    sweep_every: timedelta = timedelta(hours=1)
    """Pause between full looks."""
    no_effect: tuple[int, ...] = (429,)
    """Statuses by which this system says that it did nothing."""
    later: tuple[str, ...] = ("M3/024", "M3/897")
    """Business codes that mean: locked, nothing was done, try again."""
    closed: tuple[str, ...] = ("M7/053",)
    """Business codes that mean: the period is closed. Refused as `period-closed`, whatever the
    system's own code."""
    short: tuple[str, ...] = ("M7/021",)
    """Business codes that mean: less is there than is to be taken. Refused as `stock-deficit`."""
    writes_as: str = ""
    """Name under which the system notes what we write, where it is not the user of `auth`: what
    it wrote comes back as a read-back, not as news."""
    plant: str = ""
    """Plant of the postings; their mappings need one."""
    storage_location: str = ""
    """Where postings take from and put to; the order's own where empty."""
    receives_into: Literal["unrestricted", "inspection"] = "unrestricted"
    """Stock in which orders' output is received: `inspection` where quality decides about each lot
    before anybody takes it."""
    time_zone: str = "UTC"
    """Zone of the plant: dates and times of day say none."""

    @property
    def meanings(self) -> Mapping[str, str]:
        """Business code of the system -> what it is refused as."""
        return dict.fromkeys(self.closed, PERIOD_CLOSED) | dict.fromkeys(self.short, STOCK_DEFICIT)

    @property
    def writer(self) -> str:
        """The user whose postings are ours; empty when nobody said."""
        user = self.auth.user if isinstance(self.auth, Basic) else ""
        return self.writes_as or user
