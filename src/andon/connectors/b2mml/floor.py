"""What the MES of plant B does with documents: it takes orders, makes them and reports."""

__all__ = ["REFUSAL", "Floor", "performance"]

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import cast

from andon.connectors._folders.names import stamp
from andon.connectors._xml import tree_of
from andon.connectors.b2mml.answering import Answer, answer_to
from andon.connectors.b2mml.reading import looked_through, nouns_in
from andon.connectors.b2mml.schema import schema_faults
from andon.connectors.b2mml.shape import Json, element_of
from andon.connectors.b2mml.writing import Envelope, document_of, written
from andon.core.connector import Request

_NAME = "PLANT-B"
REFUSAL = "no route for this material at plant B"
"""Its words for an order it cannot make."""


class Floor:
    """Judges what comes by the schema, knows a document again by its id, and answers as asked."""

    def __init__(self) -> None:
        self.orders: dict[str, Json] = {}
        self.done: list[str] = []
        """Orders in the sequence in which they came; a document that comes again counts once."""
        self._seen: set[str] = set()
        self.least = 0
        """It makes no smaller amounts: an order for less is taken with this amount instead."""
        self._at = datetime(2026, 11, 25, 6, tzinfo=UTC)

    def take(self, document: bytes) -> Answer | None:
        """Its answer, if the sender asks for one."""
        about = looked_through(BytesIO(document))
        if about.verb == "Get":
            return self._shown(document)
        faults = schema_faults(tree_of(document, "the document"))
        refused = "; ".join(map(str, faults))
        for order in () if faults else _orders(document):
            if "nowhere" in str(order["ID"]):
                refused = REFUSAL
            elif about.bod not in self._seen:
                self.orders[str(order["ID"])] = order
                self.done.append(str(order["ID"]))
        self._seen.add(about.bod)
        answer = answer_to(document, sender=_NAME, created_at=self.now(), refused=refused)
        return answer if refused or answer is None else self._modified(answer)

    def _shown(self, document: bytes) -> Answer:
        """A Show with what it holds of what is asked for, or with nothing in it."""
        asked = [str(one["ID"]) for one in _orders(document)]
        held = [self.orders[name] for name in asked if name in self.orders]
        envelope = Envelope(bod=stamp("/".join(asked)), sender=_NAME, created_at=self.now())
        schedules: list[Json] = [{"ID": "held", "OperationsRequest": held}] if held else []
        root: Json = {
            "@releaseID": "V0700",
            "ApplicationArea": envelope.area(),
            "DataArea": {"Show": {}, "OperationsSchedule": schedules},
        }
        shown = element_of("ShowOperationsSchedule", root)
        return Answer("ShowOperationsSchedule", written(shown, judged=bool(held)))

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


def _orders(document: bytes) -> list[Json]:
    schedules = cast("list[Json]", nouns_in(document).get("OperationsSchedule", []))
    return [cast("Json", one) for each in schedules for one in each.get("OperationsRequest", [])]
