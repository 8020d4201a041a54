"""A door that answers in the words of what was posted, once it is recorded."""

from typing import Any

import asyncpg

from andon.connectors.b2mml import B2mml, B2mmlSettings, mappings
from andon.connectors.b2mml.reading import nouns_in
from andon.core.plant import Connection
from andon.engine.clock import SystemClock
from andon.engine.door import Doors
from andon.engine.ingest import Ingest
from andon.engine.plan import wire
from andon.model.vocabulary import VOCABULARY
from tests.unit.connectors.b2mml.documents import bod, request


async def posted(doors: Doors, body: bytes) -> tuple[int, dict[bytes, bytes], bytes]:
    said: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        said.append(message)

    scope = {"path": "/in/erp/documents", "method": "POST", "headers": [], "query_string": b""}
    await doors(scope, receive, send)
    return said[0]["status"], dict(said[0]["headers"]), said[1]["body"]


async def test_a_posted_order_is_recorded_once_and_acknowledged_each_time(database: str) -> None:
    erp = B2mml("erp", B2mmlSettings(posted="/documents"))
    plan = wire(
        name="plant",
        site="home",
        connections=[(Connection("erp", B2mml, mappings), erp)],
        workflows=(),
        routes=(),
        ownership=(),
        policies=(),
        messages=VOCABULARY,
    )
    clock = SystemClock()
    ingest = Ingest(plan, database, clock)
    await ingest.open()
    pool = await asyncpg.create_pool(database, min_size=0, max_size=2)
    let_in: Any = lambda _headers, _scope: "a key"  # noqa: E731
    doors = Doors(plan, ingest, pool, clock, check=let_in)
    document = bod("Process", "OperationsSchedule", "<ID>S</ID>" + request("7"), wants="Always")
    for _ in range(2):
        status, headers, answer = await posted(doors, document)
        assert status == 200
        assert headers[b"content-type"].startswith(b"application/xml")
        assert nouns_in(answer) == nouns_in(document)
        assert b"AcknowledgeOperationsSchedule" in answer
    status, headers, answer = await posted(doors, document[:-9])
    assert (status, headers[b"content-type"]) == (422, b"application/problem+json")
    assert b"to its end" in answer
    assert await pool.fetchval("select count(*) from log where kind = 'event'") == 1
    await pool.close()
    await ingest.close()
