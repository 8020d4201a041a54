"""What lists do in the field, and what `rest` reads from them."""

import asyncio
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from aiohttp import web

from andon.connectors.rest.simulated import JsonSystem
from andon.connectors.rest.simulator import Journal, Ledger, Register
from andon.core.errors import (
    SettingsError,
    UnavailableError,
)
from andon.testing.conformance.trial import Follower
from tests.contract.json_systems import (
    answering,
    by_time,
    connected,
    running,
    serving,
    texts,
)


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
