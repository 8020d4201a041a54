"""What our commands become, in the nouns of operations and in those of work, and read back."""

from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from typing import Literal

import msgspec
import pytest
import xmlschema

from andon.connectors.b2mml.mapping import mappings
from andon.connectors.b2mml.orders import OUTBOUND
from andon.connectors.b2mml.schema import schema_faults
from andon.connectors.b2mml.shape import element_of
from andon.connectors.b2mml.writing import Envelope, document_of
from andon.core.connector import Item, Request
from andon.core.errors import RejectedError
from andon.core.mapping import Known, Outbound
from andon.core.message import Command, Finding, ReadBack
from andon.model.holding import AllowUse, StopUse
from andon.model.inventory import CreateLot
from andon.model.production import (
    CancelOrder,
    ChangeOrder,
    CompleteProduction,
    ConfirmOperation,
    DistributeOrder,
    OperationConfirmed,
    OrderCancelled,
    OrderChanged,
    OrderReleased,
)
from andon.model.quality import PlaceHold, RecordInspection, ReleaseHold, Result
from tests.unit.connectors.b2mml.documents import item, said
from tests.unit.connectors.b2mml.test_mapping import NOON, SETTINGS, TEN, means, pcs
from tests.unit.connectors.b2mml.test_reading import SCHEMA

Nouns = Literal["operations", "work"]
BOTH = pytest.mark.parametrize("nouns", ["operations", "work"])
ORDER = DistributeOrder(order_id="1001", material_id="PUMP", quantity=TEN, due_at=NOON)
CHANGES = [
    ChangeOrder(order_id="1001", material_id="PUMP", quantity=pcs(7), due_at=NOON),
    ChangeOrder(order_id="1001", material_id="PUMP", quantity=pcs(7)),
]
CANCEL = CancelOrder(order_id="1001", reason="customer gone")
CONFIRM = ConfirmOperation(
    order_id="1001",
    operation="10",
    good=pcs(9),
    scrap=pcs(1),
    equipment="PRESS-2",
    started_at=NOON,
    completed_at=NOON,
)
COMPLETE = CompleteProduction(order_id="1001", completed_at=NOON)
RECORD = RecordInspection(
    inspection_id="I7",
    results=(
        Result(characteristic="length", measured=Decimal("10.250")),
        Result(characteristic="surface", conforms=False),
    ),
)
COMMANDS: list[Command] = [
    ORDER,
    DistributeOrder(order_id="<&>", material_id="Ü", quantity=TEN),
    *CHANGES,
    CANCEL,
    CancelOrder(order_id="1001"),
    CONFIRM,
    ConfirmOperation(order_id="1001", operation="10", good=pcs(9), scrap=pcs(0)),
    COMPLETE,
    CompleteProduction(order_id="1001"),
    CreateLot(lot_id="L7", material_id="PUMP"),
    PlaceHold(lot_id="L7", reason="crack"),
    ReleaseHold(lot_id="L7"),
    StopUse(lot_id="L7", reason="crack"),
    StopUse(lot_id="L7", reason="crack", usage="rework"),
    AllowUse(lot_id="L7"),
    RECORD,
]
ENVELOPE = Envelope(bod="b", sender="andon", receiver="MES", created_at=NOON, wants="Always")


@cache
def independent() -> xmlschema.XMLSchema:
    """Another reader of the same schema: what one of two overlooks the other may find."""
    return xmlschema.XMLSchema(str(SCHEMA / "AllSchemas.xsd"))


def written(command: Command, nouns: Nouns = "operations") -> Request:
    (writer,) = [one for one in OUTBOUND if one.command is type(command)]
    settings = msgspec.structs.replace(SETTINGS, nouns=nouns)
    return writer.writes(command, Known(settings, local="local-id"))


def document(command: Command, nouns: Nouns = "operations") -> bytes:
    return document_of(written(command, nouns), ENVELOPE, judged=True)


def read_back(command: Command, nouns: Nouns) -> Item:
    return item(document(command, nouns))


@BOTH
def test_every_command_is_a_document_that_two_readers_of_the_schema_accept(nouns: Nouns) -> None:
    assert {type(one) for one in COMMANDS} == {one.command for one in OUTBOUND}
    assert {one.command for one in mappings if isinstance(one, Outbound)} == {
        one.command for one in OUTBOUND
    }
    for command in COMMANDS:
        assert list(independent().iter_errors(document(command, nouns).decode())) == []


@pytest.mark.parametrize(
    ("command", "operations", "work"),
    [
        (ORDER, "ProcessOperationsSchedule", "ProcessWorkSchedule"),
        (CHANGES[0], "ChangeOperationsSchedule", "ChangeWorkSchedule"),
        (CANCEL, "CancelOperationsSchedule", "CancelWorkSchedule"),
        (CONFIRM, "ProcessOperationsPerformance", "ProcessWorkPerformance"),
        (COMPLETE, "ProcessOperationsPerformance", "ProcessWorkPerformance"),
        (RECORD, "ProcessOperationsTestInformation", "ProcessOperationsTestInformation"),
    ],
    ids=["distribute", "change", "cancel", "confirm", "complete", "record"],
)
def test_the_settings_say_in_which_nouns_orders_and_reports_go_out(
    command: Command, operations: str, work: str
) -> None:
    assert (written(command).target, written(command, "work").target) == (operations, work)


@BOTH
def test_what_is_distributed_reads_back_as_the_same_order(nouns: Nouns) -> None:
    assert means(read_back(ORDER, nouns)) == [
        OrderReleased(order_id="1001", material_id="PUMP", planned=TEN, due_at=NOON)
    ]
    assert means(read_back(CANCEL, nouns)) == [OrderCancelled(order_id="local-id")]


