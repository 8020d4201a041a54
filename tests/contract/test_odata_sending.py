"""What sending over OData promises beyond the suite: tokens, versions, change sets, locks."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from andon.connectors._access import ClientCredentials
from andon.connectors.odata import OData
from andon.connectors.odata.inspections import decide_usage
from andon.connectors.odata.simulated.movements import Stock
from andon.connectors.odata.simulator import SapSimulator
from andon.core.connector import Request, SecretStr
from andon.core.errors import (
    CredentialsError,
    DefectError,
    MappingError,
    OutcomeUnknownError,
    RejectedError,
    SettingsError,
    ThrottledError,
    UnavailableError,
)
from andon.core.mapping import Known
from andon.model.disposing import DecideUsage
from andon.model.finance import PERIOD_CLOSED
from andon.model.holding import Usage
from andon.model.inventory import STOCK_DEFICIT
from tests.contract.odata_plant import connected, settings, settings4, stocked


@pytest.fixture
async def sap() -> AsyncIterator[SapSimulator]:
    async with stocked() as simulator:
        yield simulator


@pytest.fixture
async def erp(sap: SapSimulator) -> AsyncIterator[OData]:
    async with connected(settings(sap)) as connector:
        yield connector


@pytest.fixture
def order(sap: SapSimulator) -> str:
    return sap.company.release("PUMP", 5)


def issue(order: str, amount: Any = 2, **header: Any) -> Request:
    line = {
        "Material": "SEAL",
        "Batch": "B1",
        "GoodsMovementType": "261",
        "ManufacturingOrder": order,
        "QuantityInEntryUnit": Decimal(amount),
        "EntryUnit": "PC",
    }
    body = {"GoodsMovementCode": "03", "to_MaterialDocumentItem": [line], **header}
    return Request(target="POST A_MaterialDocumentHeader", body=body)


def merge(order: str, **values: Any) -> Request:
    return Request(target=f"MERGE A_ProductionOrder_2('{order}')", body=values)


def stock(sap: SapSimulator) -> Decimal:
    return sap.company.movements.stock(Stock("SEAL", "1710", "171A", "B1"))


# Tokens and sessions


async def test_a_token_is_fetched_when_first_needed_and_kept(
    sap: SapSimulator, erp: OData, order: str
) -> None:
    assert sap.gateway.fetched == 0
    for n in range(3):
        await erp.send(issue(order), key=f"k{n}")
    assert sap.gateway.fetched == 1
    assert len(sap.gateway.sessions) == 1


async def test_an_expired_token_is_renewed_once_and_the_effect_happens_once(
    sap: SapSimulator, erp: OData, order: str
) -> None:
    await erp.send(issue(order), key="k1")
    sap.gateway.expire_tokens()
    await erp.send(issue(order), key="k2")
    assert sap.gateway.fetched == 2
    assert stock(sap) == 96


async def test_many_calls_with_one_expired_token_all_happen_once(
    sap: SapSimulator, erp: OData, order: str
) -> None:
    await erp.send(issue(order, 1), key="k0")
    sap.gateway.expire_tokens()
    await asyncio.gather(*(erp.send(issue(order, 1), key=f"k{n}") for n in range(1, 21)))
    assert stock(sap) == 79
    assert sap.gateway.fetched == 2  # one of them renews for all


async def test_a_gateway_that_refuses_its_own_token_needs_an_operator(
    sap: SapSimulator, erp: OData, order: str
) -> None:
    sap.gateway.expire_tokens()
    sap.gateway.token_life = 0  # as when something between us drops its cookies
    with pytest.raises(CredentialsError, match="CSRF"):
        await erp.send(issue(order), key="k")
    assert sap.gateway.fetched == 4
    assert sap.gateway.calls == []


async def test_a_bearer_that_ended_is_fetched_again_and_the_effect_happens_once(
    sap: SapSimulator, order: str
) -> None:
    secret = SecretStr(sap.gateway.password)
    client = ClientCredentials(sap.token_url, sap.gateway.user, secret)
    async with connected(settings(sap, auth=client)) as erp:
        await erp.send(issue(order), key="k1")
        sap.gateway.access.clear()
        sap.gateway.expire_tokens()
        await erp.send(issue(order), key="k2")
    assert stock(sap) == 96
    wrong = ClientCredentials(sap.token_url, sap.gateway.user, SecretStr("wr0ng"))
    with pytest.raises(CredentialsError) as raised:
        async with connected(settings(sap, auth=wrong)):
            pass
    assert "wr0ng" not in str(raised.value)


# Refusals, in the system's words


async def test_a_deficit_is_refused_with_its_code_and_nothing_moves(
    sap: SapSimulator, erp: OData, order: str
) -> None:
    with pytest.raises(RejectedError, match="Deficit of SL Unrestricted-use 900 PC") as raised:
        await erp.send(issue(order, 1000), key="k")
    assert raised.value.code == STOCK_DEFICIT
    assert await erp.find(issue(order, 1000), key="k") is None
    assert stock(sap) == 100


async def test_a_document_of_two_lines_is_posted_whole_or_not_at_all(
    sap: SapSimulator, erp: OData, order: str
) -> None:
    twice = issue(order)
    (line,) = twice.body["to_MaterialDocumentItem"]
    twice.body["to_MaterialDocumentItem"] = [line, {**line, "QuantityInEntryUnit": Decimal(99)}]
    with pytest.raises(RejectedError, match="Deficit"):
        await erp.send(twice, key="k")
    assert stock(sap) == 100
    assert not sap.company.books.rows("A_MaterialDocumentHeader")


async def test_a_document_is_of_the_business_day_and_not_of_the_machines(
    sap: SapSimulator, order: str
) -> None:
    erp = OData("erp", settings(sap, time_zone="Europe/Berlin"))
    erp.now = lambda: datetime(2031, 3, 31, 23, 30, tzinfo=UTC)  # April where the plant is
    try:
        await erp.open()
        await erp.send(issue(order), key="k")
    finally:
        await erp.close()
    (document,) = sap.company.books.rows("A_MaterialDocumentHeader").values()
    assert document["PostingDate"].date() == date(2031, 4, 1)


async def test_a_closed_period_is_refused(sap: SapSimulator, erp: OData, order: str) -> None:
    sap.company.movements.open_from = sap.company.today().date().replace(year=9000)
    with pytest.raises(RejectedError, match="Posting only possible") as raised:
        await erp.send(issue(order), key="k")
    assert raised.value.code == PERIOD_CLOSED


async def test_every_message_of_a_refusal_is_kept(sap: SapSimulator, erp: OData) -> None:
    planned = sap.company.plan("PUMP", 1)
    with pytest.raises(RejectedError) as raised:
        await erp.send(issue(planned), key="k")
    assert raised.value.code == "BS/007"
    assert str(raised.value) == (
        f'BS/007: "Goods movement" is not allowed (ORD {planned});'
        f" BS/010: System status of ORD {planned} does not allow it"
    )


async def test_a_lock_is_tried_later_where_its_code_is_named(sap: SapSimulator, order: str) -> None:
    sap.company.locked[order] = "PLANNER"
    async with connected(settings(sap)) as erp:
        with pytest.raises(RejectedError, match="already being processed by PLANNER"):
            await erp.send(issue(order), key="k")
    async with connected(settings(sap, later=("CO/469",))) as erp:
        with pytest.raises(UnavailableError) as raised:
            await erp.send(issue(order), key="k")
        assert raised.value.reached
        del sap.company.locked[order]
        await erp.send(issue(order), key="k")
    assert stock(sap) == 98


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_a_server_error_is_unknown_unless_it_is_declared(
    sap: SapSimulator, order: str, status: int
) -> None:
    async with connected(settings(sap)) as erp:
        sap.gateway.failing = [(status, "<html>ICM</html>")]
        with pytest.raises(OutcomeUnknownError):
            await erp.send(issue(order), key="k")
    async with connected(settings(sap, no_effect=(429, status))) as erp:
        sap.gateway.failing = [(status, "<html>ICM</html>")]
        with pytest.raises(UnavailableError) as raised:
            await erp.send(issue(order), key="k")
        assert raised.value.reached


async def test_being_sent_to_a_login_page_is_a_matter_of_credentials(
    sap: SapSimulator, erp: OData, order: str
) -> None:
    sap.gateway.failing = [(302, ""), (403, "<h1>403 Forbidden</h1>"), (429, "")]
    for kind in (CredentialsError, CredentialsError, ThrottledError):
        with pytest.raises(kind):
            await erp.send(issue(order), key="k")


# Versions


async def test_a_change_carries_the_version_it_was_read_at(
    sap: SapSimulator, erp: OData, order: str
) -> None:
    receipt = await erp.send(merge(order, TotalQuantity=Decimal(7)), key="k")
    assert receipt.reference == order
    assert sap.company.order(order)["TotalQuantity"] == 7
    calls = len(sap.gateway.calls)
    await erp.send(merge(order, TotalQuantity=Decimal("7.0")), key="k2")
    assert len(sap.gateway.calls) == calls  # it is so already
    assert await erp.find(merge(order, TotalQuantity=Decimal(7)), key="k") is not None
    assert await erp.find(merge(order, TotalQuantity=Decimal(8)), key="k") is None


async def test_a_row_that_changed_meanwhile_is_stale(
    sap: SapSimulator, erp: OData, order: str
) -> None:
    sap.gateway.meanwhile = [lambda: sap.company.change_order(order, {"StorageLocation": "171B"})]
    with pytest.raises(RejectedError) as raised:
        await erp.send(merge(order, TotalQuantity=Decimal(7)), key="k")
    assert raised.value.code == "stale"
    assert sap.company.order(order)["TotalQuantity"] == 5


async def test_a_row_that_is_not_there_is_refused(erp: OData) -> None:
    with pytest.raises(RejectedError, match=r"no A_ProductionOrder_2\('1'\)"):
        await erp.send(merge("1", TotalQuantity=Decimal(7)), key="k")


# Functions


async def test_a_function_is_called_and_proven_by_what_its_entity_holds(
    sap: SapSimulator, erp: OData
) -> None:
    number = sap.company.plan("PUMP", 1)
    release = Request(target=f"POST ReleaseOrder?ManufacturingOrder='{number}'")
    assert await erp.find(release, key="k") is None
    sap.gateway.losing = 1
    with pytest.raises(OutcomeUnknownError):
        await erp.send(release, key="k")
    found = await erp.find(release, key="k")
    assert found is not None
    assert found.reference == number
    assert (await erp.send(release, key="k")).reference == number  # adopted, not called again
    assert len(sap.gateway.calls) == 1


async def test_what_nothing_proves_is_said(erp: OData) -> None:
    with pytest.raises(SettingsError, match=r"POST CloseOrder.*holds"):
        await erp.find(Request(target="POST CloseOrder?ManufacturingOrder='1'"), key="k")
    with pytest.raises(DefectError, match="Near it: TechlyCmpltOrder"):
        await erp.send(Request(target="POST TechlyCompleteOrder"), key="k")
    with pytest.raises(DefectError, match="is no target"):
        await erp.send(Request(target="A_ProductionOrder_2"), key="k")


# Change sets


async def test_a_change_set_is_one_effect(sap: SapSimulator, erp: OData, order: str) -> None:
    both = Request(target="POST $batch", body=(issue(order, 1), issue(order, 2)))
    receipt = await erp.send(both, key="k")
    assert stock(sap) == 97
    first, second = receipt.body["operations"]
    assert receipt.reference == first["reference"] != second["reference"]
    found = await erp.find(both, key="k")
    assert found is not None
    assert found.reference == receipt.reference


async def test_one_refused_operation_undoes_its_change_set(
    sap: SapSimulator, erp: OData, order: str
) -> None:
    both = Request(target="POST $batch", body=(issue(order, 1), issue(order, 1000)))
    with pytest.raises(RejectedError, match="Deficit") as raised:
        await erp.send(both, key="k")
    assert raised.value.code == STOCK_DEFICIT
    assert stock(sap) == 100
    assert await erp.find(both, key="k") is None


async def test_a_lost_answer_to_a_change_set_is_found_out(
    sap: SapSimulator, erp: OData, order: str
) -> None:
    other = sap.company.release("PUMP", 1)
    changes = (merge(order, TotalQuantity=Decimal(9)), merge(other, TotalQuantity=Decimal(9)))
    both = Request(target="POST $batch", body=changes)
    assert await erp.find(both, key="k") is None
    sap.gateway.losing = 1
    with pytest.raises(OutcomeUnknownError):
        await erp.send(both, key="k")
    assert await erp.find(both, key="k") is not None
    assert sap.company.order(other)["TotalQuantity"] == 9


async def test_a_change_set_of_two_services_is_refused_before_it_leaves(
    sap: SapSimulator, erp: OData, order: str
) -> None:
    both = Request(target="POST $batch", body=(issue(order), merge(order, TotalQuantity=1)))
    with pytest.raises(DefectError, match="one service"):
        await erp.send(both, key="k")
    assert sap.gateway.calls == []


# OData 4


async def test_version_4_changes_and_acts(sap: SapSimulator) -> None:
    number = sap.company.plan("VALVE", 4)
    async with connected(settings4(sap)) as erp:
        change = Request(
            target=f"PATCH ProductionOrder('{number}')", body={"TotalQuantity": Decimal("4.5")}
        )
        await erp.send(change, key="k")
        assert await erp.find(change, key="k") is not None
        act = f"POST ProductionOrder('{number}')/andon.plant_orders.v0001.ReleaseOrder"
        receipt = await erp.send(Request(target=act), key="k")
    assert receipt.reference == number
    assert receipt.body["TotalQuantity"] == "4.500"
    assert sap.company.order(number)["OrderIsReleased"] == "X"


# Rows that name themselves


async def test_a_usage_decision_is_found_by_the_lot_it_is_about(
    sap: SapSimulator, erp: OData, order: str
) -> None:
    def decide(usage: Usage, batch: str = "L1") -> Request:
        return decide_usage.writes(DecideUsage(lot_id=batch, usage=usage), Known(erp.settings))

    with pytest.raises(RejectedError, match="No inspection lot of batch L1"):
        await erp.send(decide("scrap"), key="k0")
    sap.company.movements.post(
        {},
        [{"GoodsMovementType": "101", "Material": "PUMP", "Batch": "L1", "OrderID": order,
          "QuantityInEntryUnit": Decimal(5)}],
        "X",
    )  # fmt: skip
    assert await erp.find(decide("scrap"), key="k1") is None
    sap.gateway.losing = 1
    with pytest.raises(OutcomeUnknownError):
        await erp.send(decide("scrap"), key="k1")
    found = await erp.find(decide("scrap"), key="k1")
    assert found is not None
    assert found.reference == "040000000001"
    assert await erp.find(decide("release"), key="k2") is None
    with pytest.raises(RejectedError, match="has already been made"):
        await erp.send(decide("release"), key="k2")
    with pytest.raises(MappingError, match="rework"):
        decide("rework")
