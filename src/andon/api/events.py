"""Events said over HTTP, as CloudEvents 1.0 in structured JSON, one or a batch."""

__all__ = ["CloudEvent", "EventsOperation", "event_routes", "say"]

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import post
from litestar.openapi.spec import OpenAPIMediaType, Operation, RequestBody, Schema
from litestar.openapi.spec.enums import OpenAPIType
from msgspec import Meta

from andon.api.callers import Asked, Caller, caller_of, hub_of
from andon.api.needs import Arriving
from andon.api.problems import ProblemError, faults_in
from andon.api.shapes import Accepted
from andon.core.errors import Fault, InvalidError
from andon.core.faults import UNREADABLE
from andon.core.message import Event, ReadBack
from andon.governance.contracts import Contracts

MOST_AT_ONCE = 1000
Name = Annotated[str, Meta(min_length=1, max_length=500)]


class CloudEvent(msgspec.Struct, frozen=True):
    """CloudEvents 1.0; `data` keeps the contract that `type` names."""

    specversion: Annotated[str, Meta(pattern=r"^1\.0$")]
    id: Name
    source: Name
    type: Name
    data: msgspec.Raw
    time: Annotated[datetime, Meta(tz=True)] | None = None
    correlationid: Name | None = None


class _Looked(msgspec.Struct, frozen=True):
    # As CloudEvent, in words that JSON Schema can check: all faults come from here.
    specversion: Annotated[str, Meta(pattern=r"^1\.0$")]
    id: Name
    source: Name
    type: Name
    data: dict[str, Any]
    time: Annotated[datetime, Meta(tz=True)] | None = None
    correlationid: Name | None = None


_one = msgspec.json.Decoder(CloudEvent)
_many = msgspec.json.Decoder(list[CloudEvent])


@dataclass
class EventsOperation(Operation):
    """Says the body, which is read by hand to find every fault of every event."""

    def __post_init__(self) -> None:
        """After Litestar has filled in the rest."""
        event = Schema(
            type=OpenAPIType.OBJECT,
            title="CloudEvent",
            required=["specversion", "id", "source", "type", "data"],
            properties={
                "specversion": Schema(type=OpenAPIType.STRING, const="1.0"),
                **{
                    name: Schema(type=OpenAPIType.STRING, min_length=1, max_length=500)
                    for name in ("id", "source", "type", "correlationid")
                },
                "time": Schema(type=OpenAPIType.STRING),
                "data": Schema(type=OpenAPIType.OBJECT),
            },
        )
        batch = Schema(type=OpenAPIType.ARRAY, items=event, max_items=MOST_AT_ONCE)
        content: dict[str, OpenAPIMediaType] = {
            "application/cloudevents+json": OpenAPIMediaType(schema=event),
            "application/cloudevents-batch+json": OpenAPIMediaType(schema=batch),
        }
        self.request_body = RequestBody(content, required=True)


@post("/v1/events", status_code=202, opt={"scope": "events:write"}, operation_class=EventsOperation)
async def say(request: Asked) -> Accepted:
    """Records events, all or none; when it answers they are durable. A repetition is not news."""
    raw = await request.body()
    caller = caller_of(request)
    hub = hub_of(request)
    arriving = _arriving(raw, caller, hub.contracts)
    positions = await hub.accept(arriving, caller.actor)
    return Accepted(len(arriving), list(positions))


def _arriving(raw: bytes, caller: Caller, contracts: Contracts) -> list[Arriving]:
    batch = raw.lstrip()[:1] == b"["
    try:
        events = _many.decode(raw) if batch else [_one.decode(raw)]
    except UNREADABLE as error:
        found = faults_in(raw, list[_Looked] if batch else _Looked)
        raise _refused(found or [Fault("", str(error))]) from error
    if len(events) > MOST_AT_ONCE:
        raise ProblemError(413, f"Send at most {MOST_AT_ONCE} events at once.")
    _speak_for(caller, events)
    faults: list[Fault] = []
    arriving: list[Arriving] = []
    for place, event in enumerate(events):
        try:
            arriving.append(_checked(event, contracts))
        except InvalidError as error:
            at = f"/{place}" if batch else ""
            faults += [Fault(f"{at}{fault.at}", fault.says) for fault in error.faults]
    if faults:
        raise _refused(faults)
    return arriving


def _speak_for(caller: Caller, events: list[CloudEvent]) -> None:
    wrong = {event.source for event in events if event.source != caller.system}
    if caller.system is None or wrong:
        allowed = f"only for {caller.system!r}" if caller.system else "for no system"
        raise ProblemError(
            403,
            f"{caller.actor.name} may speak {allowed}. Use the key of the system that is the"
            " source; `andon keys create --system` makes one.",
        )


def _checked(event: CloudEvent, contracts: Contracts) -> Arriving:
    if "\0" in f"{event.id}{event.correlationid}":
        raise InvalidError("holds a NUL", [Fault("/id", "holds a NUL character")])
    try:
        message = contracts.decode(event.type, bytes(event.data))
    except InvalidError as error:
        places = [
            fault if fault.at == "/type" else Fault(f"/data{fault.at}", fault.says)
            for fault in error.faults
        ]
        raise InvalidError(str(error), places or [Fault("/data", str(error))]) from error
    if not isinstance(message, Event) or isinstance(message, ReadBack):
        says = "is not an event that a system may say here"
        raise InvalidError(says, [Fault("/type", says)])
    return Arriving(
        source=event.source,
        id=event.id,
        event=message,
        occurred_at=event.time,
        correlation=event.correlationid,
    )


def _refused(faults: "list[Fault] | tuple[Fault, ...]") -> InvalidError:
    return InvalidError(
        "The events cannot be recorded. Correct the places named and send all again;"
        " nothing was changed.",
        tuple(faults),
    )


event_routes: tuple[Any, ...] = (say,)