@BOTH
def test_what_is_changed_reads_back_as_the_change_and_a_date_that_is_gone_is_gone(
    nouns: Nouns,
) -> None:
    before = read_back(ORDER, nouns)
    later, dateless = (read_back(one, nouns) for one in CHANGES)
    assert means(later, before) == [
        OrderChanged(order_id="local-id", material_id="PUMP", planned=pcs(7), due_at=NOON)
    ]
    assert means(dateless, later) == [
        OrderChanged(order_id="local-id", material_id="PUMP", planned=pcs(7))
    ]


@BOTH
def test_what_is_reported_reads_back_as_the_same_report(nouns: Nouns) -> None:
    assert means(read_back(CONFIRM, nouns)) == [
        OperationConfirmed(
            order_id="local-id",
            operation="10",
            good=pcs(9),
            scrap=pcs(1),
            equipment="PRESS-2",
            started_at=NOON,
            completed_at=NOON,
        )
    ]
    held, told = means(read_back(COMPLETE, nouns))
    assert isinstance(held, ReadBack)
    assert (held.object_id, held.holds) == ("local-id", {"status": "Completed"})
    assert isinstance(told, Finding)
    assert told.code == "completed-without-figures"


def test_what_was_measured_reads_back_as_it_was_and_decides_nothing() -> None:
    one = read_back(RECORD, "operations")
    assert one.kind == "TestResult"
    assert said(one)["body"] == {
        "ID": "local-id",
        "PropertyMeasurement": [
            {"ID": "length", "Value": [{"ValueString": "10.25", "DataType": "decimal"}]},
            {"ID": "surface", "Value": [{"ValueString": "false", "DataType": "boolean"}]},
        ],
    }
    assert means(one) == []


@pytest.mark.parametrize(
    ("command", "status", "disposition"),
    [
        (StopUse(lot_id="L7", reason="crack"), "blocked", "Restricted"),
        (StopUse(lot_id="L7", reason="crack", usage="scrap"), "scrap", "Restricted"),
        (AllowUse(lot_id="L7"), "released", "UnRestricted"),
    ],
    ids=["stop", "to be scrapped", "allow"],
)
def test_whether_lines_may_use_a_lot_is_its_disposition_and_why_its_status(
    command: Command, status: str, disposition: str
) -> None:
    request = written(command)
    (lot,) = request.body["MaterialLot"]
    assert request.target == "SyncMaterialLot"
    assert (lot["ID"], lot["Status"], lot["Disposition"]) == ("local-id", status, disposition)
    assert lot.get("Description") == ("crack" if isinstance(command, StopUse) else None)


def test_every_part_reads_as_it_was_written() -> None:
    for command in COMMANDS:
        for nouns in ("operations", "work"):
            request = written(command, nouns)
            again = said(item(document_of(request, ENVELOPE, judged=True)))
            noun = again["document"]["noun"]
            whole = request.body[noun]
            body = again["body"]
            assert again["document"]["verb"] + noun == request.target
            assert body in (whole if isinstance(whole, list) else [*parts(whole)])


def parts(whole: dict[str, object]) -> Iterator[object]:
    for value in whole.values():
        if isinstance(value, list):
            yield from value  # pyright: ignore[reportUnknownVariableType] of any JSON


@BOTH
def test_a_cancellation_asks_to_hear_that_it_was_done(nouns: Nouns) -> None:
    for command, asks in ((CANCEL, "Always"), (ORDER, "OnError")):
        text = document(command, nouns).decode()
        assert f"<ConfirmationCode>{asks}</ConfirmationCode>" in text


def broken() -> Iterator[tuple[Request, str]]:
    yield Request(target="Process", body={}), "no verb and noun"
    yield Request(target="NotifyWorkSchedule", body={"WorkSchedule": {"ID": "S"}}), "no verb and"
    yield Request(target="ProcessOperationsSchedule", body={}), "without any OperationsSchedule"
    yield Request(target="ProcessWorkSchedule", body={"WorkSchedule": {"ID": "S"}}), "WorkRequest"
    report = {"ID": "P", "WorkScheduleID": "S"}
    yield Request(target="SyncWorkPerformance", body={"WorkPerformance": report}), "WorkResponse"
    test = {"TestResult": [{"TestableObjectID": "L"}]}
    yield (
        Request(target="SyncOperationsTestInformation", body={"OperationsTestInformation": test}),
        "DataArea/OperationsTestInformation/TestResult",
    )
    lot = {"MaterialLot": [{"Disposition": "Broken", "ID": "L"}]}
    yield Request(target="SyncMaterialLot", body=lot), "DataArea/MaterialLot"
    yield Request(target="SyncMaterialLot", body={"MaterialLot": [{"ID": "a\x00b"}]}), "XML"
    yield Request(target="SyncMaterialLot", body={"MaterialLot": [{"a b": "x"}]}), "XML"


@pytest.mark.parametrize(("request_", "says"), list(broken()))
def test_what_breaks_the_schema_is_refused_with_its_place(request_: Request, says: str) -> None:
    with pytest.raises(RejectedError, match=says):
        document_of(request_, ENVELOPE, judged=True)


def test_what_breaks_the_schema_is_sent_where_the_settings_say_so() -> None:
    own = Request(target="SyncMaterialLot", body={"MaterialLot": [{"ID": "L", "Own": "x"}]})
    assert b"<Own>x</Own>" in document_of(own, ENVELOPE, judged=False)
    assert schema_faults(element_of("MaterialLot", {"Own": "x"}))
