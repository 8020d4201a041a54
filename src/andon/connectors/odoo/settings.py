"""Where one Odoo database is, who we are there, and what is read of it."""

__all__ = ["FEEDS", "STAMPS", "Feed", "OdooSettings", "setting_faults"]

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import msgspec

from andon.connectors._access import Tls
from andon.core.connector import SecretStr, Settings
from andon.core.errors import Fault


class Feed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One model that is read."""

    fields: tuple[str, ...]
    """What is asked for; `id`, `write_date` and `write_uid` always are."""
    where: tuple[Any, ...] = ()
    """Domain beside that of time: `[["company_id", "=", 1]]`."""
    codes: Mapping[str, str] = {}
    """Fields that point to a record whose `default_code` is wanted too, and its model."""


FEEDS: Mapping[str, Feed] = {
    "mrp.production": Feed(
        fields=(
            "name", "state", "product_id", "product_qty", "product_uom_id", "qty_producing",
            "date_start", "date_finished", "date_deadline", "origin",
        ),
        codes={"product_id": "product.product"},
    ),
    "stock.move": Feed(
        fields=(
            "reference", "state", "product_id", "quantity", "product_uom", "date",
            "raw_material_production_id", "production_id", "location_id", "location_dest_id",
        ),
        where=(["state", "=", "done"],),
        codes={"product_id": "product.product"},
    ),
}  # fmt: skip
"""Manufacturing orders and booked movements."""

STAMPS: Mapping[str, str] = {"mrp.production": "origin", "stock.lot": "ref"}
"""Where our key is kept."""


class OdooSettings(Settings, frozen=True, kw_only=True):
    """One database of an Odoo 19, by its JSON-2 API."""

    url: str
    """`https://erp.example`, without `/json/2`."""
    key: SecretStr
    """API key of a technical user, from its preferences."""
    database: str = ""
    """Which database, where the server has several."""
    user: str = ""
    """Name of that user as Odoo shows it: what it wrote last comes back as a read-back, no news."""
    tls: Tls | None = None
    """Certificates, where the usual authorities do not know the server's."""
    feeds: Mapping[str, Feed] = msgspec.field(default_factory=lambda: FEEDS)
    """What is read, by model; empty where nothing is."""
    poll_every: timedelta = timedelta(seconds=2)
    """Pause between two looks. Two changes between two looks are seen as one."""
    overlap: timedelta = timedelta(minutes=1)
    """How far each look reaches back: as long as Odoo's longest transaction."""
    sweep_every: timedelta = timedelta(hours=1)
    """Pause between two looks at everything, which find what was missed and what was deleted."""
    page: int = 500
    """Records in one answer."""
    stamps: Mapping[str, str] = msgspec.field(default_factory=lambda: STAMPS)
    """Field of a new record that keeps our key, by model; `origin` where none is named."""


def setting_faults(settings: OdooSettings) -> Iterator[Fault]:
    """Every mistake that types alone do not show."""
    if not settings.url.startswith(("http://", "https://")):
        yield Fault("url", f"{settings.url!r} does not begin with http:// or https://")
    elif "/json" in settings.url:
        yield Fault("url", "goes without /json/2")
    if not 1 <= settings.page <= 10_000:
        yield Fault("page", f"{settings.page} is not between 1 and 10,000")
    for model, feed in settings.feeds.items():
        if not re.fullmatch(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)*", model):
            yield Fault(f"feeds.{model}", "is no model such as mrp.production")
        for field in feed.codes:
            if field not in feed.fields:
                yield Fault(f"feeds.{model}.codes.{field}", "is not among `fields`")
