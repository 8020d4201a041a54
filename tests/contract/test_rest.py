"""What JSON systems do in the field, and what `rest` makes of it."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from aiohttp import web

from andon.connectors.rest import Rest
from andon.connectors.rest.simulated import JsonSystem
from andon.connectors.rest.simulator import Journal, Ledger, Register
from andon.core.connector import Item, Request
from andon.core.errors import (
    CredentialsError,
    DefectError,
    OutcomeUnknownError,
    RejectedError,
    SettingsError,
    UnavailableError,
)
from andon.testing.conformance.trial import Follower, settings_of


@asynccontextmanager
async def running(system: Any) -> AsyncGenerator[Any]:
    await system.start()
    try:
        yield system
    finally:
        await system.stop()


@asynccontextmanager
async def connected(table: Mapping[str, Any]) -> AsyncGenerator[Rest]:
    rest = Rest("shop", settings_of(Rest, table))
    try:
        await rest.open()
        yield rest
    finally:
        await rest.close()


@asynccontextmanager
async def serving(*routes: web.RouteDef) -> AsyncGenerator[str]:
    app = web.Application()
    app.add_routes(routes)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def served(table: Mapping[str, Any], *routes: web.RouteDef) -> AsyncGenerator[Rest]:
    async with serving(*routes) as url, connected({"url": url, **table}) as rest:
        yield rest


def answering(value: Any, status: int = 200, **headers: str) -> Callable[[web.Request], Any]:
    async def answer(_: web.Request) -> web.Response:
        body = value if isinstance(value, bytes) else msgspec.json.encode(value)
        return web.Response(
            body=body, status=status, headers=headers, content_type="application/json"
        )

    return answer


def by_time(system: JsonSystem, **changed: Any) -> dict[str, Any]:
    feed = {
        "kind": "row",
        "path": "/oldest",
        "time": "/changed_at",
        "since": "since",
        "pages": {"style": "time", "size": 100},
        "poll_every": "20 ms",
    }
    return {"url": system.url, "feeds": [feed | changed]}


def texts(items: list[Item]) -> list[str]:
    return [msgspec.json.decode(item.raw)["text"] for item in items]


# Reading


async def test_more_rows_of_one_instant_than_a_page_holds_are_all_read() -> None:
    async with running(JsonSystem()) as system:
        at = datetime(2026, 5, 1, tzinfo=UTC)
        for n in range(450):
            system.write(f"t{n}", changed_at=at if 50 < n < 400 else at + timedelta(seconds=n))
        async with connected(by_time(system)) as rest, Follower(rest, "") as follower:
            assert await follower.until(lambda: len(follower.items) == 450)
    assert len({item.key for item in follower.items}) == 450


async def test_more_rows_of_one_instant_than_the_system_ever_gives_are_said() -> None:
    async with running(JsonSystem()) as system:
        for n in range(700):
            system.write(f"t{n}", changed_at=datetime(2026, 5, 1 + n // 600, tzinfo=UTC))
        async with connected(by_time(system)) as rest:
            with pytest.raises(SettingsError, match="share the time 2026-05-01"):
                async for _ in rest.read(""):
                    pass


async def test_a_system_that_gives_fewer_rows_than_asked_for_is_read_to_the_end() -> None:
    async with running(JsonSystem()) as system:
        for n in range(1200):
            at = datetime(2026, 5, 1, tzinfo=UTC) + timedelta(milliseconds=20 * n)
            system.write(f"t{n}", changed_at=at)
        table = by_time(system, pages={"style": "time", "size": 1000})
        async with connected(table) as rest, Follower(rest, "") as follower:
            assert await follower.until(lambda: len(follower.items) == 1200)


async def test_each_page_by_time_is_a_place_to_resume() -> None:
    async with running(JsonSystem()) as system:
        at = datetime(2026, 5, 1, tzinfo=UTC)
        for n in range(300):
            system.write(f"t{n}", changed_at=at + timedelta(minutes=n))
        async with connected(by_time(system)) as rest, Follower(rest, "") as follower:
            assert await follower.until(lambda: len(follower.items) >= 300)
    assert sum(1 for item in follower.items if item.position) >= 3


async def test_a_row_that_moves_to_a_page_already_read_is_not_lost() -> None:
    ledger = Ledger()
    async with running(ledger):
        said = await ledger.say(250)
        ledger.system.renumbers = True
        async with connected(ledger.settings()) as rest, Follower(rest, "") as follower:
            assert await follower.has(said), follower.missing(said)


async def test_a_late_row_with_an_old_time_is_found_by_a_full_look_and_counted() -> None:
    async with running(JsonSystem()) as system:
        system.write("first")
        table = by_time(system, sweep_every="100 ms")
        async with connected(table) as rest, Follower(rest, "") as follower:
            assert await follower.has(["first"])
            await asyncio.sleep(0.3)  # the first full look learns what there is
            system.write("late", changed_at=datetime.now(UTC) - timedelta(hours=2))
            assert await follower.has(["late"])
            assert await follower.until(lambda: rest.found_by_sweep == 1)
            assert texts(follower.items).count("first") == 1


async def test_a_late_row_inside_the_overlap_is_read_by_the_next_look() -> None:
    async with running(JsonSystem()) as system:
        system.write("first")
        async with connected(by_time(system)) as rest, Follower(rest, "") as follower:
            assert await follower.has(["first"])
            system.write("late", changed_at=datetime.now(UTC) - timedelta(seconds=50))
            assert await follower.has(["late"])


async def test_two_states_of_a_row_in_one_second_are_two_items() -> None:
    async with running(JsonSystem()) as system:
        row = system.write("first")
        async with connected(by_time(system)) as rest, Follower(rest, "") as follower:
            assert await follower.has(["first"])
            system.change({**row, "text": "second"}, changed_at=datetime.now(UTC))
            assert await follower.has(["second"])
    assert len({item.key for item in follower.items}) == 2
    assert {item.mirror for item in follower.items} == {"row/R1"}


async def test_a_row_from_the_future_does_not_hide_what_happens_until_then() -> None:
    async with running(JsonSystem()) as system:
        system.write("future", changed_at=datetime.now(UTC) + timedelta(days=400))
        async with connected(by_time(system)) as rest, Follower(rest, "") as follower:
            assert await follower.has(["future"])
            position = follower.items[-1].position or ""
        system.write("now")
        async with connected(by_time(system)) as rest, Follower(rest, position) as follower:
            assert await follower.has(["now"])


async def test_a_row_without_name_or_time_is_kept_and_does_not_stop_the_next() -> None:
    async with running(JsonSystem()) as system:
        system.rows["a"] = {"text": "nameless", "changed_at": "2026-05-01T00:00:00Z"}
        system.rows["b"] = {"id": "B", "text": "odd time", "changed_at": "yesterday"}
        system.write("good")
        async with connected(by_time(system)) as rest, Follower(rest, "") as follower:
            assert await follower.has(["nameless", "odd time", "good"])
    kinds = {msgspec.json.decode(i.raw)["text"]: i.kind for i in follower.items}
    assert kinds == {
        "nameless": "row without /id",
        "odd time": "row without /changed_at",
        "good": "row",
    }


async def test_a_cursor_that_was_forgotten_begins_anew() -> None:
    journal = Journal()
    async with running(journal):
        said = await journal.say(5)
        async with connected(journal.settings()) as rest, Follower(rest, "") as follower:
            assert await follower.has(said)
        journal.system.forgotten = 3
        later = await journal.say(1)
        async with connected(journal.settings()) as rest, Follower(rest, '{"row":"1"}') as again:
            assert await again.has([*said[3:], *later])


async def test_the_last_page_given_for_every_later_number_is_the_end() -> None:
    async with running(JsonSystem()) as system:
        for n in range(5):
            system.write(f"t{n}")
        feed = {"kind": "row", "path": "/pages", "pages": {"style": "number"}}
        async with connected({"url": system.url, "feeds": [feed]}) as rest:
            async with Follower(rest, "") as follower:
                assert await follower.until(lambda: len(follower.items) == 5)
                await asyncio.sleep(0.1)
            assert len(follower.items) == 5
            assert system.reads < 8


async def test_a_row_that_is_gone_is_told_after_two_looks_without_it() -> None:
    register = Register()
    async with running(register):
        await register.say(3)
        async with connected(register.settings()) as rest, Follower(rest, "") as follower:
            assert await follower.until(lambda: len(follower.items) == 3)
            del register.system.rows["R2"]
            assert await follower.until(lambda: len(follower.items) == 4)
            item = follower.items[-1]
            await asyncio.sleep(0.2)
            assert len(follower.items) == 4
    assert (item.kind, item.mirror, item.raw) == ("row.gone", "row/R2", b'{"id":"R2"}')


async def test_a_next_page_at_another_system_is_not_asked_for() -> None:
    async with serving(web.get("/{_:.*}", answering([]))) as elsewhere:
        link = f'<{elsewhere}/rows?page=2>; rel="next"'
        async with serving(web.get("/rows", answering([{"id": 1}], link=link))) as url:
            feed = {"kind": "row", "path": "/rows", "pages": {"style": "link"}}
            async with connected({"url": url, "feeds": [feed]}) as rest:
                with pytest.raises(SettingsError, match="another system"):
                    async for _ in rest.read(""):
                        pass


async def test_a_page_for_people_is_unavailable_and_a_wrong_pointer_is_said_at_once() -> None:
    feed = {"kind": "row", "path": "/rows", "items": "/rows"}
    async with serving(web.get("/rows", answering(b"<html>Maintenance</html>"))) as url:
        with pytest.raises(UnavailableError, match="no JSON"):
            async with connected({"url": url, "feeds": [feed]}):
                pass
    async with serving(web.get("/rows", answering({"data": []}))) as url:
        with pytest.raises(SettingsError, match=r"nothing at '/rows'.*data"):
            async with connected({"url": url, "feeds": [feed]}):
                pass


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


async def test_a_connection_without_feeds_reads_nothing_and_does_not_end() -> None:
    rest = Rest("shop", settings_of(Rest, {"url": "http://127.0.0.1:1"}))
    assert not rest.reads
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(0.05):
            async for _ in rest.read(""):
                pass
            raise AssertionError("it ended")
