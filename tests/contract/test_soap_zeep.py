"""zeep as a client of our simulated services: it finds the same in their answers as we do."""

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
import requests
from zeep import Client
from zeep.exceptions import Fault
from zeep.helpers import serialize_object
from zeep.transports import Transport
from zeep.wsse.username import UsernameToken

from andon.connectors.soap import Soap
from andon.connectors.soap.simulator import JournalService, ShopService
from andon.testing.conformance.trial import settings_of


def shop(service: ShopService) -> Client:
    session = requests.Session()
    session.auth = ("andon", "password-of-the-shop")
    return Client(service.system.wsdl, transport=Transport(session=session))


def journal(service: JournalService) -> Client:
    token = UsernameToken("andon", "password-of-the-journal", use_digest=True)
    return Client(service.system.wsdl, wsse=token)


async def test_zeep_reads_orders_posts_and_is_refused() -> None:
    service = ShopService()
    await service.start()
    await service.say(3)

    def calls() -> tuple[Any, Any, str]:
        client = shop(service)
        asked = {"Since": "1970-01-01T00:00:00Z", "Page": 1, "Size": 10}
        rows = client.service.GetChangedOrders(**asked)
        good = {"_value_1": "4.5", "unit": "PCE"}
        posted = client.service.PostConfirmation(ExternalId="z", Order="7", Good=good)
        with pytest.raises(Fault) as caught:
            client.service.PostConfirmation(ExternalId="y", Order="unknown", Good=good)
        client.transport.session.close()
        return serialize_object(rows, dict), posted, str(caught.value)

    theirs, posted, refused = await asyncio.to_thread(calls)
    assert posted.Document == "C000001"
    assert "does not exist" in refused
    soap = Soap("mes", settings_of(Soap, service.settings()))
    await soap.open()
    items = soap.read("")
    ours = [msgspec.json.decode((await anext(items)).raw) for _ in range(3)]
    await items.aclose()  # pyright: ignore[reportAttributeAccessIssue]
    found = await soap.find(service.request("7"), key="z")
    await soap.close()
    await service.stop()
    assert found is not None
    assert found.reference == "C000001"
    key: Callable[[Any], str] = lambda row: row["Number"]  # noqa: E731
    for one, other in zip(sorted(ours, key=key), sorted(theirs, key=key), strict=True):
        for name in ("Number", "Material", "Status", "Priority", "Rush", "Note", "plant"):
            assert one[name] == other[name]
        assert one["Due"] is None
        assert other["Due"] is None
        assert one["Quantity"]["_value_1"] == str(other["Quantity"]["_value_1"])


async def test_zeep_proves_itself_to_the_journal() -> None:
    service = JournalService()
    await service.start()
    await service.say(2)

    def calls() -> tuple[Any, int, int]:
        client = journal(service)
        read = client.service.ReadJournal(after="0", size=10)
        first = client.service.Register(key="k", text="t")
        again = client.service.Register(key="k", text="t")
        client.transport.session.close()
        return serialize_object(read, dict), first, again

    read, first, again = await asyncio.to_thread(calls)
    await service.stop()
    assert first == again == 1
    assert [entry["id"] for entry in read["entries"]["entry"]] == [1, 2]
