"""The jobs of a receiver, and the responses of a provider (OPC 10031-4), as items."""

__all__ = ["JOB_CONTROL", "LISTS", "JobList", "body_of", "said_of"]

from collections.abc import Iterator, Mapping
from datetime import datetime
from hashlib import blake2b
from typing import Any, cast

import msgspec

from andon.connectors.opcua.decoding import MalformedError, decoded
from andon.connectors.opcua.jobwords import STATES
from andon.connectors.opcua.values import aware
from andon.core.connector import Item

JOB_CONTROL = "http://opcfoundation.org/UA/ISA95-JOBCONTROL_V2/"
"""The namespace of version 2; version 1 is another one, and is not spoken."""


LISTS = {"JobOrderList": "JobOrderAndState", "JobOrderResponseList": "JobResponse"}
"""The variable of a receiver or of a provider, and what stands in it."""


class JobList:
    """One list as items: one for each job whose order, state or results are others."""

    def __init__(self, kind: str, receiver: str, structure: str) -> None:
        self._kind = kind
        self._receiver = receiver
        self._structure = structure

    def items(self, read: Any, known: dict[str, str]) -> Iterator[Item]:
        """What is new in a reading of the list. `known` remembers what was said of each job."""
        at = read.SourceTimestamp or read.ServerTimestamp
        moment = aware(at) if at else None
        listed: set[str] = set()
        whole = True
        if not read.StatusCode.is_good() or read.Value is None:
            return  # no list is not an empty list
        entries: list[Any] = read.Value.Value or []
        for number, one in enumerate(entries):
            try:
                said = said_of(self._receiver, decoded(self._structure, body_of(one)))
            except MalformedError as error:
                whole = False
                yield self._unread(number, one, moment, str(error))
                continue
            name = f"{self._receiver}/{said['job_id']}"
            listed.add(name)
            yield from self._news(name, said, moment, known)
        for name in [one for one in known if one.startswith(f"{self._receiver}/")]:
            if whole and name not in listed:
                del known[name]
                id = name.removeprefix(f"{self._receiver}/")
                gone = {"receiver": self._receiver, "job_id": id, "state": "Removed"}
                yield self._item(name, gone, moment, "removed")

    def _news(
        self, name: str, said: dict[str, Any], moment: datetime | None, known: dict[str, str]
    ) -> Iterator[Item]:
        digest = blake2b(msgspec.json.encode(said), digest_size=6).hexdigest()
        if known.get(name) != digest:
            known[name] = digest
            yield self._item(name, said, moment, digest)

    def _item(self, name: str, said: dict[str, Any], moment: datetime | None, digest: str) -> Item:
        at = moment.isoformat() if moment else ""
        return Item(
            kind=self._kind,
            key=f"{name}/{at}/{digest}",
            raw=msgspec.json.encode({**said, "at": at or None}),
            mirror=name,
            occurred_at=moment,
        )

    def _unread(self, number: int, one: Any, moment: datetime | None, why: str) -> Item:
        """Its mapping raises: there is no state in it."""
        body = body_of(one)
        digest = blake2b(body, digest_size=8).hexdigest()
        raw = {"receiver": self._receiver, "unread": why, "number": number, "bytes": body.hex()}
        return Item(
            kind=self._kind,
            key=f"{self._receiver}/unread/{digest}",
            raw=msgspec.json.encode(raw),
            occurred_at=moment,
        )


def body_of(one: Any) -> bytes:
    """The bytes of one entry of a list; none where it is no structure."""
    body = getattr(one, "Body", None)
    return body if isinstance(body, bytes) else b""


def said_of(receiver: str, job: Mapping[str, Any]) -> dict[str, Any]:
    """One entry of a list as its item says it."""
    order: dict[str, Any] = job.get("JobOrder", job)
    states: list[dict[str, Any]] = job.get("State", job.get("JobState")) or []
    top = next((one for one in states if one["BrowsePath"] is None), None)
    number = top["StateNumber"] if top else None
    told: list[dict[str, Any]] = [
        *(order.get("JobOrderParameters") or []),
        *(order.get("JobResponseData") or []),
    ]
    values: dict[str, Any] = {one["ID"]: one["Value"]["value"] for one in told}
    numbers: Any = values.get("OrderNumbers") or []
    return {
        "receiver": receiver,
        "job_id": order["JobOrderID"],
        "order_numbers": [
            str(one)
            for one in cast("list[Any]", numbers if isinstance(numbers, list) else [numbers])
        ],
        "state": STATES.get(number or 0, top["StateText"] if top else None),
        "substates": [one["StateText"] for one in states if one["BrowsePath"] is not None],
        "started_at": order.get("StartTime") if order is job else None,
        "ended_at": order.get("EndTime") if order is job else None,
        "values": values,
        "units": {one["ID"]: one["EngineeringUnits"] for one in told if "EngineeringUnits" in one},
        "job": order,
    }
