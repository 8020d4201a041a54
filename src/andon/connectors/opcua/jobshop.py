"""A simulated job order receiver (OPC 10031-4 version 2). It knows neither Pause nor Stop."""

__all__ = ["JobShop"]

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, cast

from asyncua.common.methods import uamethod

from andon.connectors.opcua.decoding import MalformedError, decoded
from andon.connectors.opcua.encoding import encoded
from andon.connectors.opcua.joblist import JOB_CONTROL
from andon.connectors.opcua.jobwords import STATES, JobState
from andon.connectors.opcua.library import ua

_NO_ERROR, _UNKNOWN_ID, _WRONG_STATUS, _NOT_ACCEPTED, _INVALID = (1 << n for n in (0, 1, 3, 4, 32))
_NUMBERS = {name: number for number, name in STATES.items()}
_PREPARED = ("NotAllowedToStart", "AllowedToStart")


class JobShop:
    """Jobs by their id. Methods answer with the bits of the standard."""

    def __init__(self, *, most: int = 10) -> None:
        self.jobs: dict[str, tuple[dict[str, Any], JobState]] = {}
        self.responses: dict[str, dict[str, Any]] = {}
        self.stored: list[str] = []
        self.losing: Callable[[], None] | None = None
        """Called once, before the next method answers."""
        self._most = most
        self._index = 0
        self._list: Any = None
        self._results: Any = None

    async def furnish(self, server: Any, parent: Any) -> None:
        """The receiver stands below the machine, as `jobs`."""
        self._index = index = await server.register_namespace(JOB_CONTROL)
        kind = await server.nodes.base_structure_type.add_data_type(
            ua.NodeId(3008, index), ua.QualifiedName("ISA95JobOrderDataType", index)
        )
        encoding = await kind.add_object(
            ua.NodeId(5000, index),
            ua.QualifiedName("Default Binary", 0),
            ua.ObjectIds.DataTypeEncodingType,
        )
        await kind.add_reference(encoding, ua.ObjectIds.HasEncoding)
        receiver = await parent.add_object(ua.NodeId("jobs", 2), ua.QualifiedName("jobs", 2))
        nothing = ua.Variant([], ua.VariantType.ExtensionObject, is_array=True)
        self._list = await receiver.add_variable(
            ua.NodeId("job-list", index),
            ua.QualifiedName("JobOrderList", index),
            nothing,
            datatype=ua.NodeId(ua.ObjectIds.Structure),
        )
        provider = await parent.add_object(ua.NodeId("results", 2), ua.QualifiedName("results", 2))
        self._results = await provider.add_variable(
            ua.NodeId("result-list", index),
            ua.QualifiedName("JobOrderResponseList", index),
            nothing,
            datatype=ua.NodeId(ua.ObjectIds.Structure),
        )
        most = ua.Variant(self._most, ua.VariantType.UInt16)
        name = ua.QualifiedName("MaxDownloadableJobOrders", index)
        await receiver.add_property(ua.NodeId("most", index), name, most)
        text, structure = ua.VariantType.LocalizedText, ua.VariantType.ExtensionObject
        for name, does, first in (
            ("Store", self._store, structure), ("StoreAndStart", self._store_and_start, structure),
            ("Update", self._update, structure), ("Start", self._start, ua.VariantType.String),
            ("RevokeStart", self._revoke, ua.VariantType.String),
            ("Cancel", self._cancel, ua.VariantType.String),
            ("Abort", self._abort, ua.VariantType.String),
            ("Clear", self._clear, ua.VariantType.String),
        ):  # fmt: skip
            await receiver.add_method(
                ua.NodeId(f"jobs.{name}", index), ua.QualifiedName(name, index),
                self._answering(does), [first, text], [ua.VariantType.UInt64],
            )  # fmt: skip

    async def advance(self, id: str, state: JobState, **values: Any) -> None:
        """The machine goes on by itself; what it made is told in the responses."""
        job, _ = self.jobs[id]
        self.jobs[id] = (job, state)
        await self.show()
        now = datetime.now(UTC).isoformat()
        data = [{"ID": name, "Value": value} for name, value in values.items()]
        kept = self.responses.get(id, {})
        self.responses[id] = {
            **kept,
            "JobResponseID": f"R-{id}",
            "JobOrderID": id,
            "StartTime": kept.get("StartTime", now),
            "EndTime": now if state in ("Ended", "Aborted") else None,
            "JobState": [{"StateText": state, "StateNumber": _NUMBERS[state]}],
            "JobResponseData": [*(job.get("JobOrderParameters") or []), *data],
        }
        told = [encoded("JobResponse", one) for one in self.responses.values()]
        await self._write(self._results, told)

    async def show(self, *strange: bytes) -> None:
        """The list as it is now, with entries in front that are none."""
        bodies = list(strange)
        for job, state in self.jobs.values():
            top = {"StateText": state, "StateNumber": _NUMBERS[state]}
            bodies.append(encoded("JobOrderAndState", {"JobOrder": job, "State": [top]}))
        await self._write(self._list, bodies)

    async def _write(self, node: Any, bodies: Sequence[bytes]) -> None:
        kind = ua.NodeId(5001, self._index)
        entries = [ua.ExtensionObject(TypeId=kind, Body=one) for one in bodies]
        value = ua.Variant(entries, ua.VariantType.ExtensionObject, is_array=True)
        now = datetime.now(UTC)
        await node.write_value(ua.DataValue(value, SourceTimestamp=now, ServerTimestamp=now))

    # -- methods --------------------------------------------------------------------------------

    async def _store(self, job: Any) -> int:
        return await self._take(job, "NotAllowedToStart")

    async def _store_and_start(self, job: Any) -> int:
        return await self._take(job, "AllowedToStart")

    async def _take(self, job: Any, state: JobState) -> int:
        try:
            order = decoded("JobOrder", job.Body)
        except (MalformedError, AttributeError):
            return _INVALID
        id: str = order["JobOrderID"] or ""
        if not id:
            return _INVALID
        if id in self.jobs or len(self.jobs) >= self._most:
            return _NOT_ACCEPTED
        self.jobs[id] = (order, state)
        self.stored.append(id)
        await self.show()
        return _NO_ERROR

    async def _update(self, job: Any) -> int:
        order = decoded("JobOrder", job.Body)
        return await self._change(order["JobOrderID"], _PREPARED, None, order)

    async def _start(self, id: str) -> int:
        return await self._change(id, ("NotAllowedToStart",), "AllowedToStart")

    async def _revoke(self, id: str) -> int:
        return await self._change(id, ("AllowedToStart",), "NotAllowedToStart")

    async def _abort(self, id: str) -> int:
        return await self._change(id, (*_PREPARED, "Running", "Interrupted"), "Aborted")

    async def _cancel(self, id: str) -> int:
        return await self._remove(id, _PREPARED)

    async def _clear(self, id: str) -> int:
        return await self._remove(id, ("Ended", "Aborted"))

    async def _change(
        self, id: str, allowed: tuple[str, ...], to: JobState | None, order: Any = None
    ) -> int:
        if id not in self.jobs:
            return _UNKNOWN_ID
        job, state = self.jobs[id]
        if state not in allowed:
            return _WRONG_STATUS
        self.jobs[id] = (order or job, to or state)
        await self.show()
        return _NO_ERROR

    async def _remove(self, id: str, allowed: tuple[str, ...]) -> int:
        if id not in self.jobs:
            return _UNKNOWN_ID
        if self.jobs[id][1] not in allowed:
            return _WRONG_STATUS
        del self.jobs[id]
        await self.show()
        return _NO_ERROR

    def _answering(self, does: Any) -> Any:
        async def answer(_: Any, first: Any, comment: Any) -> Any:
            del comment
            code = await does(first)
            losing, self.losing = self.losing, None
            if losing is not None:
                losing()
            return ua.Variant(code, ua.VariantType.UInt64)

        return cast("Any", uamethod)(answer)
