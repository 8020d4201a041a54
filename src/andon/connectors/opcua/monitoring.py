"""What a server is asked to watch: sampling, queue, deadband."""

__all__ = ["Watched", "watch"]

from collections.abc import Sequence
from typing import Any

import msgspec

from andon.connectors.opcua.joblist import JobList
from andon.connectors.opcua.library import status, ua
from andon.connectors.opcua.session import Session
from andon.connectors.opcua.settings import NodeGroup
from andon.core.errors import Fault, SettingsError

_AT_ONCE = 100


class Watched(msgspec.Struct, frozen=True):
    """One variable of the settings. Its place in the list is its handle."""

    at: str
    """Its key in the settings."""
    kind: str
    text: str
    """As the settings write it."""
    node_id: Any
    group: NodeGroup
    jobs: JobList | None = None


async def watch(
    session: Session, id: int, watched: Sequence[Watched]
) -> dict[str, tuple[float, int]]:
    """Adds them to a subscription; returns sampling (ms) and queue where the server revised them.
    Raises SettingsError with every variable it refuses."""
    faults: list[Fault] = []
    revised: dict[str, tuple[float, int]] = {}
    for begin in range(0, len(watched), _AT_ONCE):
        some = watched[begin : begin + _AT_ONCE]
        params = ua.CreateMonitoredItemsParameters()
        params.SubscriptionId = id
        params.TimestampsToReturn = ua.TimestampsToReturn.Both
        params.ItemsToCreate = [_asked(n, one) for n, one in enumerate(some, begin)]
        results = await session.calls.create_monitored_items(params)
        for one, asked, made in zip(some, params.ItemsToCreate, results, strict=True):
            if not made.StatusCode.is_good():
                faults.append(Fault(one.at, f"{one.text}: {status(made.StatusCode.value)}"))
                continue
            wanted = asked.RequestedParameters
            got = (made.RevisedSamplingInterval, made.RevisedQueueSize)
            if got != (wanted.SamplingInterval, wanted.QueueSize):
                revised[one.text] = got
    if faults:
        raise SettingsError("The server does not let these variables be watched", faults)
    return revised


def _asked(handle: int, watched: Watched) -> Any:
    group = watched.group
    asked = ua.MonitoredItemCreateRequest()
    asked.ItemToMonitor.NodeId = watched.node_id
    asked.ItemToMonitor.AttributeId = ua.AttributeIds.Value
    asked.MonitoringMode = ua.MonitoringMode.Reporting
    wanted = ua.MonitoringParameters()
    wanted.ClientHandle = handle
    every = group.sample_every
    wanted.SamplingInterval = -1.0 if every is None else every.total_seconds() * 1000
    wanted.QueueSize = 1 if group.history == "every" else group.queue
    wanted.DiscardOldest = True
    wanted.Filter = _filter(group)
    asked.RequestedParameters = wanted
    return asked


def _filter(group: NodeGroup) -> Any:
    """None is what every server does by itself: another value or status is news."""
    amount = group.deadband_percent or group.deadband
    if not amount and group.report == "value":
        return None
    chosen = ua.DataChangeFilter()
    triggers, kinds = ua.DataChangeTrigger, ua.DeadbandType
    by_time = group.report == "timestamp"
    chosen.Trigger = triggers.StatusValueTimestamp if by_time else triggers.StatusValue
    if amount:
        chosen.DeadbandType = kinds.Percent if group.deadband_percent else kinds.Absolute
        chosen.DeadbandValue = amount
    return chosen
