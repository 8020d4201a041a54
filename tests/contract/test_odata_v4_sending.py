"""What sending over OData 4 promises: deep inserts and change sets, whole or not at all."""

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest

from andon.connectors.odata import Action, OData
from andon.connectors.odata.simulated.movements import Stock
from andon.connectors.odata.simulated.service import Asked
from andon.connectors.odata.simulator import SapSimulator
from andon.core.connector import Request
from andon.core.errors import OutcomeUnknownError, RejectedError, SettingsError
from andon.model.finance import PERIOD_CLOSED
from andon.model.inventory import STOCK_DEFICIT
from tests.contract.odata_plant import connected, settings4, stocked

POSTING = Action(
    target="POST MaterialDocument",
    stamp="ReferenceDocument",
    today=("PostingDate", "DocumentDate"),
    reference=("MaterialDocument", "MaterialDocumentYear"),
)
HEADERS, ITEMS = "A_MaterialDocumentHeader", "A_MaterialDocumentItem"


@pytest.fixture
async def sap() -> AsyncIterator[SapSimulator]:
    async with stocked() as simulator:
        yield simulator


@pytest.fixture
async def erp(sap: SapSimulator) -> AsyncIterator[OData]:
    async with connected(settings4(sap, actions=(POSTING,))) as connector:
        yield connector


@pytest.fixture
def order(sap: SapSimulator) -> str:
    return sap.company.release("PUMP", 5)


def issue(order: str, *amounts: Any, **line: Any) -> Request:
    """A goods issue with an item for each amount; `line` is what its last item says otherwise."""
    items: list[dict[str, Any]] = [
        {
            "Material": "SEAL",
            "Batch": "B1",
            "GoodsMovementType": "261",
            "ManufacturingOrder": order,
            "QuantityInEntryUnit": Decimal(amount),
            "EntryUnit": "PC",
        }
        for amount in amounts
    ]
    items[-1] |= line
    body = {"GoodsMovementCode": "03", "_MaterialDocumentItem": items}
    return Request(target="POST MaterialDocument", body=body)


def patch(order: str, amount: Any) -> Request:
    body = {"TotalQuantity": Decimal(amount)}
    return Request(target=f"PATCH ProductionOrder('{order}')", body=body)


def release(order: str) -> Request:
    action = "andon.plant_orders.v0001.ReleaseOrder"
    return Request(target=f"POST ProductionOrder('{order}')/{action}")


def together(*requests: Request) -> Request:
    return Request(target="POST $batch", body=requests)


def stock(sap: SapSimulator) -> Decimal:
    return sap.company.movements.stock(Stock("SEAL", "1710", "171A", "B1"))


def amount_of(sap: SapSimulator, order: str) -> Decimal:
    return sap.company.order(order)["TotalQuantity"]


# Deep insert


async def test_a_header_and_its_items_are_made_at_once(
    sap: SapSimulator, erp: OData, order: str
) -> None:
    receipt = await erp.send(issue(order, "2.5", 1), key="k")
    assert sap.gateway.calls == ["POST MaterialDocument"]
    assert stock(sap) == Decimal("96.5")
    (header,) = sap.company.books.rows(HEADERS).values()
    assert receipt.reference == f"{header['MaterialDocument']}/{header['MaterialDocumentYear']}"
    assert header["PostingDate"] == sap.company.today()
    assert [row["MaterialDocumentItem"] for row in sap.company.books.rows(ITEMS).values()] == [
        "0001", "0002",
    ]  # fmt: skip
    told = receipt.body["_MaterialDocumentItem"]
    assert [row["QuantityInEntryUnit"] for row in told] == ["2.500", "1.000"]


