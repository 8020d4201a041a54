"""Rows become items: which row, which state of it, when."""

__all__ = ["FeedShape", "Row", "gone", "kind_of", "row_item", "shaped"]

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any, cast

import msgspec

from andon.connectors.odata.catalogue import Place
from andon.connectors.odata.metadata import EntityType
from andon.connectors.odata.pages import etag_of
from andon.connectors.odata.settings import Feed
from andon.connectors.odata.values import instant_of, plain_row
from andon.core.connector import Item

_DAY = timedelta(days=1)
_SORTED = msgspec.json.Encoder(order="deterministic")


class FeedShape(msgspec.Struct, frozen=True):
    """A feed and what the service says about its set."""

    feed: Feed
    kind: str
    service: str
    set_name: str
    type: EntityType
    keys: Sequence[str]
    """The set's own keys, or those the feed names."""

    @property
    def days(self) -> bool:
        """Whether the change field tells days and not moments."""
        field = self.type.properties.get(self.feed.changed)
        return field is not None and (field.type == "Edm.Date" or field.shows == "Date")

    @property
    def changed_type(self) -> str:
        """The Edm type of the change field."""
        return self.type.properties[self.feed.changed].type

    def reach(self, overlap: timedelta) -> timedelta:
        """How far a look reaches back: a day's last rows may be written when it is over."""
        return overlap + _DAY if self.days else overlap


class Row(msgspec.Struct, frozen=True):
    """One state of one row."""

    name: str
    """Its keys, comma between."""
    changed_at: datetime | None
    item: Item


def kind_of(feed: Feed) -> str:
    """The kind of its rows' items: the set's name where the feed says none."""
    return feed.kind or feed.entity_set.rpartition("/")[2]


def shaped(feed: Feed, place: Place) -> FeedShape:
    """A feed whose set was found."""
    assert place.kind is not None
    keys = feed.key or place.kind.keys
    return FeedShape(feed, kind_of(feed), place.service, place.name, place.kind, keys)


def row_item(shape: FeedShape, raw: Any) -> Row:
    """The item of a row: the same content has the same key, wherever and whenever it is read.

    What is no row at all becomes an item too, so that its mapping says what is wrong with it.
    """
    etag = etag_of(raw)
    plain = plain_row(raw)
    content = _SORTED.encode(plain)
    digest = blake2b(content + etag.encode(), digest_size=8).hexdigest()
    if not isinstance(plain, dict):
        item = Item(kind=shape.kind, key=f"{shape.kind}/?/{digest}", raw=content)
        return Row(f"?{digest}", None, item)
    fields = cast("dict[str, Any]", plain)
    name = ",".join([str(fields.get(key)) for key in shape.keys])
    at = None
    if shape.feed.follow == "changed":
        at = instant_of(str(fields.get(shape.feed.changed)))
    mirror = f"{shape.kind}/{name}"
    item = Item(
        kind=shape.kind,
        key=f"{mirror}/{digest}",
        raw=content,
        mirror=mirror,
        occurred_at=None if shape.days else at,
    )
    return Row(name, at, item)


def gone(shape: FeedShape, name: str, after: str) -> Item:
    """The item of a row that is not there any more; `after` tells one going from the next."""
    keys = dict(zip(shape.keys, name.split(","), strict=False))
    return Item(
        kind=shape.feed.removed,
        key=f"{shape.feed.removed}/{name}/{after}",
        raw=msgspec.json.encode({"removed": True, **keys}),
    )
