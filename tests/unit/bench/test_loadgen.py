"""The generator and the stub against each other, with a hub small enough to see through."""

import asyncio
import itertools
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

import msgspec
import pytest

from bench.ledger import Call, Faults, Ledger, System
from bench.loadgen import Load, Plan, load
from bench.stub import listening
from bench.wire import Poster

Take = Callable[[bytes, dict[str, str]], Awaitable[int]]


@asynccontextmanager
async def _inbox(take: Take) -> AsyncGenerator[str, None]:
    """An HTTP server that gives each posted body to ``take`` and answers its status."""

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
                headers = dict(line.lower().split(": ", 1) for line in lines[1:] if line)
                body = await reader.readexactly(int(headers["content-length"]))
                status = await take(body, headers)
                writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n".encode())
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    conversations: set[asyncio.Future[None]] = set()

    def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        conversations.add(asyncio.ensure_future(converse(reader, writer)))

    server = await asyncio.start_server(begin, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/in/mes/events"
    finally:
        server.close()
        await asyncio.gather(*conversations)
        await asyncio.sleep(0)


async def _loaded(take: Take, plan: Plan) -> Load:
    async with _inbox(take) as url:
        return await load(msgspec.structs.replace(plan, url=url))


def _ids(bodies: list[bytes]) -> Counter[str]:
    return Counter(msgspec.json.decode(body)["event_id"] for body in bodies)


_CLOSED = Plan(url="", mode="closed", conns=4, secs=10, max_events=300, seed=5)


async def test_every_event_is_accepted_and_the_wanted_share_is_posted_twice() -> None:
    bodies: list[bytes] = []

    async def take(body: bytes, headers: dict[str, str]) -> int:
        bodies.append(body)
        assert headers["authorization"] == "bearer secret"
        return 202

    plan = msgspec.structs.replace(_CLOSED, dup=0.2, key="secret")
    result = await _loaded(take, plan)
    assert _ids(bodies).keys() == result.events.keys()
    assert all(posted.accepted_at for posted in result.events.values())
    assert result.posts == len(bodies) == len(result.events) + result.duplicates
    assert 0.1 < result.duplicates / result.posts < 0.3


async def test_a_post_without_a_2xx_is_repeated_with_the_same_id() -> None:
    seen: Counter[bytes] = Counter()

    async def refuses_first(body: bytes, _headers: dict[str, str]) -> int:
        seen[body] += 1
        return 202 if seen[body] > 1 else 503

    result = await _loaded(refuses_first, msgspec.structs.replace(_CLOSED, max_events=8, dup=0))
    assert set(seen.values()) == {2}
    assert result.answers[503] == result.answers[202] == len(result.events)
    assert result.given_up == 0


async def test_a_hub_that_never_accepts_is_given_up() -> None:
    async def refuses(_body: bytes, _headers: dict[str, str]) -> int:
        return 500

    plan = msgspec.structs.replace(_CLOSED, conns=2, max_events=2, retry_s=0.0, dup=0)
    result = await _loaded(refuses, plan)
    assert result.given_up == len(result.events) == 2
    assert not any(posted.accepted_at for posted in result.events.values())


async def test_no_answer_in_time_is_unanswered_and_repeated() -> None:
    posts = 0

    async def first_hangs(_body: bytes, _headers: dict[str, str]) -> int:
        nonlocal posts
        posts += 1
        if posts == 1:
            await asyncio.sleep(0.2)  # four times as long as the plan waits
        return 202

    plan = msgspec.structs.replace(_CLOSED, conns=1, max_events=1, timeout=0.05, dup=0)
    result = await _loaded(first_hangs, plan)
    assert (result.unanswered, result.answers, posts) == (1, {202: 1}, 2)


async def test_a_lost_connection_is_unanswered() -> None:
    with pytest.raises(OSError):  # noqa: PT011 - refused or unreachable, as the machine likes
        await Poster("http://127.0.0.1:1/", headers={}, within=1).post("k", b"")


async def test_open_loop_counts_from_the_instant_an_event_was_due() -> None:
    async def take(_body: bytes, _headers: dict[str, str]) -> int:
        return 202

    plan = Plan(url="", rate=200, secs=0.2, dup=0, seed=1)
    result = await _loaded(take, plan)
    due = [posted.due_at for posted in result.events.values()]
    assert len(due) == 40
    gaps = {round((after - before) / 1e6) for before, after in itertools.pairwise(due)}
    assert gaps == {5}


async def _distribute(posters: dict[System, Poster], body: bytes) -> None:
    event = msgspec.json.decode(body)
    call = msgspec.json.encode(
        Call(
            event_id=event["event_id"],
            order_no=event["order"]["number"],
            lot_no=event["lot"],
            qty=event["quantity"]["yield"],
            plant=event["plant"],
            seq=event["order"]["sequence"],
        )
    )
    for system, poster in posters.items():
        while await poster.post(f"{event['event_id']}:{system}", call) != 200:
            pass


@asynccontextmanager
async def _posting(url: str) -> AsyncGenerator[Poster, None]:
    poster = Poster(url, headers={}, within=5)
    try:
        yield poster
    finally:
        await poster.close()


@asynccontextmanager
async def _systems(ledger: Ledger) -> AsyncGenerator[dict[System, Poster], None]:
    async with (
        listening(ledger) as stub,
        _posting(f"{stub}/qms/inspection-lots") as qms,
        _posting(f"{stub}/erp/goods-receipts") as erp,
        _posting(f"{stub}/wms/putaway-tasks") as wms,
    ):
        yield {"qms": qms, "erp": erp, "wms": wms}


async def test_a_hub_in_sequence_leaves_a_clean_ledger_in_spite_of_faults() -> None:
    ledger = Ledger(delay_ms=0)
    ledger.faults["erp"] = Faults(delay_ms=0, fail=0.3)
    async with _systems(ledger) as posters:

        async def take(body: bytes, _headers: dict[str, str]) -> int:
            await _distribute(posters, body)
            return 202

        result = await _loaded(take, msgspec.structs.replace(_CLOSED, ops=4))
    assert ledger.completed == len(result.events)
    assert not any(ledger.bad.values())
    assert ledger.n503 > 20
    assert all(e.effects == 1 for book in ledger.events.values() for e in book.values())


async def test_a_hub_that_lets_operations_overtake_is_found_out() -> None:
    ledger = Ledger(delay_ms=0)
    held: list[bytes] = []
    async with _systems(ledger) as posters:

        async def take(body: bytes, _headers: dict[str, str]) -> int:
            held.append(body)
            return 202

        await _loaded(take, msgspec.structs.replace(_CLOSED, ops=4, max_events=60, dup=0))
        for body in reversed(held):
            await _distribute(posters, body)
    assert ledger.bad["order_sequence"] > 0


async def test_a_hang_gives_no_answer_but_has_its_effect() -> None:
    ledger = Ledger(delay_ms=0)
    ledger.faults["qms"] = Faults(delay_ms=0, hang=1.0, hang_s=0.01)
    call = msgspec.json.encode(Call("e", order_no="o", lot_no="l", qty=1))
    async with _systems(ledger) as posters:
        with pytest.raises(ConnectionError):
            await posters["qms"].post("k", call)
    assert ledger.events["qms"]["e"].effects == 1


async def test_faults_are_changed_by_name_and_a_wrong_name_is_refused() -> None:
    ledger = Ledger()
    async with listening(ledger) as stub, _posting(f"{stub}/_config") as poster:
        assert await poster.post("", b'{"erp": {"fail": 0.1}, "seed": 3}') == 200
        assert await poster.post("", b'{"erp": {"fial": 0.1}}') == 400
        assert await poster.post("", b'{"crm": {"fail": 0.1}}') == 400
    assert ledger.faults["erp"] == Faults(fail=0.1)
    assert ledger.seed == 3
