"""What the MES of plant B does with documents: it takes orders, makes them and reports, and sets
lots aside."""

__all__ = ["REFUSAL", "Floor", "Wanted", "performance"]

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from threading import Lock
from typing import Any, Literal, cast

import msgspec

from andon.connectors._folders.names import stamp
from andon.connectors._xml import tree_of
from andon.connectors.b2mml.answering import Answer, answer_to
from andon.connectors.b2mml.aside import Aside
from andon.connectors.b2mml.reading import looked_through, nouns_in
from andon.connectors.b2mml.schema import schema_faults
from andon.connectors.b2mml.shape import Json, element_of
from andon.connectors.b2mml.words import SCHEDULES, parts_of
from andon.connectors.b2mml.writing import Envelope, document_of, written
from andon.core.connector import Request

_NAME = "PLANT-B"
REFUSAL = "no route for this material at plant B"
"""Its words for an order it cannot make."""


State = Literal["waiting", "running", "made", "cancelled"]


class Wanted(msgspec.Struct, frozen=True):
    """What an order asks for."""

    number: str
    item: str
    quantity: Decimal
    due: str = ""


class Floor:
    """Judges what comes by the schema and by how its orders stand, knows a document again by its
    id, and answers as asked. Of a document that it refuses in part it does nothing.

    Its people may begin an order in one thread while documents are taken in another.
    """

    def __init__(self) -> None:
        self.orders: dict[str, Json] = {}
        """As they are to be made now; one that was cancelled says so."""
        self.states: dict[str, State] = {}
        self.done: list[str] = []
        """Orders in the sequence in which they came; a document that comes again counts once."""
        self.cancelled: list[str] = []
        """Orders in the sequence in which they were taken off the floor."""
        self.refused: set[str] = set()
        """Orders of which a change or a cancellation came too late."""
        self.aside = Aside()
        self._judged: dict[str, str] = {}
        """Document -> why it was refused; empty where it was not."""
        self._lock = Lock()
        self.least = 0
        """It makes no smaller amounts: an order for less is taken with this amount instead."""
        self._at = datetime(2026, 11, 25, 6, tzinfo=UTC)

    def begin(self, number: str) -> Wanted | None:
        """Somebody makes it from now on; None where nobody may, or somebody did already."""
        with self._lock:
            if self.states.get(number) != "waiting":
                return None
            self.states[number] = "running"
            return self.wanted(number)

    def wanted(self, number: str) -> Wanted:
        """What it is to make, or has made, of an order. Raises LookupError for one it has not."""
        wanted = _wanted(self.orders[number])
        if wanted is None:
            raise LookupError(f"order {number} does not say what is to be made")
        return wanted

    def end(self, number: str) -> None:
        """It is made."""
        self.states[number] = "made"

    def free(self, lot: str) -> None:
        """A supervisor lets lines take it, whoever had it set aside."""
        with self._lock:
            self.aside.free(lot)

    def take(self, document: bytes) -> Answer | None:
        """Its answer, if the sender asks for one."""
        about = looked_through(BytesIO(document))
        if about.verb == "Get":
            return self._shown(document, about.noun)
        faults = schema_faults(tree_of(document, "the document"))
        with self._lock:
            refused = self._judged.get(about.bod) if about.bod else None
            if refused is None:
                nouns = {} if faults else nouns_in(document)
                refused = "; ".join(map(str, faults)) or self._done_with(about.verb, nouns)
                self._judged[about.bod] = refused
        answer = answer_to(document, sender=_NAME, created_at=self.now(), refused=refused)
        return answer if refused or answer is None else self._modified(answer)

    def _done_with(self, verb: str, nouns: Json) -> str:
        """Why nothing is done; empty once all of it is."""
        if verb not in ("Process", "Sync", "Change", "Cancel"):
            return ""
        orders, lots = _orders(nouns), _lots(verb, nouns)
        for order in orders:
            if doubt := self._doubt(verb, order):
                if verb in ("Change", "Cancel"):
                    self.refused.add(str(order["ID"]))
                return doubt
        for lot in lots:
            if doubt := self.aside.doubt(lot):
                return doubt
        for order in orders:
            self._do(verb, order)
        for lot in lots:
            self.aside.put(lot)
        return ""

    def _doubt(self, verb: str, order: Json) -> str:
        number = str(order["ID"])
        state = self.states.get(number)
        if "nowhere" in number:
            return REFUSAL
        if verb in ("Change", "Cancel") and state is None:
            return f"there is no order {number} here"
        if verb == "Cancel":
            return f"order {number} {_STANDS[state]}" if state in _STANDS else ""
        wanted = _wanted(order)
        if wanted is None or wanted.quantity <= 0:
            return f"order {number} does not say what is to be made, and how much"
        if state is None or (state == "cancelled" and verb != "Change"):
            return ""
        return self._conflict(verb, self.wanted(number), wanted)

    def _conflict(self, verb: str, held: Wanted, wanted: Wanted) -> str:
        number, state = held.number, self.states[held.number]
        other = (held.item, held.quantity) != (wanted.item, wanted.quantity)
        if state == "cancelled":
            return f"order {number} is cancelled"
        if held.item != wanted.item or (other and verb != "Change"):
            return f"order {number} exists as {held.quantity:f} of {held.item}"
        if (other and state == "running") or (held != wanted and state == "made"):
            return f"order {number} {_STANDS[state]} as {held.quantity:f} of {held.item}"
        return ""

    def _do(self, verb: str, order: Json) -> None:
        number = str(order["ID"])
        match verb, self.states.get(number):
            case "Cancel", "waiting":
                here = self.orders[number]
                why = {"Description": order["Description"]} if "Description" in order else {}
                self.orders[number] = {"ID": number, **why, **here, "RequestState": "Cancelled"}
                self.states[number] = "cancelled"
                self.cancelled.append(number)
            case "Change", _:
                self.orders[number] = order
            case "Process" | "Sync", None | "cancelled":
                self.orders[number] = order
                self.states[number] = "waiting"
                self.done.append(number)
            case _:
                pass

    def _shown(self, document: bytes, noun: str) -> Answer:
        """A Show with what it holds of what is asked for, or with nothing in it."""
        asked = [str(one["ID"]) for one in _orders(nouns_in(document))]
        held = [self.orders[name] for name in asked if name in self.orders]
        envelope = Envelope(bod=stamp("/".join(asked)), sender=_NAME, created_at=self.now())
        part = parts_of(noun)[0]
        schedules: list[Json] = [{"ID": "held", part: held}] if held else []
        root: Json = {
            "@releaseID": "V0700",
            "ApplicationArea": envelope.area(),
            "DataArea": {"Show": {}, noun: schedules},
        }
        shown = element_of(f"Show{noun}", root)
        return Answer(f"Show{noun}", written(shown, judged=bool(held)))

    def _modified(self, answer: Answer) -> Answer:
        """What is below the least amount is raised to it, and the answer says so."""
        root = tree_of(answer.content, "the answer")
        changed = False
        for amount in root.iter("{*}QuantityString"):
            if self.least and float(amount.text or 0) < self.least:
                amount.text, changed = str(self.least), True
        if not changed:
            return answer
        for expression in root.iter("{*}ResponseExpression"):
            expression.set("actionCode", "Modified")
        return Answer(answer.target, written(root, judged=True))

    def reports(self, orders: Sequence[str], *, each: int = 5) -> bytes:
        """One SyncOperationsPerformance with a response for each order, at one instant."""
        now = self.now()
        envelope = Envelope(bod=stamp("/".join(orders)), sender=_NAME, created_at=now)
        responses = [performance(order, good=each, at=now) for order in orders]
        body: Json = {"ID": f"P-{envelope.bod}", "OperationsResponse": responses}
        request = Request(target="SyncOperationsPerformance", body={"OperationsPerformance": body})
        return document_of(request, envelope, judged=True)

    def now(self) -> datetime:
        """Its clock goes on by a second with each look."""
        self._at += timedelta(seconds=1)
        return self._at


