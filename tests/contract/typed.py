"""What the README of a connector has people type: files, and commands."""

__all__ = ["WEB", "Typed", "free_ports", "placed", "typed"]

import re
from collections.abc import Mapping
from importlib import resources
from pathlib import Path

import msgspec

from andon.connectors._ports import free_ports as chosen

WEB = "8420"
_SECTION = re.compile(r"^## From nothing .*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)
_BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_PORT = re.compile(r"(?:127\.0\.0\.1:|--at |-p |(?<=--at \d{4}),)(\d{4,5})\b")


class Typed(msgspec.Struct, frozen=True):
    """The section `From nothing ...`. A block that names a file is one; `sh` is typed."""

    files: dict[str, str]
    commands: tuple[str, ...]

    @property
    def programs(self) -> list[str]:
        """The first words of each command."""
        return [" ".join(command.split()[:2]) for command in self.commands]


def typed(connector: str) -> Typed:
    """Fails where the section is missing, or leaves something to guess."""
    readme = (resources.files(f"andon.connectors.{connector}") / "README.md").read_text()
    section = _SECTION.search(readme)
    assert section is not None, f"{connector} has no section `## From nothing ...`"
    files: dict[str, str] = {}
    commands: list[str] = []
    for language, name, content in _BLOCK.findall(section[0]):
        if language == "sh":
            commands += content.replace("\\\n", " ").splitlines()
        else:
            assert name, f"{connector}: say of each block of {language} which file it is"
            assert name not in files, f"{connector} shows {name} twice"
            files[name] = content
    return Typed(files, tuple(line for line in commands if line and not line.startswith("#")))


def free_ports(one: Typed) -> dict[str, int]:
    """One for each port on the page, and for Andon's own."""
    text = "\n".join((*one.files.values(), *one.commands))
    named = list(dict.fromkeys((WEB, *_PORT.findall(text))))
    return dict(zip(named, chosen(len(named)), strict=True))


def placed(one: Typed, ports: Mapping[str, int], folder: Path) -> Typed:
    """The same page with other ports, and a folder instead of `/tmp`."""
    anywhere = re.compile(rf"\b({'|'.join(ports)})\b")

    def moved(text: str) -> str:
        text = anywhere.sub(lambda found: str(ports[found[1]]), text)
        return text.replace("/tmp/", f"{folder}/")

    files = {name: moved(content) for name, content in one.files.items()}
    return Typed(files, tuple(map(moved, one.commands)))
