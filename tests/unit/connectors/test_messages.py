"""What brokers carry: every message of the model as a CloudEvent, and bodies that are none."""

from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from andon.connectors._cloudevents import events_of
from andon.connectors._messages import CloudEvent, Mode, event_of, pointed, written
from andon.core.errors import RejectedError
from andon.governance.contracts import raw_faults
from andon.model.vocabulary import VOCABULARY
from tests.unit.governance.near import near

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.mark.parametrize("mode", ["structured", "binary"])
def test_every_message_of_the_model_goes_out_and_comes_back_as_a_cloud_event(mode: Mode) -> None:
    travelled: set[str] = set()

    @settings(max_examples=150, derandomize=True)
    @given(shape=st.sampled_from(VOCABULARY), data=st.data())
    def travels(shape: type[msgspec.Struct], data: st.DataObject) -> None:
        raw = data.draw(near(shape))
        if raw_faults(raw, shape):
            return
        said = msgspec.json.decode(raw, type=shape)
        event = event_of(said)  # type: ignore[arg-type]
        sent = written(event, mode, key="k-1", source="/andon", now=NOW)
        (item,) = events_of(sent.content_type, sent.attributes, sent.payload)
        assert (item.kind, item.key, item.occurred_at) == (event.type, "/andon k-1", NOW)
        whole = msgspec.json.decode(item.raw)
        assert whole["subject"] == event.subject
        assert msgspec.convert(whole["data"], shape) == said
        travelled.add(event.type)

    travels()
    assert len(travelled) > 10, "what is drawn is hardly ever right"


@pytest.mark.parametrize("body", [{"data": 1}, {"type": 1, "data": 1}, "text", None, [1]])
def test_a_body_that_is_no_cloud_event_is_refused_with_what_is_missing(body: object) -> None:
    with pytest.raises(RejectedError, match="type"):
        written(body, "binary", key="k", source="s", now=NOW)


def test_a_cloud_event_needs_a_zone() -> None:
    event = CloudEvent(type="t", data=1, at=NOW.replace(tzinfo=None))
    with pytest.raises(RejectedError, match="no zone"):
        written(event, "binary", key="k", source="s", now=NOW)


def test_a_plain_body_is_json_unless_it_is_bytes() -> None:
    assert written({"a": 1}, "plain", key="k", source="s", now=NOW).payload == b'{"a":1}'
    assert written(b"\x00", "plain", key="k", source="s", now=NOW).payload == b"\x00"


@given(pointer=st.text(max_size=20), payload=st.sampled_from([b"{}", b"[1,[2]]", b'{"":{"a":0}}']))
def test_a_pointer_leads_somewhere_or_nowhere(pointer: str, payload: bytes) -> None:
    pointed(msgspec.Raw(payload), "/" + pointer)
