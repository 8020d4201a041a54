"""What is published: a command of its own for each event and each connection."""

from andon.connectors._publication import Publication
from andon.model.fulfilment import MilestonePassed
from andon.model.inventory import StockMoved


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
