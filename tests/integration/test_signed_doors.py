"""Doors that prove who posts by a signature: only such a post gets in, and each once."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any

import asyncpg
import msgspec
import pytest

from andon.connectors.webhook import Webhook
from andon.connectors.webhook.signing import signer_of
from andon.connectors.webhook.simulator import Poster, StandardPoster
from andon.core.connector import Arrival, Item
from andon.core.mapping import Known, Said, inbound
from andon.core.plant import Connection
from andon.engine.clock import SystemClock
from andon.engine.door import Doors
from andon.engine.ingest import Ingest
from andon.engine.plan import wire
from andon.model.production import OrderCancelled
from andon.testing.conformance.trial import settings_of


class Fact(msgspec.Struct):
    fact: str


@inbound("event")
def cancelled(item: Item, known: Known) -> Iterable[Said]:
    yield OrderCancelled(order_id=item.read(Fact).fact)


SIGNED = StandardPoster()


class Gate:
    """The doors of one plant: `mes`, and `mes-b` at another site, prove by signature, `erp` asks
    for a key of ours."""

    def __init__(self, doors: Doors, pool: Any) -> None:
        self.doors = doors
        self.pool = pool

    async def post(
        self, connection: str, arrival: Arrival, headers: Mapping[str, str] = {}
    ) -> tuple[int, bytes]:
        """What a post is answered."""
        path = f"/in/{connection}/events"
        said: list[Any] = []
        heads = {**arrival.headers, **headers}.items()

        async def receive() -> Any:
            return {"type": "http.request", "body": arrival.body, "more_body": False}

        async def send(message: Any) -> None:
            said.append(message)

        scope = {
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "method": "POST",
            "headers": [(n.encode("latin-1"), v.encode("latin-1")) for n, v in heads],
        }
        await self.doors(scope, receive, send)
        return said[0]["status"], said[1]["body"]

    async def recorded(self) -> int:
        """Events in the log."""
        return await self.pool.fetchval("select count(*) from log where kind = 'event'")


@pytest.fixture
async def gate(database: str) -> AsyncIterator[Gate]:
    clock = SystemClock()
    signed = Webhook("mes", settings_of(Webhook, SIGNED.settings()))
    there = Webhook("mes-b", settings_of(Webhook, SIGNED.settings()))
    keyed = Webhook("erp", settings_of(Webhook, {}))
    plan = wire(
        name="plant",
        site="home",
        connections=[
            (Connection("mes", Webhook, [cancelled]), signed),
            (Connection("mes-b", Webhook, [cancelled], site="north"), there),
            (Connection("erp", Webhook, [cancelled]), keyed),
        ],
        workflows=(),
        routes=(),
        ownership=(),
        policies=(),
        messages=(OrderCancelled,),
    )
    ingest = Ingest(plan, database, clock)
    await ingest.open()
    pool = await asyncpg.create_pool(database, min_size=0, max_size=2)
    yield Gate(Doors(plan, ingest, pool, clock, check=lambda _headers, _scope: None), pool)
    await pool.close()
    await ingest.close()


async def test_a_good_signature_needs_no_key_and_a_repetition_is_recorded_once(gate: Gate) -> None:
    post = SIGNED.post("A-1")
    for _ in range(3):
        assert (await gate.post("mes", post))[0] == 202
    assert await gate.recorded() == 1


async def test_what_is_posted_is_recorded_at_the_site_of_its_connection(gate: Gate) -> None:
    """Also where one commit holds posts of several."""
    posts = [gate.post(name, SIGNED.post(f"{name}-1")) for name in ("mes", "mes-b", "mes")]
    assert {status for status, _ in await asyncio.gather(*posts)} == {202}
    rows = await gate.pool.fetch("select source, site from log where kind = 'event'")
    assert {row["source"]: row["site"] for row in rows} == {"mes": "home", "mes-b": "north"}


async def test_a_bad_signature_is_answered_401_and_nothing_is_kept(gate: Gate) -> None:
    status, said = await gate.post("mes", SIGNED.bad_arrival())
    assert status == 401
    assert b"does not fit the post" in said
    assert await gate.recorded() == 0
    assert await gate.pool.fetchval("select count(*) from exception") == 0


async def test_a_door_without_a_signature_still_needs_a_key(gate: Gate) -> None:
    assert (await gate.post("erp", Poster().post("A-1")))[0] == 401
    assert (await gate.post("erp", SIGNED.post("A-1")))[0] == 401
    assert (await gate.post("none", SIGNED.post("A-1")))[0] == 401
    assert await gate.recorded() == 0


async def test_another_method_or_path_below_a_signed_door_needs_a_key(gate: Gate) -> None:
    post = SIGNED.post("A-1")
    assert (await gate.post("mes/more", post))[0] == 401


async def test_a_post_under_a_used_id_with_other_content_is_a_case_for_a_person(gate: Gate) -> None:
    assert (await gate.post("mes", SIGNED.post("A-1")))[0] == 202
    other = Arrival({}, {}, {}, b'{"fact":"A-2"}', "POST", "/in/mes/events")
    headers = signer_of(SIGNED.signature).sign(other, "A-1", time.time())
    status, _ = await gate.post("mes", msgspec.structs.replace(other, headers=headers))
    assert status == 202
    assert await gate.recorded() == 1
    assert await gate.pool.fetchval("select count(*) from exception") == 1
