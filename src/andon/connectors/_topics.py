"""Topics of brokers: templates with named levels, and which topic a filter matches."""

__all__ = ["AMQP", "MQTT", "NATS", "Template", "Wildcards", "matches"]

import re
from collections.abc import Mapping
from typing import NamedTuple

from andon.core.errors import SettingsError


class Wildcards(NamedTuple):
    """How one protocol writes topics and filters of them."""

    between: str
    one: str
    rest: str
    never: str = ""


MQTT = Wildcards("/", "+", "#")
NATS = Wildcards(".", "*", ">", " \t\r\n")
AMQP = Wildcards(".", "*", "#")
"""Routing keys of a topic exchange."""


def matches(wanted: str, topic: str) -> bool:
    """Whether a topic filter with `+` and `#` takes this topic (MQTT 5.0, section 4.7)."""
    if topic.startswith("$") and wanted[:1] in ("+", "#"):
        return False
    levels, parts = wanted.split("/"), topic.split("/")
    for n, level in enumerate(levels):
        if level == "#":
            return True
        if n >= len(parts) or level not in ("+", parts[n]):
            return False
    return len(levels) == len(parts)


class Template:
    """`umh/v1/{enterprise}/{site}/{rest...}`: a filter whose levels have names.

    `{name}` is one level, `{name...}` at the end is all that follow. Raises SettingsError.
    """

    def __init__(self, text: str, wildcards: Wildcards = MQTT) -> None:
        between, one, rest, never = wildcards
        self.text = text
        self._names: list[str] = []
        wanted: list[str] = []
        pattern: list[str] = []
        single = f"[^{re.escape(between)}]+"
        levels = re.split(re.escape(between) + r"(?![^{}]*\})", text)
        for n, level in enumerate(levels):
            found = re.fullmatch(r"\{(\w+)(\.\.\.)?\}", level)
            if found is None:
                if not level or set(level) & {one, rest, *never, "{", "}"}:
                    raise SettingsError(
                        f"{text!r} is no topic template: level {n + 1} is {level!r}. Write a name,"
                        " {name} for any one level, or {name...} at the end for all that follow."
                    )
                wanted.append(level)
                pattern.append(re.escape(level))
                continue
            if found[2] and n < len(levels) - 1:
                raise SettingsError(f"{text!r}: {level} takes all that follows, so it must be last")
            wanted.append(rest if found[2] else one)
            pattern.append(f"(?P<{found[1]}>{'.+' if found[2] else single})")
        self.filter = between.join(wanted)
        """The topic filter to subscribe to."""
        try:
            self._pattern = re.compile(re.escape(between).join(pattern))
        except re.error as error:
            raise SettingsError(f"{text!r}: {error.msg}") from error

    def places(self, topic: str) -> Mapping[str, str] | None:
        """What the named levels are in this topic; None when it is another's."""
        found = self._pattern.fullmatch(topic)
        return None if found is None else found.groupdict()
