"""How one JSON system is described: where it is, who we are, what is read and written."""

__all__ = ["Call", "Feed", "RestSettings"]

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from andon.connectors._access import ApiKey, Basic, ClientCredentials, Tls
from andon.connectors._pointer import parsed
from andon.connectors._template import placeholders
from andon.connectors.rest.pages import (
    ByCursor,
    ByLink,
    ByTime,
    Paging,
    Whole,
)
from andon.core.connector import SecretStr, Settings

_METHODS = ("POST", "PUT", "PATCH", "DELETE")


class Feed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One list that is read again and again.

    By time: `since` and `time` are set. By cursor: `after` and `cursor` are set. Neither: the whole
    list is read at every look and compared with the look before.
    """

    kind: str
    """Which mapping reads its items."""
    path: str
    """Below the address, with the query that always holds: `/orders?status=open`."""
    items: str = ""
    """Pointer to the list inside an answer."""
    key: str = "/id"
    """Pointer to what names a row."""
    version: str | None = None
    """Pointer to what differs between two states of a row; without one the row itself is it."""
    time: str | None = None
    """Pointer to when a row changed."""
    since: str | None = None
    """Query parameter by which the system gives what changed at or after a time."""
    time_format: Literal["iso", "iso-local", "epoch", "epoch-ms"] = "iso"
    """How it writes and reads times; `iso-local` says no zone and means `time_zone`."""
    time_zone: str = "UTC"
    """Zone of times that say none."""
    cursor: str | None = None
    """Pointer to where the next look begins, in the system's words."""
    after: str | None = None
    """Query parameter that takes the cursor."""
    pages: Paging = Whole()
    """How a long answer is cut into pages."""
    poll_every: timedelta = timedelta(seconds=10)
    """Pause between two looks. Two changes between two looks are seen as one."""
    overlap: timedelta = timedelta(minutes=1)
    """How far each look by time reaches back: as long as the system's longest transaction."""
    sweep_every: timedelta = timedelta(hours=1)
    """Pause between full looks, which find what a look by time missed."""
    deletes: bool = False
    """Whether a row that two full looks in a row do not show is told as an item `<kind>.gone`."""

    def __post_init__(self) -> None:
        """Raises ValueError with everything that does not fit together."""
        wrong = [*self._wrong_pointers(), *self._wrong_pairs()]
        if not self.path.startswith("/"):
            wrong.append(f"path {self.path!r} must begin with /")
        try:
            ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError):
            wrong.append(f"there is no time zone {self.time_zone!r}")
        if wrong:
            raise ValueError("; ".join(wrong))

    def _wrong_pointers(self) -> list[str]:
        link = self.pages.at if isinstance(self.pages, ByLink | ByCursor) else ""
        return _wrong_pointers(self.items, self.key, self.version, self.time, self.cursor, link)

    def _wrong_pairs(self) -> list[str]:
        wrong: list[str] = []
        if (self.since is None) != (self.time is None):
            wrong.append("since and time go together: the parameter, and where a row says its time")
        if (self.cursor is None) != (self.after is None):
            wrong.append(
                "cursor and after go together: where the answer says it, and what takes it"
            )
        if self.since is not None and self.after is not None:
            wrong.append("a feed is read by time or by cursor, not by both")
        if isinstance(self.pages, ByTime) and self.since is None:
            wrong.append("pages by time need since and time")
        return wrong


class Call(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One call with an effect. `{name}` is a field of the request, `{key}` is our key."""

    call: str
    """Method and path: `POST /orders/{order}/receipts`."""
    body: dict[str, Any] | None = None
    """What is sent; a text that is one placeholder keeps the field's type. Without it the request's
    body is sent as it is."""
    reference: str | None = None
    """Pointer to the document number; an answer without it has an unknown outcome."""
    found_reference: str | None = None
    """Pointer to it in what `find` finds, where that says it elsewhere."""
    keep: Mapping[str, str] = {}
    """What else a later step needs: names and pointers."""
    find: str | None = None
    """Path that finds what this call made; else the connection's `find`."""
    found: str | None = None
    """Pointer to what is found inside that answer; else the connection's `found`."""

    def __post_init__(self) -> None:
        """Raises ValueError with every mistake in the templates."""
        method, _, path = self.call.partition(" ")
        wrong = _wrong_pointers(
            self.reference, self.found_reference, self.found, *self.keep.values()
        )
        if method not in _METHODS or not path.startswith("/"):
            wrong.append(f"call {self.call!r} must read like POST /path")
        for part in (self.call, self.body, self.find):
            try:
                placeholders(part)
            except ValueError as error:
                wrong.append(str(error))
        if wrong:
            raise ValueError("; ".join(wrong))


class RestSettings(Settings, frozen=True, kw_only=True):
    """One HTTP system and how it names things."""

    url: str
    """Base address, `https://erp.example`."""
    token: SecretStr | None = None
    """Sent as bearer, if the system wants one that does not change."""
    auth: Basic | ApiKey | ClientCredentials | None = None
    """Any other way to say who we are: kind `basic`, `key` or `oauth2`."""
    tls: Tls | None = None
    """Certificates, where the usual authorities are not enough or the system asks for ours."""
    headers: Mapping[str, str] = {}
    """Sent with every call."""
    feeds: tuple[Feed, ...] = ()
    """What is read."""
    calls: Mapping[str, Call] = {}
    """Calls by name, for mappings that give no method and path themselves."""
    key_header: str = "Idempotency-Key"
    """Header that carries our key; empty where the system knows none."""
    key_field: str | None = None
    """Field of the body that carries our key, where the system keeps it there."""
    reference: str = "id"
    """Field of the answer that holds the document number."""
    find: str | None = None
    """Path that finds a document by our key, `/documents?external_id={key}`;
    an empty list or 404 means absent."""
    found: str = ""
    """Pointer to what is found inside that answer."""
    refused: str | None = None
    """Pointer to the refusal in an answer that says 200 all the same."""
    words: str | None = None
    """Pointer to the words of a refusal; usual places are known."""
    code: str | None = None
    """Pointer to the code of a refusal; without it the status is the code."""
    no_effect: tuple[int, ...] = (429, 502, 503)
    """Statuses by which this system says that it did nothing."""

    def __post_init__(self) -> None:
        """Raises ValueError with everything that does not fit together."""
        wrong = _wrong_pointers(self.found, self.refused, self.words, self.code)
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            wrong.append("url is no http address. Write http:// or https://")
        if parts.username or parts.password:
            wrong.append("url holds a password; say it as auth with kind = basic")
        if self.token is not None and self.auth is not None:
            wrong.append("say token or auth, not both")
        kinds = [feed.kind for feed in self.feeds]
        if len(set(kinds)) < len(kinds):
            wrong.append("two feeds have the same kind")
        if self.find is not None and "{" not in self.find:
            wrong.append("find must hold {key}, else it finds anything")
        if wrong:
            raise ValueError("; ".join(wrong))


def _wrong_pointers(*pointers: str | None) -> list[str]:
    wrong: list[str] = []
    for pointer in pointers:
        try:
            parsed(pointer or "")
        except ValueError as error:
            wrong.append(str(error))
    return wrong
