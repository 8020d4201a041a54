"""An independent client, pyodata, accepts our simulator: neither of us wrote the other."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any

import pyodata
import pytest
import requests
from pyodata.exceptions import HttpError

from andon.connectors.odata.simulated.gateway import SERVICES
from andon.connectors.odata.simulated.movements import Stock
from andon.connectors.odata.simulator import SapSimulator
from tests.contract.odata_plant import stocked


@pytest.fixture
async def sap() -> AsyncIterator[SapSimulator]:
    async with stocked() as simulator:
        yield simulator


async def judged(sap: SapSimulator, judge: Callable[[Callable[[str], Any]], Any]) -> Any:
    """What a judge says, in a thread of its own: pyodata waits for its answers."""

    def speak() -> Any:
        with requests.Session() as session:
            session.auth = (sap.gateway.user, sap.gateway.password)
            session.params = {"sap-client": "100"}  # pyright: ignore[reportAttributeAccessIssue]

            def client(service: str, *, token: bool = False) -> Any:
                url = f"{sap.url}/{service}"
                if token:
                    answer = session.head(url, headers={"x-csrf-token": "fetch"})
                    session.headers["x-csrf-token"] = answer.headers["x-csrf-token"]
                return pyodata.Client(url, session)

            return judge(client)

    return await asyncio.to_thread(speak)


@pytest.mark.parametrize("service", SERVICES)
async def test_the_metadata_is_read_without_a_complaint(sap: SapSimulator, service: str) -> None:
    def sets(client: Any) -> dict[str, list[str]]:
        schema = client(service).schema
        return {
            one.name: [key.name for key in one.entity_type.key_proprties]
            for one in schema.entity_sets
        }

    found = await judged(sap, sets)
    about = sap.gateway.services[f"/sap/opu/odata/sap/{service}"].about
    assert {name: sorted(keys) for name, keys in found.items()} == {
        name: sorted(kind.keys) for name, kind in about.sets.items()
    }


async def test_an_entity_is_read_with_its_types(sap: SapSimulator) -> None:
    number = sap.company.release("PUMP", "5.5", datetime(2026, 7, 9, tzinfo=UTC).date())

    def order(client: Any) -> Any:
        orders = client("API_PRODUCTION_ORDER_2_SRV").entity_sets.A_ProductionOrder_2
        return orders.get_entity(number).execute()

    row = await judged(sap, order)
    assert row.TotalQuantity == "5.500"
    assert row.MfgOrderScheduledEndDate == datetime(2026, 7, 9, tzinfo=UTC)
    assert row.OrderIsReleased == "X"


async def test_rows_are_filtered_counted_paged_and_expanded(sap: SapSimulator) -> None:
    for n in range(1, 8):
        sap.company.release("PUMP" if n % 2 else "VALVE", n)

    def ask(client: Any) -> Any:
        orders = client("API_PRODUCTION_ORDER_2_SRV").entity_sets.A_ProductionOrder_2
        pumps = orders.get_entities().filter("Material eq 'PUMP' and TotalQuantity gt 1M")
        some = orders.get_entities().filter("substringof('ALV',Material) eq true")
        page = orders.get_entities().skip(2).top(3).count(inline=True).execute()
        whole = orders.get_entities().expand("to_ProductionOrderComponent").top(1).execute()
        return (
            [row.TotalQuantity for row in pumps.execute()],
            len(some.execute()),
            (page.total_count, [row.ManufacturingOrder for row in page]),
            [part.Material for part in whole[0].to_ProductionOrderComponent],
            orders.get_entities().count().execute(),
        )

    pumps, valves, page, parts, count = await judged(sap, ask)
    assert pumps == ["3.000", "5.000", "7.000"]
    assert valves == 3
    assert page == (7, ["1000003", "1000004", "1000005"])
    assert parts == ["HOUSING", "SEAL"]
    assert count == 7


async def test_a_page_the_gateway_cut_is_gone_on_with(sap: SapSimulator) -> None:
    made = [sap.company.release("PUMP", 1) for _ in range(5)]
    sap.gateway.services["/sap/opu/odata/sap/API_PRODUCTION_ORDER_2_SRV"].page_limit = 2

    def all_of(client: Any) -> list[str]:
        orders = client("API_PRODUCTION_ORDER_2_SRV").entity_sets.A_ProductionOrder_2
        page = orders.get_entities().execute()
        found = [row.ManufacturingOrder for row in page]
        while page.next_url:
            page = orders.get_entities().next_url(page.next_url).execute()
            found += [row.ManufacturingOrder for row in page]
        return found

    assert await judged(sap, all_of) == made


async def test_a_document_is_posted_by_deep_insert(sap: SapSimulator) -> None:
    order = sap.company.release("PUMP", 5)

    def post(client: Any) -> Any:
        documents = client("API_MATERIAL_DOCUMENT_SRV", token=True).entity_sets
        line = {
            "Material": "SEAL",
            "Batch": "B1",
            "GoodsMovementType": "261",
            "ManufacturingOrder": order,
            "QuantityInEntryUnit": "4",
        }
        request = documents.A_MaterialDocumentHeader.create_entity()
        request.set(GoodsMovementCode="03", to_MaterialDocumentItem=[line])
        return request.execute()

    made = await judged(sap, post)
    assert made.MaterialDocument == "4900000001"
    assert sap.company.movements.stock(Stock("SEAL", "1710", "171A", "B1")) == 96


async def test_a_write_without_a_token_is_refused(sap: SapSimulator) -> None:
    def post(client: Any) -> None:
        documents = client("API_MATERIAL_DOCUMENT_SRV").entity_sets
        documents.A_MaterialDocumentHeader.create_entity().set(GoodsMovementCode="03").execute()

    with pytest.raises(HttpError) as raised:
        await judged(sap, post)
    assert raised.value.response.status_code == 403
    assert raised.value.response.headers["x-csrf-token"] == "Required"


async def test_a_function_is_called_and_a_change_set_done(sap: SapSimulator) -> None:
    number, other = sap.company.plan("PUMP", 1), sap.company.plan("PUMP", 2)

    def act(client: Any) -> Any:
        service = client("API_PRODUCTION_ORDER_2_SRV", token=True)
        release = service.functions.ReleaseOrder.parameter("ManufacturingOrder", number)
        released = release.execute()
        orders = service.entity_sets.A_ProductionOrder_2
        both = service.create_changeset("both")
        for key, amount in ((number, 7), (other, 8)):
            update = orders.update_entity(key, method="MERGE").set(TotalQuantity=str(amount))
            update.add_headers({"If-Match": "*"})
            both.add_request(update)
        batch = service.create_batch("all")
        batch.add_request(both)
        batch.execute()
        return released

    await judged(sap, act)
    row, second = sap.company.order(number), sap.company.order(other)
    assert (row["OrderIsReleased"], row["TotalQuantity"]) == ("X", 7)
    assert second["TotalQuantity"] == 8


async def test_a_refusal_is_read_with_its_code(sap: SapSimulator) -> None:
    number = sap.company.plan("PUMP", 1)

    def close(client: Any) -> None:
        service = client("API_PRODUCTION_ORDER_2_SRV", token=True)
        service.functions.CloseOrder.parameter("ManufacturingOrder", number).execute()

    with pytest.raises(HttpError) as raised:
        await judged(sap, close)
    assert raised.value.response.json()["error"]["code"] == "BS/007"
