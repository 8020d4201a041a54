"""A system known by its OpenAPI document alone is connected by settings alone."""

from collections.abc import AsyncIterator

import msgspec
import pytest

from andon.connectors.rest import Rest
from andon.core.connector import Request
from andon.core.errors import RejectedError
from andon.testing.conformance.trial import Follower, settings_of
from tests.contract.described import Described


@pytest.fixture
async def mock() -> AsyncIterator[Described]:
    described = Described()
    await described.start()
    yield described
    await described.stop()


@pytest.fixture
async def rest(mock: Described) -> AsyncIterator[Rest]:
    table = {
        "url": f"{mock.url}/api/v1",
        "auth": {
            "kind": "oauth2",
            "token_url": f"{mock.url}/oauth/token",
            "client_id": "andon",
            "client_secret": "secret-of-the-mock",
            "scope": "orders",
        },
        "key_header": "",
        "find": "/orders?externalRef={key}",
        "found": "/orders",
        "reference": "number",
        "code": "/code",
        "calls": {
            "order": {
                "call": "POST /orders",
                "body": {"material": "{item}", "quantity": "{qty}", "externalRef": "{key}"},
                "reference": "/number",
                "keep": {"state": "/state"},
            }
        },
        "feeds": [
            {
                "kind": "order",
                "path": "/orders",
                "items": "/orders",
                "key": "/number",
                "time": "/updatedAt",
                "since": "updatedAfter",
                "pages": {"style": "cursor", "at": "/nextPageToken", "parameter": "pageToken"},
                "poll_every": "20 ms",
            }
        ],
    }
    connector = Rest("shop", settings_of(Rest, table))
    await connector.open()
    yield connector
    await connector.close()


def order(qty: float) -> Request:
    return Request(target="order", body={"item": "FG-COLA", "qty": qty})


async def test_orders_are_made_found_and_read_as_the_document_describes(
    mock: Described, rest: Rest
) -> None:
    receipts = [await rest.send(order(n + 1), key=f"key-{n}") for n in range(5)]
    assert receipts[0].body == {"state": "open"}
    assert await rest.find(order(1), key="key-9") is None
    found = await rest.find(order(3), key="key-2")
    assert found is not None
    assert found.reference == receipts[2].reference
    async with Follower(rest, "") as follower:
        assert await follower.until(lambda: len(follower.items) == 5)
    numbers = [msgspec.json.decode(item.raw)["number"] for item in follower.items]
    assert numbers == [receipt.reference for receipt in receipts]
    async with Follower(rest, follower.items[-1].position or "") as follower:
        await rest.send(order(6), key="key-6")
        assert await follower.has(["key-6"])
    assert mock.undescribed == []


async def test_what_the_document_forbids_is_refused_in_the_systems_words(
    mock: Described, rest: Rest
) -> None:
    with pytest.raises(RejectedError, match="-1 is less than or equal to the minimum") as raised:
        await rest.send(order(-1), key="key-1")
    assert raised.value.code == "E100"
    assert mock.kept == []
