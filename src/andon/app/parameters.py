"""Parameters in TOML: typed settings per connection, secrets only by reference."""

__all__ = ["Parameters", "span"]

import re
import tomllib
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar, cast

import msgspec

from andon.core.connector import Settings
from andon.core.errors import Fault
from andon.core.secret import SecretStr

S = TypeVar("S", bound=Settings)

_SPAN = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|min|h|d)")
_UNITS = {"ms": 0.001, "s": 1, "min": 60, "h": 3600, "d": 86400}


class Parameters:
    """One TOML file. `{env = "NAME"}` and `{file = "path"}` stand for what they name."""

    def __init__(
        self,
        file: Path,
        tables: Mapping[str, Any],
        faults: list[Fault],
        environment: Mapping[str, str],
    ) -> None:
        self.file = file
        self.faults = faults
        self._tables = tables
        self._environment = environment

    @classmethod
    def read(cls, file: Path, environment: Mapping[str, str]) -> "Parameters":
        """The file's content; what cannot be read is a fault, not an exception."""
        try:
            return cls(file, tomllib.loads(file.read_text()), [], environment)
        except FileNotFoundError:
            return cls(
                file, {}, [Fault(file.name, "is missing; write it beside the project")], environment
            )
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            return cls(file, {}, [Fault(file.name, str(error))], environment)

    @property
    def table(self) -> Mapping[str, Any]:
        """Everything outside the connections."""
        return {name: value for name, value in self._tables.items() if name != "connections"}

    def _connections(self) -> Mapping[str, Any]:
        found = self._tables.get("connections", {})
        return cast("Mapping[str, Any]", found) if isinstance(found, dict) else {}

    def unknown(self, names: set[str]) -> list[Fault]:
        """Tables of connections the project does not have."""
        known = ", ".join(sorted(names)) or "none"
        return [
            Fault(
                f"{self.file.name}: connections.{name}",
                f"the project has no such connection ({known})",
            )
            for name in self._connections()
            if name not in names
        ]

    def settings(self, name: str, shape: type[S]) -> S | list[Fault]:
        """Typed settings of one connection, or every mistake in them."""
        at = f"{self.file.name}: connections.{name}"
        raw = self._connections().get(name, {})
        if not isinstance(raw, dict):
            return [Fault(at, "must be a table")]
        faults: list[Fault] = []
        values: dict[str, Any] = {}
        fields = {field.encode_name: field for field in msgspec.structs.fields(shape)}
        for key, value in cast("dict[str, Any]", raw).items():
            if key not in fields:
                faults.append(
                    Fault(f"{at}.{key}", f"is no setting of {shape.__name__} ({', '.join(fields)})")
                )
                continue
            try:
                secret = _is_secret(fields[key].type)
                values[key] = msgspec.convert(
                    self._resolved(value, secret=secret, wants_span=fields[key].type is timedelta),
                    fields[key].type,
                    strict=False,
                    dec_hook=_decode,
                )
            except (ValueError, msgspec.ValidationError) as error:
                faults.append(Fault(f"{at}.{key}", str(error)))
        for key, field in fields.items():
            if field.required and key not in raw:
                faults.append(Fault(f"{at}.{key}", "is missing"))
        return faults or shape(**values)

    def _resolved(self, value: Any, *, secret: bool, wants_span: bool) -> Any:
        match value:
            case {"env": str(name), **rest} if not rest:
                if name not in self._environment:
                    raise ValueError(f"the environment has no {name}; set it")
                return self._environment[name]
            case {"file": str(name), **rest} if not rest:
                path = self.file.parent / name
                try:
                    return path.read_text().strip()
                except OSError as error:
                    raise ValueError(f"cannot be read from {name}: {error.strerror}") from error
            case str() if wants_span:
                return span(value)
            case str() if secret:
                raise ValueError(
                    'is a secret: write {env = "NAME"} or {file = "path"}, never the secret itself'
                )
            case _:
                return value


def _is_secret(shape: Any) -> bool:
    return shape is SecretStr or SecretStr in getattr(shape, "__args__", ())


def _decode(shape: type[Any], value: Any) -> Any:
    if shape is SecretStr:
        return SecretStr(str(value))
    raise TypeError(f"{shape} is no setting")


def span(text: str) -> timedelta:
    """`200ms`, `30 s`, `5 min`, `2 h`, `1 d`."""
    match = _SPAN.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is no span of time; write 200ms, 30 s, 5 min, 2 h or 1 d")
    return timedelta(seconds=float(match[1]) * _UNITS[match[2]])
