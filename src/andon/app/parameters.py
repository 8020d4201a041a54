"""Parameters in TOML: typed settings per connection, secrets only by reference."""

__all__ = ["Parameters"]

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar, cast

from andon.app.web_settings import WebSettings
from andon.core.connector import Settings
from andon.core.errors import Fault
from andon.core.filling import filled
from andon.core.secret import SecretStr
from andon.store.lifetimes import Lifetimes

_TABLES = ("connections", "retention", "web")

S = TypeVar("S", bound=Settings)


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

    def web(self) -> WebSettings | list[Fault]:
        """How this Andon is reached from outside, or every mistake in that."""
        at = f"{self.file.name}: web"
        found = filled(WebSettings, self._tables.get("web", {}), at=at, references=self)
        return found if isinstance(found, list) else found.faults(at) or found

    def lifetimes(self) -> Lifetimes | list[Fault]:
        """How long what grows without end is kept, or every mistake in that."""
        at = f"{self.file.name}: retention"
        found = filled(Lifetimes, self._tables.get("retention", {}), at=at, references=self)
        return found if isinstance(found, list) else found.faults(at) or found

    def _connections(self) -> Mapping[str, Any]:
        found = self._tables.get("connections", {})
        return cast("Mapping[str, Any]", found) if isinstance(found, dict) else {}

    def unknown(self, names: set[str]) -> list[Fault]:
        """What nothing reads: other tables than these, connections the project does not have."""
        known = ", ".join(sorted(names)) or "none"
        return [
            Fault(f"{self.file.name}: {name}", f"is read by nothing (known: {', '.join(_TABLES)})")
            for name in self._tables
            if name not in _TABLES
        ] + [
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
        return filled(shape, cast("dict[str, Any]", raw), at=at, references=self)

    def named(self, reference: Mapping[str, Any]) -> str | None:
        """What the environment or a file beside the project holds."""
        match reference:
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
            case _:
                return None

    def secret(self, text: str) -> SecretStr:
        """Refuses a secret in place: files with settings are read by many."""
        del text
        raise ValueError(
            'is a secret: write {env = "NAME"} or {file = "path"}, never the secret itself'
        )
