"""Settings as a form, and a table read against it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Literal

import msgspec
import pytest

from andon.core.connector import Settings
from andon.core.errors import Fault
from andon.core.filling import filled, span
from andon.core.form import form_of
from andon.core.secret import SecretStr


class Login(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A user and a password."""

    user: str
    password: SecretStr


class Feed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One list that is read."""

    path: str
    every: timedelta = timedelta(seconds=30)


class ShopSettings(Settings, frozen=True, kw_only=True):
    """A shop."""

    url: str
    """Where it lives,
    with its port."""
    login: Login | None = None
    """Who we are there."""
    feeds: tuple[Feed, ...] = ()
    """What is read."""
    headers: Mapping[str, SecretStr] = {}
    """Sent with every call."""
    mode: Literal["fast", "safe"] = "safe"
    """How it writes."""

    def __post_init__(self) -> None:
        if not self.url.startswith("http"):
            raise ValueError("url must begin with http")


class Plain:
    """Secrets in place, and one name in the environment."""

    def named(self, reference: Mapping[str, Any]) -> str | None:
        return "from elsewhere" if reference == {"env": "PASSWORD"} else None

    def secret(self, text: str) -> SecretStr:
        return SecretStr(text)


def read(table: Mapping[str, Any]) -> ShopSettings | list[Fault]:
    return filled(ShopSettings, table, at="t", references=Plain())


def test_a_form_has_every_field_with_its_docstring_type_and_default() -> None:
    fields = {field.name: field for field in form_of(ShopSettings).fields}
    assert fields["url"].says == "Where it lives, with its port."
    assert (fields["url"].type, fields["url"].required) == ("text", True)
    assert (fields["mode"].type, fields["mode"].default) == ("fast or safe", '"safe"')
    assert (fields["timeout"].type, fields["timeout"].default) == ("span", '"10 s"')
    assert fields["backoff"].default == '"200 ms"'
    assert fields["timeout"].says.startswith("How long one call may take")
    assert (fields["feeds"].type, fields["login"].type) == ("list of Feed", "Login")
    assert fields["headers"].secret
    assert next(iter(fields)) == "url"


def test_the_schema_describes_fields_and_hides_secrets() -> None:
    schema = form_of(ShopSettings).schema
    assert schema["properties"]["url"]["description"] == "Where it lives, with its port."
    password = schema["$defs"]["Login"]["properties"]["password"]
    assert password == {"type": "string", "format": "password", "writeOnly": True}


def test_tables_in_tables_are_read() -> None:
    settings = read(
        {
            "url": "http://shop",
            "timeout": "2 min",
            "login": {"user": "a", "password": {"env": "PASSWORD"}},
            "feeds": [{"path": "/orders", "every": "50 ms"}],
            "headers": {"x-key": "k"},
        }
    )
    assert settings == ShopSettings(
        url="http://shop",
        timeout=timedelta(minutes=2),
        login=Login("a", SecretStr("from elsewhere")),
        feeds=(Feed(path="/orders", every=timedelta(milliseconds=50)),),
        headers={"x-key": SecretStr("k")},
    )


def test_every_mistake_is_named_with_its_key() -> None:
    faults = read(
        {
            "timeout": "soon",
            "nonsense": 1,
            "login": {"user": 5, "pass": "x"},
            "feeds": [{"path": "/a"}, {"every": "x"}],
            "mode": "slow",
        }
    )
    assert isinstance(faults, list)
    assert {fault.at for fault in faults} == {
        "t.timeout",
        "t.nonsense",
        "t.login.user",
        "t.login.pass",
        "t.login.password",
        "t.feeds[1].path",
        "t.feeds[1].every",
        "t.mode",
        "t.url",
    }


def test_what_the_settings_check_themselves_is_a_mistake_too() -> None:
    assert read({"url": "shop"}) == [Fault("t", "url must begin with http")]


def test_what_is_no_table_is_said() -> None:
    assert read({"url": "http://x", "login": "me"}) == [Fault("t.login", "must be a table")]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("200ms", 0.2), ("30 s", 30), ("5 min", 300), ("2 h", 7200), ("1 d", 86400), ("PT30S", 30)],
)
def test_a_span_is_read_in_words_or_iso(text: str, seconds: float) -> None:
    assert span(text).total_seconds() == seconds


def test_what_is_no_span_says_what_to_write() -> None:
    with pytest.raises(ValueError, match="write 200ms"):
        span("soon")
