"""A document is refused by the typed decoder if and only if by the published JSON Schema."""

import os
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from andon.core.errors import Fault, InvalidError
from andon.core.faults import faults_of, raw_faults
from andon.core.message import Message
from andon.governance.contracts import Contracts
from andon.model.vocabulary import VOCABULARY
from tests.unit.governance.near import near

CONTRACTS = Contracts(VOCABULARY)
EXAMPLES = 1000 if os.environ.get("ANDON_PROOF") else 50


def verdict(type_name: str, raw: bytes) -> tuple[Message | None, tuple[Fault, ...]]:
    try:
        return CONTRACTS.decode(type_name, raw), ()
    except InvalidError as error:
        return None, error.faults


@pytest.mark.parametrize("shape", VOCABULARY, ids=lambda s: s.TYPE)
def test_decoder_and_schema_refuse_the_same_documents(shape: type[Message]) -> None:
    @settings(max_examples=EXAMPLES)
    @given(raw=near(shape))
    def agrees(raw: bytes) -> None:
        by_schema = raw_faults(raw, shape)
        message, by_decoder = verdict(shape.TYPE, raw)
        assert by_decoder == by_schema, f"the two do not agree on {raw!r}"
        if message is not None:
            again = CONTRACTS.encode(message)
            assert CONTRACTS.decode(shape.TYPE, again) == message

    agrees()


def test_the_documents_are_of_both_kinds() -> None:
    """Over all shapes: one field alone may come out right fifty times in a row."""
    seen = {"accepted": 0, "refused": 0}

    @settings(max_examples=300, database=None, derandomize=True)
    @given(shape=st.sampled_from(VOCABULARY), data=st.data())
    def counts(shape: type[Message], data: st.DataObject) -> None:
        seen["refused" if raw_faults(data.draw(near(shape)), shape) else "accepted"] += 1

    counts()
    assert min(seen.values()) > 30, f"the documents are all alike: {seen}"


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=4),
    lambda part: (
        st.lists(part, max_size=3) | st.dictionaries(st.text(max_size=3), part, max_size=3)
    ),
    max_leaves=6,
)


@given(document=JUNK, place=st.integers(0, len(VOCABULARY) - 1))
@settings(max_examples=200)
def test_any_other_document_is_refused_with_faults_and_nothing_else_is_raised(
    document: Any, place: int
) -> None:
    shape = VOCABULARY[place]
    assert faults_of(document, shape)
