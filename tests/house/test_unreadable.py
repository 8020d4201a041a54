"""Bytes from outside break a decoder in three ways; whoever expects one expects all."""

import re
from pathlib import Path

import pytest

from tests.house.tree import SOURCE, modules

_OUTSIDE = [
    path
    for path in modules()
    if path.relative_to(SOURCE).parts[0] in {"api", "connectors", "testing"}
]


@pytest.mark.parametrize("path", _OUTSIDE, ids=lambda path: str(path.relative_to(SOURCE)))
def test_decoding_is_guarded_by_the_one_list(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"except[^\n]*msgspec\.DecodeError", text), (
        "catch andon.core.faults.UNREADABLE: other bytes are no UTF-8, or too deep"
    )
