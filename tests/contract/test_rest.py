"""What JSON systems do in the field when they are written to, and what `rest` makes of it."""

import asyncio
import contextlib
from typing import Any

import msgspec
import pytest
from aiohttp import web

from andon.connectors.rest import Rest
from andon.connectors.rest.simulator import Ledger
from andon.core.connector import Request
from andon.core.errors import (
    CredentialsError,
    DefectError,
    OutcomeUnknownError,
    RejectedError,
    SettingsError,
    UnavailableError,
)
from andon.testing.conformance.trial import settings_of
from tests.contract.json_systems import (
    answering,
    connected,
    running,
    served,
    serving,
)

# Getting in


async def test_a_token_that_ended_is_renewed_once_for_all_calls_at_once() -> None:
    ledger = Ledger()
    async with running(ledger):
        ledger.system.throttles_every = 0
        async with connected(ledger.settings()) as rest:
            before = len(ledger.system.tokens)
            ledger.system.tokens = dict.fromkeys(ledger.system.tokens, 0)
            ledger.system.token_calls = 100
            sends = (
                rest.send(Request(target="document", body={"name": f"n{n}"}), key=f"k{n}")
                for n in range(20)
            )
            receipts = await asyncio.gather(*sends)
        assert len({receipt.reference for receipt in receipts}) == 20
        assert len(ledger.system.tokens) - before == 1


async def test_a_token_that_is_refused_again_is_a_credentials_error() -> None:
    ledger = Ledger()
    async with running(ledger), connected(ledger.settings()) as rest:
        ledger.system.accepts = lambda _: False
        with pytest.raises(CredentialsError):
            await rest.send(Request(target="document", body={"name": "n"}), key="k")


async def test_an_issuer_that_refuses_is_quoted_without_the_secret() -> None:
    ledger = Ledger()
    async with running(ledger):
        with pytest.raises(CredentialsError, match="no such client") as raised:
            async with connected(ledger.wrong_access()):
                pass
    assert "not-the-secret" not in str(raised.value)


async def test_an_issuer_that_is_away_is_unavailable() -> None:
    ledger = Ledger()
    async with running(ledger):
        table = ledger.settings()
        table["auth"]["token_url"] = "http://127.0.0.1:1/token"
        with pytest.raises(UnavailableError):
            async with connected(table):
                pass


async def test_an_address_that_sends_us_elsewhere_did_nothing_and_is_said() -> None:
    moved = answering({}, 301, location="https://new.example/x?secret=1")
    async with serving(web.post("/documents", moved)) as url, connected({"url": url}) as rest:
        with pytest.raises(SettingsError, match=r"https://new\.example/x") as raised:
            await rest.send(Request(target="POST /documents", body={}), key="k")
    assert "secret" not in str(raised.value)


# Writing


async def test_a_call_by_name_is_written_from_its_template() -> None:
    heard: list[tuple[str, Any]] = []

    async def take(request: web.Request) -> web.Response:
        heard.append((request.raw_path, msgspec.json.decode(await request.read())))
        return web.json_response({"data": {"no": 7, "state": "new"}}, status=201)

    call = {
        "call": "POST /orders/{order.number}/receipts",
        "body": {"amount": "{qty}", "note": "for {order.number}", "lines": ["{key}"], "fix": 1},
        "reference": "/data/no",
        "keep": {"state": "/data/state", "none": "/data/none"},
    }
    async with served({"calls": {"receipt": call}}, web.post("/orders/{_:.*}", take)) as rest:
        request = Request(target="receipt", body={"order": {"number": "A/../b?"}, "qty": 2.5})
        receipt = await rest.send(request, key="key-1")
    ((path, body),) = heard
    assert path == "/orders/A%2F..%2Fb%3F/receipts"
    assert body == {"amount": 2.5, "note": "for A/../b?", "lines": ["key-1"], "fix": 1}
    assert (receipt.reference, receipt.body) == ("7", {"state": "new"})