async def test_a_refused_item_refuses_all_and_its_place_is_said(
    sap: SapSimulator, erp: OData, order: str
) -> None:
    with pytest.raises(RejectedError) as raised:
        await erp.send(issue(order, 2, 99), key="k")
    assert raised.value.code == STOCK_DEFICIT
    assert str(raised.value).startswith("M7/021: Deficit of SL Unrestricted-use 1 PC")
    assert str(raised.value).endswith(" (at _MaterialDocumentItem/1)")
    assert stock(sap) == 100
    assert not sap.company.books.rows(HEADERS)
    assert not sap.company.books.rows(ITEMS)
    assert await erp.find(issue(order, 2, 99), key="k") is None


@pytest.mark.parametrize(
    ("line", "code", "place"),
    [
        ({"EntryUnit": "KG"}, "M7/324", "_MaterialDocumentItem/2"),
        ({"EntryUnit": "PIECES"}, "/IWBEP/CM_MGW_RT/176", "_MaterialDocumentItem/2/EntryUnit"),
        ({"Colour": "red"}, "/IWBEP/CM_MGW_RT/021", "_MaterialDocumentItem/2"),
    ],
)
async def test_an_item_that_cannot_be_read_or_posted_is_named(
    sap: SapSimulator, erp: OData, order: str, line: dict[str, str], code: str, place: str
) -> None:
    with pytest.raises(RejectedError) as raised:
        await erp.send(issue(order, 1, 1, 1, **line), key="k")
    assert raised.value.code == code
    assert str(raised.value).endswith(f" (at {place})")
    assert stock(sap) == 100


async def test_a_refusal_of_the_whole_names_no_item(
    sap: SapSimulator, erp: OData, order: str
) -> None:
    sap.company.movements.open_from = sap.company.today().date().replace(year=9000)
    with pytest.raises(RejectedError, match="Posting only possible") as raised:
        await erp.send(issue(order, 1), key="k")
    assert raised.value.code == PERIOD_CLOSED
    assert "(at" not in str(raised.value)


async def test_a_lost_answer_to_a_deep_insert_is_unknown_and_found(
    sap: SapSimulator, erp: OData, order: str
) -> None:
    assert await erp.find(issue(order, 2, 3), key="k") is None
    sap.gateway.losing = 1
    with pytest.raises(OutcomeUnknownError):
        await erp.send(issue(order, 2, 3), key="k")
    found = await erp.find(issue(order, 2, 3), key="k")
    assert found is not None
    ((year, number),) = sap.company.books.rows(HEADERS)
    assert found.reference == f"{number}/{year}"
    assert stock(sap) == 95
    assert len(sap.gateway.calls) == 1


async def test_a_decimal_is_text_only_where_the_body_says_so(sap: SapSimulator, order: str) -> None:
    """Our simulator is as strict as a gateway, in a change set too: there the headers of the whole
    count for no part."""
    service = sap.gateway.services["/sap/opu/odata4/andon/plant_orders"]

    def answered(kind: str, amount: bytes) -> int:
        headers = {"content-type": kind, "if-match": "*"}
        body = b'{"TotalQuantity":%s}' % amount
        return service.answer(Asked("PATCH", f"ProductionOrder('{order}')", headers, body)).status

    plain, exact = "application/json", "application/json;IEEE754Compatible=true"
    assert [answered(plain, b"4.5"), answered(exact, b'"4.5"')] == [204, 204]
    assert [answered(plain, b'"4.5"'), answered(exact, b"4.5")] == [400, 400]


# Change sets


async def test_a_change_set_is_one_call_and_each_answer_is_its_operations(
    sap: SapSimulator, erp: OData, order: str
) -> None:
    planned = sap.company.plan("VALVE", 4)
    all_three = together(patch(order, "7.5"), issue(order, 1, 2), release(planned))
    receipt = await erp.send(all_three, key="k")
    assert sap.gateway.calls == ["POST $batch"]
    assert (stock(sap), amount_of(sap, order)) == (97, Decimal("7.5"))
    assert sap.company.order(planned)["OrderIsReleased"] == "X"
    ((year, number),) = sap.company.books.rows(HEADERS)
    # The simulator gives the last answer first, as any service may.
    changed, posted, released = receipt.body["operations"]
    assert receipt.reference == changed["reference"] == order
    assert posted["reference"] == f"{number}/{year}"
    assert len(posted["_MaterialDocumentItem"]) == 2
    assert (released["reference"], released["TotalQuantity"]) == (planned, "4.000")


