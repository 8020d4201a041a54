"""What is published: a command of its own for each event and each connection."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from andon.connectors import amqp, kafka, nats
from andon.connectors._messages import CloudEvent, Mode, event_of
from andon.connectors._publication import Publication, mode_for
from andon.core.connector import Settings
from andon.core.mapping import Known
from andon.core.message import Command, Event, ReadBack
from andon.model.fulfilment import MilestonePassed
from andon.model.inventory import StockMoved
from andon.model.production import OrderCancelled
from andon.model.vocabulary import VOCABULARY


def test_one_event_is_published_to_several_connections_under_names_of_their_own() -> None:
    every = [
        Publication(StockMoved, MilestonePassed, connection=name, target="acme.events")
        for name in ("bus", "analytics-stream")
    ]
    messages = [message for one in every for message in one.messages]
    assert [message.__name__ for message in messages] == [
        "PublishStockMovedToBus",
        "PublishMilestonePassedToBus",
        "PublishStockMovedToAnalyticsStream",
        "PublishMilestonePassedToAnalyticsStream",
    ]
    for names in (
        [message.TYPE for message in messages],
        [flow.name for one in every for flow in one.workflows],
    ):
        assert len(set(names)) == 4


CANCELLED = OrderCancelled(order_id="A-1", reason="jam")
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
KNOWN = Known(Settings())


def _said(command: type[Command]) -> Command:
    make: Any = command
    return make(subject_id="production-order/erp:A-1", said=CANCELLED, at=NOON)


@pytest.mark.parametrize(
    ("target", "leads_to"),
    [
        ("acme.events", "acme.events"),
        ("events.{type}", "events.andon.production.order.cancelled.v1"),
        ("acme/events.{type}", "acme/events.andon.production.order.cancelled.v1"),
    ],
)
@pytest.mark.parametrize("made", [kafka.Publication, nats.Publication, amqp.Publication])
def test_an_event_is_written_whole_to_its_target_or_to_that_of_its_type(
    made: Callable[..., Publication], target: str, leads_to: str
) -> None:
    every = made(OrderCancelled, connection="bus", target=target)
    (mapping,) = every.mappings
    request = mapping.writes(_said(mapping.command), KNOWN)
    assert request.target == leads_to
    assert request.body == CloudEvent(
        type="andon.production.order.cancelled.v1",
        subject="production-order/erp:A-1",
        at=NOON,
        data={"order_id": "A-1", "reason": "jam"},
    )


def test_every_canonical_event_is_published_by_naming_the_vocabulary() -> None:
    """What only reads back is no news."""
    events = [one for one in VOCABULARY if issubclass(one, Event) and one is not ReadBack]
    every = nats.Publication(*events, connection="bus", target="events.{type}")
    assert len({command.__name__ for command in every.messages}) == len(events) > 40
    assert {command.TYPE for command in every.messages}.isdisjoint(one.TYPE for one in VOCABULARY)
    targets = [mapping.writes(_said(mapping.command), KNOWN).target for mapping in every.mappings]
    assert targets == [f"events.{event.TYPE}" for event in events]


def test_each_connector_claims_the_proof_it_can_give() -> None:
    """A log and a stream are searched for our key; a queue cannot be."""
    every = [
        kafka.Publication(OrderCancelled, connection="bus", target="x"),
        nats.Publication(OrderCancelled, connection="bus", target="x"),
        amqp.Publication(OrderCancelled, connection="bus", target="acme/x"),
        amqp.Publication(OrderCancelled, connection="bus", target="acme/x", proof="keyed"),
    ]
    proofs = [mapping.proof for one in every for mapping in one.mappings]
    assert proofs == ["findable", "findable", "none", "keyed"]


@pytest.mark.parametrize(
    ("body", "mode", "leaves"),
    [
        (event_of(CANCELLED), "plain", "binary"),
        (event_of(CANCELLED), "structured", "structured"),
        (event_of(CANCELLED), "binary", "binary"),
        ({"on": True}, "plain", "plain"),
        ({"on": True}, "binary", "binary"),
    ],
)
def test_a_cloud_event_leaves_as_one_and_other_bodies_as_the_settings_say(
    body: object, mode: Mode, leaves: Mode
) -> None:
    assert mode_for(body, mode) == leaves
