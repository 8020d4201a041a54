"""A simulated job order receiver (OPC 10031-4 version 2). It knows neither Pause nor Stop."""

__all__ = ["JobShop"]

from collections.abc import Callable
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
        self.stored: list[str] = []
        self.losing: Callable[[], None] | None = None
        """Called once, before the next method answers."""
        self._most = most
        self._index = 0
        self._list: Any = None

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

    async def advance(self, id: str, state: JobState, **parameters: Any) -> None:
        """The machine goes on by itself; parameters are added to the job, such as GoodQuantity."""
        job, _ = self.jobs[id]
        told: list[Any] = list(job.get("JobOrderParameters") or [])
        told += [{"ID": name, "Value": value} for name, value in parameters.items()]
        self.jobs[id] = ({**job, "JobOrderParameters": told}, state)
        await self.show()

    async def show(self, *strange: bytes) -> None:
        """The list as it is now, with entries in front that are none."""
        entries = [
            ua.ExtensionObject(TypeId=ua.NodeId(5001, self._index), Body=one) for one in strange
        ]
        for job, state in self.jobs.values():
            top = {"StateText": state, "StateNumber": _NUMBERS[state]}
            body = encoded("JobOrderAndState", {"JobOrder": job, "State": [top]})
            entries.append(ua.ExtensionObject(TypeId=ua.NodeId(5001, self._index), Body=body))
        value = ua.Variant(entries, ua.VariantType.ExtensionObject, is_array=True)
        now = datetime.now(UTC)
        await self._list.write_value(ua.DataValue(value, SourceTimestamp=now, ServerTimestamp=now))

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