@pytest.mark.parametrize("turn", [1, -1])
async def test_one_refused_operation_undoes_its_change_set_and_is_named(
    sap: SapSimulator, erp: OData, order: str, turn: int
) -> None:
    both = together(*(patch(order, 9), issue(order, 1, 1000))[::turn])
    with pytest.raises(RejectedError, match="Deficit of SL Unrestricted-use") as raised:
        await erp.send(both, key="k")
    assert raised.value.code == STOCK_DEFICIT
    operation = 2 if turn == 1 else 1
    assert str(raised.value).endswith(f" (at operation {operation}, _MaterialDocumentItem/1)")
    assert (stock(sap), amount_of(sap, order)) == (100, 5)
    assert not sap.company.books.rows(HEADERS)
    assert await erp.find(both, key="k") is None


async def test_a_row_that_changed_meanwhile_undoes_the_change_set(
    sap: SapSimulator, erp: OData, order: str
) -> None:
    sap.gateway.meanwhile = [lambda: sap.company.change_order(order, {"StorageLocation": "171W"})]
    both = together(issue(order, 1), patch(order, 9))
    with pytest.raises(RejectedError, match=r"at operation 2\)") as raised:
        await erp.send(both, key="k")
    assert raised.value.code == "stale"
    assert (stock(sap), amount_of(sap, order)) == (100, 5)
    await erp.send(both, key="k")
    assert (stock(sap), amount_of(sap, order)) == (99, 9)


async def test_an_expired_token_is_renewed_and_the_whole_is_sent_once(
    sap: SapSimulator, erp: OData, order: str
) -> None:
    await erp.send(together(issue(order, 1), issue(order, 1)), key="k1")
    assert sap.gateway.fetched == 1
    sap.gateway.expire_tokens()
    await erp.send(together(issue(order, 1), issue(order, 1)), key="k2")
    assert sap.gateway.fetched == 2
    assert sap.gateway.calls == ["POST $batch"] * 2
    assert (stock(sap), len(sap.company.books.rows(HEADERS))) == (96, 4)


async def test_a_lost_answer_to_a_change_set_is_unknown_and_found(
    sap: SapSimulator, erp: OData, order: str
) -> None:
    both = together(patch(order, 9), issue(order, 1))
    sap.gateway.losing = 1
    with pytest.raises(OutcomeUnknownError):
        await erp.send(both, key="k")
    found = await erp.find(both, key="k")
    assert found is not None
    ((year, number),) = sap.company.books.rows(HEADERS)
    assert found.reference == f"{number}/{year}"
    assert (stock(sap), amount_of(sap, order)) == (99, 9)
    assert await erp.find(both, key="another") is None


async def test_a_state_that_another_made_proves_no_change_set(
    sap: SapSimulator, erp: OData, order: str
) -> None:
    other = sap.company.release("VALVE", 1)
    posting = together(patch(order, 5), issue(order, 1))  # the order says 5 already
    states = together(patch(order, 5), patch(other, 9))
    for request in (posting, states):
        assert await erp.find(request, key="k") is None
    await erp.send(states, key="k")
    found = await erp.find(states, key="k")
    assert found is not None
    assert found.reference == order
    assert amount_of(sap, other) == 9
    calls = len(sap.gateway.calls)
    again = await erp.send(states, key="k")
    assert len(sap.gateway.calls) == calls  # all of it is so already
    assert [one["reference"] for one in again.body["operations"]] == [order, other]


async def test_a_change_set_that_nothing_proves_is_said(erp: OData, order: str) -> None:
    with pytest.raises(SettingsError, match=r"nothing tells whether POST \$batch happened"):
        await erp.find(together(release(order)), key="k")
