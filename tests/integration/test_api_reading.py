"""What a reader sees, from rows put straight into the tables."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import timedelta
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from andon.visibility.overview import overview
from tests.integration.api_plant import NOON, Plant, open_plant

ORDER = "production-order/erp:1001"
MINUTE = timedelta(minutes=1)


@pytest.fixture
async def plant(database: str) -> AsyncGenerator[Plant, None]:
    async with open_plant(database) as plant:
        plant.client.headers.update(await plant.key("read"))
        yield plant


async def alias(plant: Plant, system: str, local: str, subject: str) -> None:
    await plant.db.execute(
        "insert into alias values ($1, 'production-order', $2, $3)", system, local, subject
    )


async def test_any_id_finds_its_subject(plant: Plant) -> None:
    await plant.subject(ORDER)
    await alias(plant, "mes", "PO/7 ä", ORDER)
    for any_id in (ORDER, "1001", "PO/7 ä", "production-order/mes:PO/7 ä"):
        for sent in (quote(any_id, safe=""), quote(any_id)):
            answer = await plant.client.get(f"/v1/subjects/{sent}")
            assert answer.status_code == 200, answer.text
            assert answer.json()["name"] == ORDER
    assert answer.json()["aliases"] == [{"system": "mes", "local": "PO/7 ä"}]


async def test_an_id_of_several_subjects_offers_the_choices(plant: Plant) -> None:
    await plant.subject(ORDER)
    await plant.subject("production-order/erp-2:1001", position=2)
    answer = await plant.client.get("/v1/subjects/1001")
    assert answer.status_code == 409
    assert answer.json()["choices"] == ["production-order/erp-2:1001", ORDER]


async def test_the_matrix_says_how_each_belief_stands(plant: Plant) -> None:
    await plant.subject(ORDER)
    await plant.ownership("status", "mes", "erp", 5 * MINUTE)
    await plant.ownership("status", "mes", "wms", 60 * MINUTE)
    await plant.ownership("status", "mes", "qms", 60 * MINUTE)
    await plant.belief(ORDER, "status", "mes", "completed", at=NOON - 10 * MINUTE)
    for system, value in (
        ("erp", "running"),
        ("wms", "running"),
        ("qms", "completed"),
        ("plm", "x"),
    ):
        await plant.belief(ORDER, "status", system, value, at=NOON - 20 * MINUTE)
    await plant.belief(ORDER, "colour", "plm", "red")
    rows = (await plant.client.get(f"/v1/subjects/{ORDER}")).json()["matrix"]
    assert [row["attribute"] for row in rows] == ["colour", "status"]
    assert (rows[1]["owner"], rows[1]["steward"]) == ("mes", "planning")
    assert {cell["system"]: cell["stands"] for cell in rows[1]["cells"]} == {
        "mes": "owner", "erp": "differs", "wms": "settling", "qms": "agrees", "plm": "unowned",
    }  # fmt: skip
    assert rows[1]["cells"][0]["system"] == "mes"
    assert rows[1]["cells"][1]["follower_within_s"] == 300
    assert rows[0]["cells"][0]["stands"] == "unowned"


async def test_as_of_shows_what_was_believed_then(plant: Plant) -> None:
    await plant.subject(ORDER)
    await plant.record(1, ORDER, claims={"status": "running"}, at=NOON - 3 * MINUTE)
    await plant.record(2, ORDER, claims={"status": "completed"}, at=NOON - MINUTE)
    # An older read-back that came later changes nothing.
    await plant.record(
        3, ORDER, claims={"status": "created"}, at=NOON, occurred_at=NOON - 9 * MINUTE
    )

    async def status(minutes: int) -> list[str]:
        at = (NOON - minutes * MINUTE).isoformat()
        page = (await plant.client.get(f"/v1/subjects/{ORDER}", params={"as_of": at})).json()
        return [cell["value"] for row in page["matrix"] for cell in row["cells"]]

    assert await status(4) == []
    assert await status(2) == ["running"]
    assert await status(1) == ["completed"]
    assert await status(0) == ["completed"]
    naive = await plant.client.get(f"/v1/subjects/{ORDER}", params={"as_of": "2026-03-02T12:00:00"})
    assert naive.status_code == 422


async def test_the_timeline_tells_hops_and_deliveries(plant: Plant) -> None:
    await plant.subject(ORDER)
    second = timedelta(seconds=1)
    await plant.record(1, ORDER, at=NOON, data={"a": 1})
    await plant.record(
        2, ORDER, kind="command", cause=1, source="andon", id="r:1", at=NOON + second / 4
    )
    await plant.record(
        3, ORDER, kind="receipt", cause=2, source="mes", at=NOON + second,
        data={"reference": "GR-17", "attempts": 2},
    )  # fmt: skip
    await plant.record(
        4, ORDER, kind="command", cause=3, source="andon", id="r:2", at=NOON + second
    )
    await plant.record(
        5, ORDER, kind="command", cause=3, source="andon", id="r:3", at=NOON + second
    )
    await plant.record(
        6, ORDER, kind="refusal", cause=5, source="wms", at=NOON + second, data={"says": "no room"}
    )
    await plant.db.execute(
        "insert into delivery (key, position, n, lane, order_key, connection, proof, state,"
        " attempts, since, last_error)"
        " values ('r:2', 4, 1, lane_of($1), $1, 'wms', 'keyed', 'waiting', 3, $2, 'HTTP 503')",
        ORDER,
        NOON,
    )
    page = (await plant.client.get(f"/v1/subjects/{ORDER}")).json()
    line = page["timeline"]
    assert [entry["hop_ms"] for entry in line[:3]] == [None, 250, 750]
    assert [entry["target"] for entry in line[:4]] == [None, "mes", None, "wms"]
    assert line[0]["data"] == {"a": 1}
    assert line[2]["title"] == "receipt GR-17"
    assert [(d["key"], d["state"], d["attempts"]) for d in page["deliveries"]] == [
        ("r:1", "delivered", 2), ("r:2", "waiting", 3), ("r:3", "refused", None),
    ]  # fmt: skip
    assert page["deliveries"][0]["reference"] == "GR-17"
    assert page["deliveries"][1]["last_error"] == "HTTP 503"
    assert page["deliveries"][2]["last_error"] == "refused: no room"
    assert page["position"] == 6


async def test_links_and_sync_lag_stand_on_the_page(plant: Plant) -> None:
    await plant.subject(ORDER)
    await plant.ownership("status", "mes", "erp", 5 * MINUTE)
    insert = "insert into link values ($1, $2, $3, 1, $4)"
    await plant.db.execute(insert, ORDER, "makes", "material-lot/mes:L7", NOON)
    await plant.db.execute(insert, "delivery/wms:D1", "contains", ORDER, NOON)
    await plant.db.execute(
        "insert into sync_lag values ($1, 'status', 'erp', $2, $3, 1)", ORDER, NOON, NOON + MINUTE
    )
    page = (await plant.client.get(f"/v1/subjects/{ORDER}")).json()
    assert {(link["direction"], link["object"]) for link in page["links"]} == {
        ("out", "material-lot/mes:L7"), ("in", "delivery/wms:D1"),
    }  # fmt: skip
    assert page["sync"][0]["lag_ms"] == 60_000
    assert page["sync"][0]["within_s"] == 300


async def test_subjects_come_newest_first_in_pages(plant: Plant) -> None:
    await plant.ownership("status", "mes", "erp", MINUTE)
    for number in range(1, 6):
        await plant.subject(f"production-order/erp:{number}00", position=number)
    await plant.subject("material-lot/mes:L1", position=6)
    await plant.belief("production-order/erp:500", "status", "mes", "running")
    await plant.db.execute(
        "insert into sync_lag values ('production-order/erp:500', 'status', 'erp', $1, null, 1)",
        NOON - 2 * MINUTE,
    )
    await plant.case("c", subject="production-order/erp:500")
    await alias(plant, "mes", "40 special", "production-order/erp:100")

    async def page(**params: str | int) -> tuple[list[str], int | None]:
        answer = await plant.client.get("/v1/subjects", params=params)
        assert answer.status_code == 200, answer.text
        body = answer.json()
        return [item["local"] for item in body["items"]], body["next_before"]

    assert await page(kind="production-order", limit=2) == (["500", "400"], 4)
    assert await page(kind="production-order", limit=2, before=4) == (["300", "200"], 2)
    assert await page(kind="production-order", limit=2, before=2) == (["100"], None)
    assert await page(limit=1) == (["L1"], 6)
    assert await page(q="40") == (["400", "100"], None)
    assert await page(q="%") == ([], None)
    assert await page(q="\0") == ([], None)
    first = (await plant.client.get("/v1/subjects", params={"q": "500"})).json()["items"][0]
    assert first["differs"] is True
    assert first["exceptions_open"] == 1
    assert first["states"][0] | {"since": None} == {
        "system": "mes", "value": "running", "since": None, "owner": True,
    }  # fmt: skip


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "limit=x", "before=-1", "before=9223372036854775808"]
)
async def test_wrong_parameters_are_named(plant: Plant, query: str) -> None:
    answer = await plant.client.get(f"/v1/subjects?{query}")
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["at"] == f"?{query.partition('=')[0]}"


async def test_a_line_says_what_is_made_by_the_owner_s_word(plant: Plant) -> None:
    await plant.subject(ORDER)
    await plant.ownership("planned", "mes", "erp", MINUTE)
    for system, planned in (("erp", "10 PCE"), ("mes", "12 PCE")):
        await plant.belief(ORDER, "planned", system, planned)
        await plant.belief(ORDER, "material", system, f"FG of {system}")
    (line,) = (await plant.client.get("/v1/subjects")).json()["items"]
    assert line["header"] == {"planned": "12 PCE", "material": "FG of erp"}


async def test_a_held_lot_stands_in_the_lines_of_its_orders_and_in_the_figures(
    plant: Plant,
) -> None:
    lot = "material-lot/riverside:L7"
    await plant.subject(ORDER)
    await plant.subject(lot, position=2)
    await plant.db.execute("insert into link values ($1, 'makes', $2, 1, $3)", ORDER, lot, NOON)

    async def held() -> tuple[list[list[str]], int]:
        lines = (await plant.client.get("/v1/subjects")).json()["items"]
        figures = await overview(plant.db, sites=frozenset(), now=NOON)
        return [line["held"] for line in lines], figures.lots_held

    assert await held() == ([[], []], 0)
    await plant.belief(lot, "hold", "andon", True)
    await plant.belief(lot, "hold", "qms", True)
    assert await held() == ([[lot], [lot]], 1)
    await plant.db.execute("update belief set value = 'false' where attribute = 'hold'")
    assert await held() == ([[], []], 0)


async def test_overview_counts(plant: Plant) -> None:
    await plant.ownership("status", "mes", "erp", MINUTE)
    for number, status in enumerate(["Running", "Running", "Completed", "Held"]):
        name = f"production-order/erp:{number}"
        await plant.subject(name, position=number)
        await plant.belief(name, "status", "mes", status)
        await plant.belief(name, "status", "erp", "other")
    await plant.case("c")
    await plant.connection("wms")
    await plant.record(7, ORDER)
    await plant.record(9, ORDER)
    await plant.db.execute("insert into position values ('project', 7)")
    body = (await plant.client.get("/v1/overview")).json()
    assert body["orders"] == {"Running": 2, "Completed": 1, "Held": 1}
    assert body["exceptions_open"] == 1
    assert body["connections"] == {"running": 1, "paused": 0, "unreachable": 0}
    assert body["projection_lag_records"] == 1


async def test_an_order_counts_also_before_its_owner_has_spoken_and_where_nobody_owns_it(
    plant: Plant,
) -> None:
    await plant.ownership("status", "mes", "erp", MINUTE)
    for number, says in enumerate(
        [{"erp": "Released"}, {"erp": "Released", "mes": "Running"}, {"mes-b": "Held"}, {}]
    ):
        name = f"production-order/erp:{number}"
        await plant.subject(name, position=number)
        for system, status in says.items():
            await plant.belief(name, "status", system, status)
    figures = await overview(plant.db, sites=frozenset(), now=NOON)
    assert figures.orders == {"Running": 1, "Completed": 0, "Released": 1, "Held": 1}


async def test_connections_show_their_backlog(plant: Plant) -> None:
    await plant.connection("wms")
    for number, state in enumerate(
        ["pending", "sending", "unknown", "parked", "offered", "waiting"]
    ):
        await plant.db.execute(
            "insert into delivery (key, position, n, lane, order_key, connection, proof, state,"
            " since) values ($1, $2, 1, 0, 'o', 'wms', 'keyed', $3, $4)",
            f"k{number}", number, state, NOON - number * MINUTE,
        )  # fmt: skip
    (wms,) = (await plant.client.get("/v1/connections")).json()["items"]
    assert wms["backlog"] == {
        "pending": 3,
        "unknown": 1,
        "parked": 1,
        "offered": 1,
        "withheld": 0,
        "oldest_s": 300,
    }


async def test_the_raw_item_is_kept_and_shown(plant: Plant) -> None:
    text = await plant.case("a", raw=b'{"x": 1}')
    binary = await plant.case("b", raw=b"\xff\x00")
    one = (await plant.client.get(f"/v1/exceptions/{text}")).json()
    assert (one["raw"], one["raw_encoding"], one["has_raw"], one["class"]) == (
        '{"x": 1}', "utf-8", True, "operator",
    )  # fmt: skip
    other = (await plant.client.get(f"/v1/exceptions/{binary}")).json()
    assert (other["raw"], other["raw_encoding"]) == ("/wA=", "base64")
    listed = (await plant.client.get("/v1/exceptions", params={"limit": 1})).json()
    assert [case["id"] for case in listed["items"]] == [binary]
    assert listed["next_before"] == binary
    assert (await plant.client.get(f"/v1/exceptions/{10**30}")).status_code == 404


async def test_a_caller_sees_only_its_sites(plant: Plant) -> None:
    await plant.subject(ORDER, site="riverside")
    await plant.subject("production-order/erp:2002", site="hilltop", position=2)
    await plant.db.execute(
        "insert into link values ($1, 'feeds', 'production-order/erp:2002', 1, $2)", ORDER, NOON
    )
    await plant.connection("wms-r", site="riverside")
    await plant.connection("wms-h", site="hilltop")
    own = [
        await plant.case("1", subject=ORDER),
        await plant.case("2", connection="wms-r"),
        await plant.case("3", subject=ORDER, connection="wms-h"),
    ]
    hidden = [
        await plant.case("4", subject="production-order/erp:2002"),
        await plant.case("5", connection="wms-h"),
        await plant.case("6"),
    ]
    key = await plant.key("read", "exceptions:write", "connections:write", sites=["riverside"])
    get, post = plant.client.get, plant.client.post

    assert (await get(f"/v1/subjects/{ORDER}", headers=key)).json()["links"] == []
    for other in ("production-order/erp:2002", "2002"):
        assert (await get(f"/v1/subjects/{other}", headers=key)).status_code == 404
    listed = (await get("/v1/subjects", headers=key)).json()["items"]
    assert [item["name"] for item in listed] == [ORDER]
    searched = (await get("/v1/subjects?q=2", headers=key)).json()["items"]
    assert searched == []
    cases = (await get("/v1/exceptions", headers=key)).json()["items"]
    assert sorted(case["id"] for case in cases) == own
    for case in hidden:
        assert (await get(f"/v1/exceptions/{case}", headers=key)).status_code == 404
        for act, body in (
            ("acknowledge", {"note": ""}),
            ("resolve", {"note": ""}),
            ("answer", {"answer": "x"}),
        ):
            answer = await post(f"/v1/exceptions/{case}/{act}", json=body, headers=key)
            assert answer.status_code == 404
    named = (await get("/v1/connections", headers=key)).json()["items"]
    assert [one["name"] for one in named] == ["wms-r"]
    assert (await post("/v1/connections/wms-h/pause", headers=key)).status_code == 404
    board = (await get("/v1/overview", headers=key)).json()
    assert board["exceptions_open"] == 3
    assert board["connections"]["running"] == 1
    everything = (await get("/v1/exceptions")).json()["items"]
    assert len(everything) == 6


async def test_hostile_ids_find_nothing_and_break_nothing(plant: Plant) -> None:
    await plant.subject(ORDER)
    before = await plant.db.fetchval("select count(*) from subject")

    async def ask(any_id: str) -> None:
        answer = await plant.client.get(f"/v1/subjects/{quote(any_id, safe='')}")
        if any_id.strip("/") == "" or any_id in (".", ".."):  # clients fold dots: no id can be one
            return  # the router reads this as the list
        expected = 200 if any_id in ("1001", ORDER) else 404
        assert answer.status_code == expected, (any_id, answer.text)
        if expected == 404:
            assert answer.headers["content-type"] == "application/problem+json"

    loop = asyncio.get_running_loop()

    @settings(max_examples=150, suppress_health_check=list(HealthCheck))
    @given(st.text(min_size=1, max_size=60))
    @example("'; drop table subject; --")
    @example("' or '1'='1")
    @example("\0")
    @example("a\0b/c:d")
    @example("../../etc/passwd")
    @example("production-order/erp:%")
    @example("%2e%2e")
    @example("//1001")
    @example("{name:path}")
    @example("\u202e1001")
    @example("x" * 5000)
    def hostile(any_id: str) -> None:
        asyncio.run_coroutine_threadsafe(ask(any_id), loop).result(10)

    await asyncio.to_thread(hostile)
    assert await plant.db.fetchval("select count(*) from subject") == before
