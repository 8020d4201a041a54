"""Inbound webhook: each post is one item, known by a field of its body."""

__all__ = ["Webhook", "WebhookSettings"]

from collections.abc import Sequence
from hashlib import blake2b

import msgspec

from andon.core.connector import Arrival, Connector, Door, Item, Push, Settings
from andon.core.errors import Fault, MappingError


class WebhookSettings(Settings, frozen=True, kw_only=True):
    """Where they post and how an item is told from its repetition."""

    path: str = "/events"
    """Below `/in/<connection>`."""
    kind: str = "event"
    """Which mapping reads the items."""
    key: str = "id"
    """Top-level field that is the same when the same fact is posted again."""


class Webhook(Connector[WebhookSettings]):
    """One posting system. What is no JSON object with the key field is kept as an exception."""

    settings_type = WebhookSettings

    def __init__(self, name: str, settings: WebhookSettings) -> None:
        super().__init__(name, settings)
        shape = msgspec.defstruct("Keyed", [("key", str)], rename={"key": settings.key})
        self._decode = msgspec.json.Decoder(shape).decode

    def doors(self) -> Sequence[Door]:
        """One door to push through."""
        return (Push("POST", self.settings.path, self._items),)

    def _items(self, arrival: Arrival) -> Sequence[Item]:
        try:
            key: str = getattr(self._decode(arrival.body), "key")  # noqa: B009 a struct made from settings
        except msgspec.DecodeError as error:
            if not arrival.body.strip():
                raise MappingError(
                    "The body is empty", [Fault("", "expected a JSON object")]
                ) from error
            # kept whole: the mapping will refuse it, and the exception holds the raw item
            key = blake2b(arrival.body, digest_size=16).hexdigest()
        return (Item(kind=self.settings.kind, key=key, raw=arrival.body),)
