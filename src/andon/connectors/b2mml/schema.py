"""The schema of V0700, by which documents are judged. Used courtesy of MESA International."""

__all__ = ["schema", "schema_faults"]

from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, cast

from lxml import etree

from andon.connectors._xml import Element, local
from andon.core.errors import Fault

_MOST = 20
_one_at_a_time = Lock()
"""A schema keeps what it found about the last document."""


@cache
def schema() -> etree.XMLSchema:
    """All nouns and verbs; read once, in about a tenth of a second."""
    return etree.XMLSchema(file=str(Path(__file__).parent / "schema" / "AllSchemas.xsd"))


def schema_faults(root: Element) -> list[Fault]:
    """Where a document breaks the schema, each with its place; empty when it keeps to it."""
    with _one_at_a_time:
        judge = schema()
        if judge.validate(root):
            return []
        found = [
            (str(one.path or ""), int(one.line), str(one.message))
            for one in list(cast("Any", judge.error_log))[:_MOST]
        ]
    return [Fault(_place(root, path, line), _words(says)) for path, line, says in found]


def _place(root: Element, path: str, line: int) -> str:
    """The names of the elements on the way, and which of several."""
    at = cast("list[Any]", cast(Any, root.getroottree()).xpath(path)) if path else []
    if not at:
        return f"line {line}"
    names: list[str] = []
    step: Any = at[0]
    while step is not None:
        names.append(_numbered(step))
        step = step.getparent()
    return "/".join(["", *reversed(names)])


def _numbered(element: Any) -> str:
    alike = (
        [] if element.getparent() is None else list(element.getparent().iterchildren(element.tag))
    )
    name = local(element)
    return f"{name}[{alike.index(element) + 1}]" if len(alike) > 1 else name


def _words(message: str) -> str:
    return message.replace("{http://www.mesa.org/xml/B2MML}", "")
