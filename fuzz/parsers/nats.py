"""Messages of each format, CloudEvents in every mode, keys of users, and positions."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Literal

from nats.js.api import RetentionPolicy, StreamConfig, StreamInfo, StreamState

from andon.connectors._topics import NATS, Template
from andon.connectors.nats.items import Place, Reader, items_of
from andon.connectors.nats.nkeys import signer_of_credentials
from andon.connectors.nats.standing import standing
from andon.core.errors import SettingsError
from andon.core.secret import SecretStr
from fuzz import Parser

_BINARY = {"ce-specversion": "1.0", "ce-id": "1", "ce-source": "/7", "ce-type": "t"}
_WHOLE = {"content-type": "application/cloudevents+json"}
_BATCH = {"content-type": "application/cloudevents-batch+json"}
_EVENT = b'{"specversion":"1.0","id":"1","source":"/7","type":"t","data":{"qty":1.50}}'
_CREDENTIALS = b"""-----BEGIN NATS USER JWT-----
eyJ0
------END NATS USER JWT------
-----BEGIN USER NKEY SEED-----
SUAAAAICAMCAKBQHBAEQUCYMBUHA6EARCIJRIFIWC4MBSGQ3DQOR4H776Y
------END USER NKEY SEED------
"""


def _message(
    form: Literal["json", "text", "bytes", "cloudevents"], headers: Mapping[str, str] | None = None
) -> Callable[[bytes], object]:
    key, at = ("/id", "/at") if form == "json" else (None, None)
    reader = Reader("state", form, key, at, Template("acme.{rest...}", NATS))
    return lambda payload: items_of(
        reader, "acme.a", headers or {}, payload, Place("S", 1, 1), 1_764_072_000_000_000_000
    )


def _position(text: bytes) -> object:
    state = StreamState(1, 1, 1, 1, 1)
    config = StreamConfig(name="S", retention=RetentionPolicy.LIMITS)
    info = StreamInfo(config=config, state=state, created=datetime(2026, 11, 23, tzinfo=UTC))
    return standing("S", info, text.decode("utf-8", "replace"))


def _credentials(text: bytes) -> object:
    try:
        return signer_of_credentials(SecretStr(text.decode("utf-8", "replace")))
    except ValueError as error:
        raise SettingsError("These are no credentials") from error


PARSERS = (
    Parser("json", _message("json"), [b'{"id":"E1","qty":1.50,"at":"2026-11-23T12:00:00Z"}']),
    Parser("text", _message("text"), ["Größe".encode()]),
    Parser("binary event", _message("cloudevents", _BINARY), [b'{"qty":1.50}']),
    Parser("structured event", _message("cloudevents", _WHOLE), [_EVENT]),
    Parser("batch", _message("cloudevents", _BATCH), [b"[" + _EVENT + b"]"]),
    Parser("position", _position, [b"1764072000000000.7"]),
    Parser("credentials", _credentials, [_CREDENTIALS]),
)
