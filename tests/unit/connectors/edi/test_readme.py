"""What the README has people write, is sound."""

import re
import tomllib
from pathlib import Path
from typing import Any

from andon.connectors import edi
from andon.connectors.edi import Edi
from andon.connectors.edi.checking import grammar_of
from andon.connectors.edi.soundness import setting_faults
from andon.testing.conformance.trial import settings_of

README = (Path(edi.__file__).parent / "README.md").read_text()


def test_its_settings_are_sound() -> None:
    (table,) = re.findall(r"^```toml\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    connections: dict[str, Any] = tomllib.loads(table)["connections"]
    assert setting_faults(settings_of(Edi, connections["suppliers"])) == []


def test_every_document_it_promises_is_known() -> None:
    (text,) = re.findall(r"\*\*It reads and writes\*\* (.*?)\. \*\*It needs", README, re.DOTALL)
    words = re.findall(r"\b(\d{3}|[A-Z]{6}|TA1)\b", text)
    assert len(words) == 25 - 1
    for word in words:
        standard = "x12" if word[0].isdigit() or word == "TA1" else "edifact"
        assert grammar_of(standard, word) is not None, word
