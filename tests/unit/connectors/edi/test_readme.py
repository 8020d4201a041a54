"""What the README promises, is there. It is followed in `tests/contract/test_readmes.py`."""

import re
from pathlib import Path

from andon.connectors import edi
from andon.connectors.edi.checking import grammar_of

README = (Path(edi.__file__).parent / "README.md").read_text()


def test_every_document_it_promises_is_known() -> None:
    (text,) = re.findall(r"\*\*It reads and writes\*\* (.*?)\. \*\*It needs", README, re.DOTALL)
    words = re.findall(r"\b(\d{3}|[A-Z]{6}|TA1)\b", text)
    assert len(words) == 25 - 1
    for word in words:
        standard = "x12" if word[0].isdigit() or word == "TA1" else "edifact"
        assert grammar_of(standard, word) is not None, word
