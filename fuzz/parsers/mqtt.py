"""Payloads in each format."""

from collections.abc import Callable
from typing import Literal

from andon.connectors._mqtt import Taken
from andon.connectors._topics import Template
from andon.connectors.mqtt.items import Reader, item_of
from fuzz import Parser


def _payload(form: Literal["json", "text", "bytes"]) -> Callable[[bytes], object]:
    reader = Reader("state", form, "/id", "/at", "read", Template("{site}/{line}/state"))
    return lambda payload: item_of(reader, Taken("berlin/press-2/state", payload, False, 7), {})


PARSERS = (
    Parser("json", _payload("json"), [b'{"id":1,"at":"2026-11-23T12:00:00Z","state":"run"}']),
    Parser("text", _payload("text"), [b"running"]),
)
