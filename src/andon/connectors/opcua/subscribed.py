"""Subscriptions as controllers keep them, where those of the library's server are simpler."""

__all__ = ["Subscriptions"]

from typing import Any, cast

from asyncua.server.subscription_service import SubscriptionService

from andon.connectors.opcua.library import ua

_OVERFLOW = 0x480


class Subscriptions(SubscriptionService):
    """Handed over they speak on, a queue that ran over says so, a percentage needs a range.

    The library's own asks the lost connection for its requests once a subscription is handed over,
    so that it stays silent: as here, when `mended` is False.
    """

    mended = True

    async def create_subscription(self, *args: Any, **more: Any) -> Any:
        """One whose queues mark the value before which others were dropped."""
        made: Any = await super().create_subscription(*args, **more)
        inner = cast("Any", self.subscriptions[made.SubscriptionId])
        plainly = inner._enqueue_event

        async def marking(id: int, event: Any, size: int, queue: dict[int, list[Any]]) -> None:
            full = 0 < size <= len(queue.get(id, ()))
            await plainly(id, event, size, queue)
            if full:
                queue[id][0] = _marked(queue[id][0])

        inner._enqueue_event = marking
        return made

    async def create_monitored_items(self, params: Any) -> Any:
        """Percents become amounts where the variable has a range; else they are refused."""
        refused: list[int] = []
        for number, item in enumerate(params.ItemsToCreate):
            wanted = item.RequestedParameters.Filter
            if getattr(wanted, "DeadbandType", None) != ua.DeadbandType.Percent:
                continue
            span = self._range(item.ItemToMonitor.NodeId)
            if span is None:
                refused.append(number)
            else:
                wanted.DeadbandType = ua.DeadbandType.Absolute
                wanted.DeadbandValue = span * wanted.DeadbandValue / 100
        results: Any = await super().create_monitored_items(params)
        for number in refused:
            id = results[number].MonitoredItemId
            self.subscriptions[params.SubscriptionId].monitored_item_srv.delete_monitored_items(
                [id]
            )
            results[number].StatusCode = ua.StatusCode("BadMonitoredItemFilterUnsupported")
        return results

    def _range(self, node_id: Any) -> float | None:
        found = ua.NodeId(f"{node_id.Identifier} range", node_id.NamespaceIndex)
        read: Any = self.aspace.read_attribute_value(found, ua.AttributeIds.Value)
        return read.Value.Value.High - read.Value.Value.Low if read.StatusCode.is_good() else None

    async def transfer_subscriptions(self, params: Any, session_id: Any, callback: Any) -> Any:
        """From a session that may be gone to the one that asks."""
        results = await super().transfer_subscriptions(params, session_id, callback)
        for id in params.SubscriptionIds:
            if id in self.subscriptions and self.mended:
                asks = callback.__self__.get_publish_request
                self.subscriptions[id].pub_request_callback = asks
        return results


def _marked(event: Any) -> Any:
    value = event.Value
    status = ua.StatusCode(value.StatusCode.value | _OVERFLOW)
    marked = ua.DataValue(
        value.Value,
        StatusCode=status,
        SourceTimestamp=value.SourceTimestamp,
        ServerTimestamp=value.ServerTimestamp,
    )
    return ua.MonitoredItemNotification(event.ClientHandle, marked)