async def test_a_field_the_mapping_did_not_give_is_a_defect_before_anything_is_sent() -> None:
    heard: list[str] = []

    async def take(request: web.Request) -> web.Response:
        heard.append(request.path)
        return web.json_response({})

    async with serving(web.post("/{_:.*}", take)) as url:
        calls = {"receipt": {"call": "POST /receipts/{order}"}}
        async with connected({"url": url, "calls": calls}) as rest:
            for body in ({}, {"order": ".."}, {"order": ""}):
                with pytest.raises(DefectError, match="order"):
                    await rest.send(Request(target="receipt", body=body), key="k")
            with pytest.raises(DefectError, match="receipt"):
                await rest.send(Request(target="recipt", body={}), key="k")
    assert heard == []


async def test_a_document_number_that_is_missing_leaves_the_outcome_unknown() -> None:
    calls = {"receipt": {"call": "POST /receipts", "reference": "/no"}}
    route = web.post("/receipts", answering({"ok": True}, 201))
    async with served({"calls": calls}, route) as rest:
        with pytest.raises(OutcomeUnknownError, match="/no"):
            await rest.send(Request(target="receipt", body={}), key="k")


async def test_a_refusal_that_comes_as_200_is_a_refusal() -> None:
    said = {"error": {"text": "period 11 is closed", "no": 4711}}
    table = {"refused": "/error", "words": "/error/text", "code": "/error/no"}
    async with served(table, web.post("/documents", answering(said))) as rest:
        with pytest.raises(RejectedError, match=r"^period 11 is closed$") as raised:
            await rest.send(Request(target="POST /documents", body={}), key="k")
    assert raised.value.code == "4711"


@pytest.mark.parametrize(
    "said",
    [
        {"title": "Bad", "detail": "closed", "status": 422},
        {"error": {"message": "closed"}},
        {"errors": [{"message": "closed"}]},
        {"error": "x", "error_description": "closed"},
        b"closed",
    ],
)
async def test_words_are_found_where_systems_put_them(said: Any) -> None:
    async with served({}, web.post("/d", answering(said, 422))) as rest:
        with pytest.raises(RejectedError, match=r"^closed$") as raised:
            await rest.send(Request(target="POST /d", body={}), key="k")
    assert raised.value.code == "422"


async def test_a_look_up_that_ignores_the_key_is_said_when_opening() -> None:
    async with serving(web.get("/documents", answering([{"id": "D1"}]))) as url:
        with pytest.raises(SettingsError, match="ignores the query"):
            async with connected({"url": url, "find": "/documents?exernal_id={key}"}):
                pass


async def test_a_found_document_under_another_key_is_not_ours() -> None:
    found: list[dict[str, str]] = []

    async def look(_: web.Request) -> web.Response:
        return web.json_response(found)

    table = {"find": "/documents?q={key}", "key_field": "ref"}
    async with served(table, web.get("/documents", look)) as rest:
        found += [{"id": "D1", "ref": "k-10"}]  # a search by words finds k-1 in it
        assert await rest.find(Request(target=""), key="k-1") is None
        found += [{"id": "D2", "ref": "k-1"}]
        receipt = await rest.find(Request(target=""), key="k-1")
    assert receipt is not None
    assert receipt.reference == "D2"


async def test_a_call_is_found_where_its_own_look_up_says() -> None:
    calls = {
        "complain": {
            "call": "POST /complaints",
            "find": "/complaints?ref={key}",
            "found": "/complaints",
        }
    }
    table = {"calls": calls, "find": "/documents?ref={key}", "found": "/documents"}
    async with served(
        table,
        web.get("/documents", answering({"documents": []})),
        web.get("/complaints", answering({"complaints": [{"id": "C1"}]})),
    ) as rest:
        assert await rest.find(Request(target="POST /documents"), key="k") is None
        receipt = await rest.find(Request(target="complain", body={}), key="k")
    assert receipt is not None
    assert receipt.reference == "C1"


async def test_a_connection_without_feeds_reads_nothing_and_does_not_end() -> None:
    rest = Rest("shop", settings_of(Rest, {"url": "http://127.0.0.1:1"}))
    assert not rest.reads
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(0.05):
            async for _ in rest.read(""):
                pass
            raise AssertionError("it ended")