def performance(order: str, *, good: int, at: datetime) -> Json:
    """An order that is made, as a response says it."""
    time = at.isoformat().replace("+00:00", "Z")
    amount = {"QuantityString": str(good), "DataType": "decimal", "UnitOfMeasure": "PCE"}
    segment: Json = {
        "ID": f"{order}-10",
        "ActualStartTime": time,
        "ActualEndTime": time,
        "SegmentRequirementID": "MAKE",
        "SegmentState": "Completed",
        "SegmentData": [
            {
                "ID": "OrderedQuantity",
                "Value": [
                    {"ValueString": str(good), "DataType": "decimal", "UnitOfMeasure": "PCE"}
                ],
            }
        ],
        "MaterialActual": [
            {
                "ID": "1",
                "MaterialDefinitionID": "PUMP",
                "MaterialLotID": f"L-{order}",
                "MaterialUse": "Produced",
                "Quantity": [amount],
            }
        ],
    }
    return {
        "ID": f"R-{order}",
        "StartTime": time,
        "EndTime": time,
        "OperationsRequestID": order,
        "ResponseState": "Completed",
        "SegmentResponse": [segment],
    }


_STANDS: Mapping[State | None, str] = {"running": "is being made", "made": "is made"}


def _wanted(order: Json) -> Wanted | None:
    """By the first requirement that says what is produced; None where none does."""
    steps: list[Any] = [*order.get("SegmentRequirement", []), *order.get("JobOrder", [])]
    for segment in cast("list[Json]", steps):
        for part in cast("list[Any]", segment.get("MaterialRequirement", [])):
            amounts = part.get("Quantity", [])
            if part.get("MaterialUse") == "Produced" and amounts:
                return Wanted(
                    number=str(order["ID"]),
                    item=str(part.get("MaterialDefinitionID", "")),
                    quantity=Decimal(amounts[0]["QuantityString"]),
                    due=str(order.get("EndTime", "")),
                )
    return None


def _lots(verb: str, nouns: Json) -> list[Json]:
    """What is said of lots; to cancel one says nothing of whether it may be used."""
    return [] if verb == "Cancel" else cast("list[Json]", nouns.get("MaterialLot", []))


def _orders(nouns: Json) -> list[Json]:
    return [
        cast("Json", one)
        for noun in SCHEDULES.values()
        for schedule in cast("list[Json]", nouns.get(noun, []))
        for one in cast("list[Any]", schedule.get(parts_of(noun)[0], []))
    ]
