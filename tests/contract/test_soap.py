"""What SOAP services do in the field, and what `soap` makes of it."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aiohttp import web

import andon.connectors.soap.simulated as simulated
from andon.connectors.soap import Soap
from andon.connectors.soap.simulated.shop import Order, Shop
from andon.connectors.soap.simulator import JournalService, ShopService
from andon.core.connector import Item, Request
from andon.core.errors import (
    AndonError,
    CredentialsError,
    DefectError,
    MappingError,
    OutcomeUnknownError,
    RejectedError,
    SettingsError,
    ThrottledError,
    UnavailableError,
)
from andon.testing.conformance.trial import settings_of
from tests.contract.certificates import Authority

_FOLDER = Path(simulated.__file__).parent
_11 = "http://schemas.xmlsoap.org/soap/envelope/"


class OddShop(Shop):
    """Answers a posted confirmation, or any question, in its own way once it is told to."""

    odd: Callable[[], web.Response] | None = None
    slow = False

    async def _take(self, request: web.Request) -> web.Response:
        if self.slow:
            await asyncio.sleep(5)
        if self.odd is not None:
            await request.read()
            return self.odd()
        return await super()._take(request)


class OddService(ShopService):
    """The shop, with a system that may be odd."""

    def __init__(self) -> None:
        self.system = OddShop()


@asynccontextmanager
async def connected(service: ShopService | JournalService, **changed: Any) -> AsyncIterator[Soap]:
    await service.start()
    soap = Soap("mes", settings_of(Soap, {**service.settings(), **changed}))
    try:
        await soap.open()
        yield soap
    finally:
        await soap.close()
        await service.stop()


def envelope(inside: str, space: str = _11) -> str:
    return f'<s:Envelope xmlns:s="{space}"><s:Body>{inside}</s:Body></s:Envelope>'


def fault(code: str, words: str, status: int = 500) -> Callable[[], web.Response]:
    inside = f"<faultcode>s:{code}</faultcode><faultstring>{words}</faultstring>"
    text = envelope(f"<s:Fault>{inside}</s:Fault>")
    return lambda: web.Response(text=text, status=status, content_type="text/xml")


def plain(text: str, status: int = 200, kind: str = "text/xml") -> Callable[[], web.Response]:
    return lambda: web.Response(text=text, status=status, content_type=kind)


async def some(soap: Soap, count: int, after: str = "") -> list[Item]:
    items = soap.read(after)
    found = [await asyncio.wait_for(anext(items), 60) for _ in range(count)]
    await items.aclose()  # pyright: ignore[reportAttributeAccessIssue]
    return found


async def until(so: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not so():  # noqa: ASYNC110 no event tells it
            await asyncio.sleep(0.01)


# Settings against the WSDL


async def test_everything_that_does_not_fit_the_wsdl_is_said_at_once() -> None:
    service = ShopService()
    settings = service.settings()
    feed = {
        **settings["feeds"][0],
        "arguments": {"Since": "{since}", "Pages": "{page}", "Size": "many"},
        "key": "/Odd",  # the row may hold more than its type names
        "version": "/Quantity/unt",
    }
    call = settings["calls"]["confirmation"]
    calls = {
        "confirmation": {**call, "operation": "PostConfirmations"},
        "other": {**call, "reference": "/Docment", "find": {**call["find"], "found": "/Nothing"}},
    }
    with pytest.raises(SettingsError) as caught:
        async with connected(service, feeds=[feed], calls=calls):
            pass
    said = {one.at: one.says for one in caught.value.faults}
    assert set(said) == {
        "feeds[0].arguments/Pages",
        "feeds[0].arguments/Page",
        "feeds[0].arguments/Size",
        "feeds[0].version",
        "calls.confirmation.operation",
        "calls.other.reference",
        "calls.other.find.found",
    }
    assert "near it: unit" in said["feeds[0].version"]
    assert "near it: PostConfirmation" in said["calls.confirmation.operation"]


async def test_a_look_up_that_ignores_the_key_is_noticed_at_start() -> None:
    service = OddService()
    inside = "<Confirmation><Document>C1</Document></Confirmation>"
    name = "FindConfirmationsResponse"
    service.system.odd = plain(
        envelope(f'<{name} xmlns="urn:andon:simulated:shop">{inside}</{name}>')
    )
    call = service.settings()["calls"]["confirmation"]
    find = {name: value for name, value in call["find"].items() if name != "key"}
    with pytest.raises(SettingsError, match="nobody ever used"):
        async with connected(service, calls={"confirmation": {**call, "find": find}}):
            pass


async def test_a_wsdl_that_says_another_host_needs_our_word() -> None:
    service = ShopService()
    await service.start()
    try:
        table = {**service.settings(), "wsdl": f"{service.system.url}/shop.wsdl"}
        text = (_FOLDER / "shop.wsdl").read_text()
        elsewhere = text.replace("http://localhost/shop", "http://inner.example/shop")

        async def describe(_: web.Request) -> web.Response:
            return web.Response(text=elsewhere, content_type="text/xml")

        app = web.Application()
        app.router.add_get("/shop.wsdl", describe)
        app.router.add_static("/", _FOLDER)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        table["wsdl"] = f"http://127.0.0.1:{runner.addresses[0][1]}/shop.wsdl"
        soap = Soap("mes", settings_of(Soap, table))
        with pytest.raises(SettingsError, match=r"another host.*address"):
            await soap.open()
        table["address"] = f"{service.system.url}/service"
        soap = Soap("mes", settings_of(Soap, table))
        await soap.open()
        await soap.send(service.request("7"), key="k")
        await soap.close()
        await runner.cleanup()
    finally:
        await service.stop()


async def test_a_wsdl_in_a_file_asks_nobody_before_the_first_call() -> None:
    service = ShopService()
    await service.start()
    address = f"{service.system.url}/service"
    call = {**service.settings()["calls"]["confirmation"]}
    del call["find"]
    changed = {"wsdl": str(_FOLDER / "shop.wsdl"), "address": address, "feeds": []}
    table = {**service.settings(), **changed, "calls": {"confirmation": call}}
    soap = Soap("mes", settings_of(Soap, table))
    await soap.open()
    assert service.system.asked == 0
    await soap.send(service.request("7"), key="k")
    await service.stop()
    with pytest.raises(UnavailableError):
        await soap.send(service.request("8"), key="l")
    await soap.close()


# Outcomes


@pytest.mark.parametrize(
    ("odd", "error", "says"),
    [
        (fault("Server.Gone", "the ledger is gone"), RejectedError, "the ledger is gone"),
        (fault("Client", "no", 400), RejectedError, "no"),
        (fault("Server.Busy", "come again"), UnavailableError, "come again"),
        (fault("Server.Timeout", "too late"), OutcomeUnknownError, "too late"),
        (fault("FailedCheck", "who?"), CredentialsError, "who?"),
        (plain("<html>log in</html>"), OutcomeUnknownError, "log in"),
        (plain("<html>oops</html>", 500), OutcomeUnknownError, "oops"),
        (plain("gateway", 503), UnavailableError, "gateway"),
        (plain("", 429), ThrottledError, "slow down"),
        (plain("not here", 404), SettingsError, "404"),
        (plain("", 302), SettingsError, "302"),
        (plain("", 403), CredentialsError, "403"),
        (plain(envelope("<other/>")), OutcomeUnknownError, "no answer of PostConfirmation"),
        (plain(envelope("")), OutcomeUnknownError, "no answer of PostConfirmation"),
        (plain(envelope("<x>")[:60]), OutcomeUnknownError, "no XML"),
        (plain(f"<!DOCTYPE x [<!ENTITY a 'b'>]>{envelope('&a;')}"), OutcomeUnknownError, "type"),
        (plain("<a>" * 500 + "</a>" * 500), OutcomeUnknownError, "no XML"),
        (plain(envelope("x" * 200_000)), OutcomeUnknownError, "at most"),
    ],
)
async def test_what_comes_back_is_sorted_by_who_acts_next(
    odd: Callable[[], web.Response], error: type[AndonError], says: str
) -> None:
    service = OddService()
    changed = {
        "later": ["Server.Busy"],
        "unclear": ["Server.Timeout"],
        "largest_answer": 100_000,
    }
    async with connected(service, **changed) as soap:
        service.system.odd = odd
        with pytest.raises(error, match=says) as caught:
            await soap.send(service.request("7"), key="k")
        assert "password-of-the-shop" not in str(caught.value)


async def test_reading_asks_again_after_whatever_is_unclear() -> None:
    service = OddService()
    async with connected(service) as soap:
        service.system.odd = plain("<html>", 500)
        with pytest.raises(UnavailableError):
            await some(soap, 1)
        service.system.odd = None
        await service.say(1)
        assert len(await some(soap, 1)) == 1


async def test_a_fault_carries_the_words_of_its_detail_and_its_code() -> None:
    service = ShopService()
    async with connected(service) as soap:
        with pytest.raises(RejectedError) as caught:
            await soap.send(service.request("unknown"), key="k")
        assert str(caught.value) == "order unknown does not exist"
        assert caught.value.code == "Client"


async def test_an_answer_may_refuse_without_a_fault() -> None:
    service = ShopService()
    async with connected(service) as soap:
        service.system.closed.add("7")
        with pytest.raises(RejectedError, match="order 7 is closed") as caught:
            await soap.send(service.request("7"), key="k")
        assert caught.value.code == "042"
        assert await soap.find(service.request("7"), key="k") is None


async def test_what_takes_too_long_is_unknown_and_found_afterwards() -> None:
    service = OddService()
    async with connected(service, timeout="300 ms") as soap:
        service.system.slow = True
        with pytest.raises(OutcomeUnknownError):
            await soap.send(service.request("7"), key="k")
        service.system.slow = False
        assert await soap.find(service.request("7"), key="k") is None


async def test_an_answer_without_its_number_is_unknown() -> None:
    service = OddService()
    name = "PostConfirmationResponse"
    async with connected(service) as soap:
        service.system.odd = plain(envelope(f'<{name} xmlns="urn:andon:simulated:shop"/>'))
        with pytest.raises(OutcomeUnknownError, match="document number"):
            await soap.send(service.request("7"), key="k")


async def test_what_does_not_fit_is_refused_before_anything_is_sent() -> None:
    service = ShopService()
    async with connected(service) as soap:
        before = service.system.asked
        body = {"order": "7", "good": "four", "unit": "PCE", "lines": [{"Lot": "L"}]}
        with pytest.raises(MappingError) as caught:
            await soap.send(Request(target="confirmation", body=body), key="k")
        assert {one.at for one in caught.value.faults} == {"/Good/_value_1", "/Line/0/Amount"}
        with pytest.raises(DefectError, match="no call"):
            await soap.send(Request(target="confirm"), key="k")
        with pytest.raises(DefectError, match="good"):
            await soap.send(Request(target="confirmation", body={"order": "7"}), key="k")
        assert service.system.asked == before


async def test_what_the_schema_forbids_is_refused_in_the_services_words() -> None:
    service = ShopService()
    async with connected(service) as soap:
        with pytest.raises(RejectedError, match="maxLength"):
            await soap.send(service.request("7"), key="k" * 65)
        assert service.system.posted == []


async def test_a_digest_is_good_for_one_message() -> None:
    service = JournalService()
    async with connected(service) as soap:
        sends = (soap.send(service.request(f"t{n}"), key=f"k{n}") for n in range(20))
        assert len({one.reference for one in await asyncio.gather(*sends)}) == 20


# Reading


async def test_a_row_that_comes_late_with_an_old_time_is_found_by_the_sweep() -> None:
    service = ShopService()
    feed = {**service.settings()["feeds"][0], "sweep_every": "100 ms", "overlap": "1 s"}
    async with connected(service, feeds=[feed]) as soap:
        await service.say(3)
        items = soap.read("")
        for _ in range(3):
            await asyncio.wait_for(anext(items), 60)
        following = asyncio.ensure_future(anext(items))
        before = service.system.asked
        await until(lambda: service.system.asked > before + 8)  # a full look was among them
        old = datetime.now(UTC) - timedelta(days=1)
        service.system.put(Order("late", old, "late"))
        item = await asyncio.wait_for(following, 60)
        assert item.key.startswith("order/late/")
        following = asyncio.ensure_future(anext(items))
        await until(lambda: soap.found_by_sweep == 1)
        following.cancel()


async def test_a_changed_row_is_news_and_one_read_again_is_not() -> None:
    service = ShopService()
    async with connected(service) as soap:
        await service.say(2)
        first = await some(soap, 2)
        (order,) = [one for one in service.system.orders.values() if one.note == "note-0000001"]
        now = datetime.now(UTC)
        service.system.put(msgspec.structs.replace(order, status="DONE", changed_at=now))
        again = await some(soap, 2, first[-1].position or "")
        assert len({item.key for item in first} & {item.key for item in again}) == 1
        assert sum(b"DONE" in item.raw for item in again) == 1


async def test_more_rows_than_one_page_are_read_to_the_end() -> None:
    service = ShopService()
    async with connected(service) as soap:
        texts = await service.say(450)
        items = await some(soap, 450)
        assert {text for text in texts if any(text.encode() in item.raw for item in items)} == set(
            texts
        )


# Certificates


async def test_a_service_that_asks_for_our_certificate_gets_it(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    (server, server_key), (ours, key) = authority.issue("server"), authority.issue("andon")
    service = ShopService()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(authority.ca))
    context.load_cert_chain(server, server_key)
    context.verify_mode = ssl.CERT_REQUIRED
    service.system.tls = context
    tls = {"ca": str(authority.ca), "certificate": str(ours), "key": str(key)}
    async with connected(service, tls=tls) as soap:
        await soap.send(service.request("7"), key="k")
        table = {**service.settings(), "tls": {"ca": str(authority.ca)}}
        bare = Soap("mes", settings_of(Soap, table))
        with pytest.raises(AndonError):
            await bare.open()
        await bare.close()
