"""Recorded messages of the real MES 0.4.2, and the events they become."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from andon.connectors.fsmes import Fsmes, FsmesSettings, mappings
from andon.core.connector import Acknowledge, Arrival, Item, Offer, Offered, Push
from andon.core.errors import InvalidError, MappingError
from andon.core.mapping import Inbound, Known, Outbound, Said
from andon.core.message import Finding
from andon.core.quantity import Quantity
from andon.model.production import (
    ComponentLot,
    DistributeOrder,
    OperationConfirmed,
    OrderCompleted,
)

RECORDED = Path(__file__).parents[2] / "recorded" / "fsmes"
SETTINGS = FsmesSettings(units={"RAW-SUGAR": "kg", "RAW-FLAVOR": "l"})
READERS = {m.kind: m for m in mappings if isinstance(m, Inbound)}
(WRITER,) = [m for m in mappings if isinstance(m, Outbound)]


def recorded(name: str, **changed: Any) -> dict[str, Any]:
    return json.loads((RECORDED / f"{name}.json").read_text()) | changed


def said(message: dict[str, Any], settings: FsmesSettings = SETTINGS) -> list[Said]:
    item = Item(kind=message["kind"], key="k", raw=json.dumps(message).encode())
    return list(READERS[item.kind].reads(item, Known(settings)))


def of(amount: str, unit: str = "u") -> Quantity:
    return Quantity(Decimal(amount), unit)


def codes(message: dict[str, Any]) -> list[str]:
    return [doubt.code for doubt in said(message) if isinstance(doubt, Finding)]


def test_an_operation_is_confirmed_with_the_lots_it_took_in_their_own_units() -> None:
    (confirmed,) = said(recorded("exact-op10"))
    assert isinstance(confirmed, OperationConfirmed)
    assert (confirmed.order_id, confirmed.operation) == ("WO-EXACT", "Mix")
    assert (confirmed.good, confirmed.scrap, confirmed.wip) == (of("10"), of("0"), of("0"))
    assert set(confirmed.consumed) == {
        ComponentLot(material_id="RAW-FLAVOR", lot_id="LOT-FLAVOR-001", quantity=of("1", "l")),
        ComponentLot(material_id="RAW-SUGAR", lot_id="LOT-SUGAR-001", quantity=of("5", "kg")),
    }


def test_a_time_without_a_zone_is_the_mes_s() -> None:
    message = recorded("exact-op10", completed_at="2026-11-30T07:00:00.5")
    (confirmed,) = said(message)
    assert isinstance(confirmed, OperationConfirmed)
    assert confirmed.completed_at == datetime(2026, 11, 30, 7, 0, 0, 500000, UTC)
    (elsewhere,) = said(message, FsmesSettings(time_zone="Asia/Tokyo"))
    assert isinstance(elsewhere, OperationConfirmed)
    assert elsewhere.completed_at is not None
    assert elsewhere.completed_at.utcoffset() == timedelta(hours=9)


def test_more_out_than_in_is_said_as_it_was_said_and_doubted() -> None:
    message = recorded("machines-op20")
    confirmed, doubt = said(message)
    assert isinstance(confirmed, OperationConfirmed)
    assert confirmed.wip is not None
    assert confirmed.wip.amount == Decimal(str(message["wip_qty"])) < 0
    assert isinstance(doubt, Finding)
    assert doubt.code == "negative-wip"


def test_scrap_that_was_made_again_is_not_doubted() -> None:
    (confirmed,) = said(recorded("exact-op10", scrap_qty=1.0, wip_qty=-1.0))
    assert isinstance(confirmed, OperationConfirmed)
    assert confirmed.scrap == of("1")


def test_an_operation_confirmed_before_the_one_in_front_of_it_is_not_doubted() -> None:
    early = recorded("machines-op20", input_qty=0.0, wip_qty=-13.0)
    (confirmed,) = said(early)
    assert isinstance(confirmed, OperationConfirmed)
    assert confirmed.wip == of("-13")


def test_a_completion_as_planned_is_not_doubted() -> None:
    (completed,) = said(recorded("exact-completion"))
    assert isinstance(completed, OrderCompleted)
    assert (completed.good, completed.lot_id) == (of("10"), "WO-EXACT-FG")
    assert completed.over == of("0")


def test_over_production_is_recorded_and_asked_about() -> None:
    message = recorded("over-completion")
    completed = said(message)[0]
    assert isinstance(completed, OrderCompleted)
    assert (completed.ordered, completed.good, completed.over) == (of("5"), of("7"), of("2"))
    assert codes(message) == ["over-production"]


def test_the_scrap_of_a_completion_is_that_of_all_operations_together() -> None:
    completed = said(recorded("over-completion"))[0]
    single = said(recorded("over-op10"))[0]
    assert isinstance(completed, OrderCompleted)
    assert isinstance(single, OperationConfirmed)
    assert (completed.scrap, single.scrap) == (of("2"), of("1"))


def test_a_completion_with_nothing_good_has_no_lot_and_is_asked_about() -> None:
    message = recorded("nothing-completion")
    completed = said(message)[0]
    assert isinstance(completed, OrderCompleted)
    assert (completed.good, completed.lot_id) == (of("0"), None)
    assert codes(message) == ["nothing-good"]


def test_noise_of_binary_floats_is_left_out() -> None:
    confirmed = said(recorded("exact-op10", good_qty=0.30000000000000004))[0]
    assert isinstance(confirmed, OperationConfirmed)
    assert confirmed.good == of("0.3")


def test_a_message_without_its_figures_lists_what_is_missing() -> None:
    broken = recorded("exact-op10")
    del broken["good_qty"]
    broken["wip_qty"] = "many"
    with pytest.raises(MappingError) as raised:
        said(broken)
    assert {fault.at for fault in raised.value.faults} >= {"/wip_qty"}


# The doors


def arrival(body: bytes = b"", **path: str) -> Arrival:
    return Arrival(path=path, query={"status": "new"}, headers={}, body=body)


def offered(code: str, material: str = "FG-COLA", unit: str = "u") -> Offered:
    command = DistributeOrder(
        order_id=code,
        material_id=material,
        quantity=of("10", unit),
        due_at=datetime(2026, 11, 30, 22, 59, tzinfo=UTC),
    )
    return Offered(code, WRITER.writes(command, Known(SETTINGS)))


def shown(mes: Fsmes, *rows: Offered) -> list[dict[str, Any]]:
    (offer,) = [door for door in mes.doors() if isinstance(door, Offer)]
    given = [row for row in rows if offer.withholds(row) is None]
    return json.loads(offer.render(arrival(), given))


def test_an_order_on_offer_has_what_the_mes_reads_and_a_due_time_without_zone() -> None:
    (row,) = shown(Fsmes("mes", SETTINGS), offered("production-order/erp:MO1001"))
    assert row == {
        "code": "MO1001",
        "material": "FG-COLA",
        "quantity": 10.0,
        "unit": "u",
        "due_date": "2026-11-30T22:59:00",
        "erp_reference": "MO1001",
        "status": "new",
    }


def test_a_row_the_mes_would_misread_waits_and_does_not_stop_the_others() -> None:
    mes = Fsmes("mes", SETTINGS)
    odd, other_unit = offered("MO/1"), offered("MO2", unit="kg")
    assert [row["code"] for row in shown(mes, odd, other_unit, offered("MO3"))] == ["MO3"]
    (offer,) = [door for door in mes.doors() if isinstance(door, Offer)]
    assert "Rename it" in str(offer.withholds(odd))
    assert "kg of FG-COLA for u" in str(offer.withholds(other_unit))


def test_an_acknowledgment_names_the_order() -> None:
    (door,) = [door for door in Fsmes("mes", SETTINGS).doors() if isinstance(door, Acknowledge)]
    assert door.read(arrival(code="MO1001")).names == "MO1001"


def test_a_confirmation_is_known_by_its_message_key_whatever_else_it_says() -> None:
    (door,) = [door for door in Fsmes("mes", SETTINGS).doors() if isinstance(door, Push)]
    first = json.dumps(recorded("exact-op10")).encode()
    corrected = json.dumps(recorded("exact-op10", good_qty=9.0)).encode()
    keys = [item.key for body in (first, corrected) for item in door.items(arrival(body))]
    assert keys == ["WO-EXACT:op10", "WO-EXACT:op10"]
    (item,) = door.items(arrival(first))
    assert (item.kind, item.raw) == ("operation_confirmation", first)


@pytest.mark.parametrize("body", [b"", b"[1]", b'{"kind":"order_completion"}', b"{"])
def test_what_is_no_confirmation_is_refused_at_the_door(body: bytes) -> None:
    (door,) = [door for door in Fsmes("mes", SETTINGS).doors() if isinstance(door, Push)]
    with pytest.raises(MappingError):
        door.items(arrival(body))


@pytest.mark.parametrize("figure", [1e40, "NaN", "Infinity", "1e27"])
def test_a_figure_that_counts_nothing_is_the_messages_fault(figure: Any) -> None:
    for message in (recorded("exact-op10", wip_qty=figure), recorded("exact-completion")):
        changed = message | {"good_qty": figure}
        with pytest.raises(InvalidError, match="is no amount"):
            said(changed)


def test_a_time_longer_than_any_is_the_messages_fault() -> None:
    with pytest.raises(MappingError) as refused:
        said(recorded("exact-op10", machine_seconds=1e300))
    assert [fault.at for fault in refused.value.faults] == ["/machine_seconds"]
