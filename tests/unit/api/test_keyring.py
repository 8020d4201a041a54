"""The key ring: who a header is, without a query."""

import asyncio
import base64
import timeit
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from andon.api.keyring import KeyRing
from andon.store.access import digest_of, new_token


class Table:
    """The rows of the key table, as a pool would give them."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []

    def add(self, *scopes: str) -> str:
        token = new_token()
        self.rows.append(
            {
                "name": "mes",
                "digest": digest_of(token),
                "scopes": list(scopes),
                "sites": ["riverside"],
                "system": "mes",
                "party": None,
                "created_at": datetime(2026, 1, 1, tzinfo=UTC),
            }
        )
        return token

    async def fetch(self, query: str, /, *args: Any) -> Sequence[Mapping[str, Any]]:
        return self.rows

    async def fetchrow(self, query: str, /, *args: Any) -> Mapping[str, Any] | None:
        return None

    async def execute(self, query: str, /, *args: Any) -> str:
        return ""


def bearer(token: str) -> list[tuple[bytes, bytes]]:
    return [(b"host", b"localhost"), (b"authorization", b"Bearer " + token.encode())]


async def test_a_key_opens_what_its_scopes_say() -> None:
    table, ring = Table(), KeyRing()
    token, root = table.add("inbox:mes"), table.add("admin")
    await ring.refresh(table)
    actor = ring.check(bearer(token), "inbox:mes")
    assert actor is not None
    assert (actor.name, actor.sites) == ("key:mes", {"riverside"})
    assert ring.check(bearer(token), "inbox:wms") is None
    assert ring.check(bearer(root), "inbox:wms") is not None
    assert ring.check(bearer(token + "x"), "inbox:mes") is None
    assert ring.check([], "inbox:mes") is None


async def test_a_remembered_header_is_forgotten_with_its_key() -> None:
    table, ring = Table(), KeyRing()
    token = table.add("read")
    await ring.refresh(table)
    assert ring.key_of(bearer(token)) is not None
    table.rows.clear()
    await ring.refresh(table)
    assert ring.key_of(bearer(token)) is None


@pytest.mark.parametrize("user", ["", "mes", "ä:"])
async def test_a_basic_password_may_be_a_key(user: str) -> None:
    table, ring = Table(), KeyRing()
    token = table.add("read")
    await ring.refresh(table)
    pair = base64.b64encode(f"{user.rstrip(':')}:{token}".encode())
    assert ring.key_of([(b"authorization", b"basic " + pair)]) is not None


async def test_unknown_headers_are_not_remembered() -> None:
    table, ring = Table(), KeyRing()
    table.add("read")
    await ring.refresh(table)
    for number in range(1000):
        assert ring.key_of(bearer(f"andon_{number}")) is None
    assert not ring._remembered  # pyright: ignore[reportPrivateUsage] what must not grow


async def test_a_remembered_key_costs_next_to_nothing() -> None:
    table, ring = Table(), KeyRing()
    headers = bearer(table.add("inbox:mes"))
    await ring.refresh(table)
    best = min(timeit.repeat(lambda: ring.check(headers, "inbox:mes"), number=1000, repeat=20))
    assert best / 1000 < 50e-6  # 5 microseconds are meant; a busy machine gets ten times that


async def test_a_key_made_a_moment_ago_is_found_when_it_is_asked_for() -> None:
    table, ring = Table(), KeyRing()
    await ring.refresh(table)
    token = table.add("read")
    assert ring.check([(b"authorization", f"Bearer {token}".encode())], "read") is None
    await ring.look_again(table)
    assert ring.check([(b"authorization", f"Bearer {token}".encode())], "read") is not None


async def test_a_crowd_of_strangers_shares_few_looks() -> None:
    class Counted(Table):
        looks = 0

        async def fetch(self, query: str, /, *args: Any) -> Sequence[Mapping[str, Any]]:
            self.looks += 1
            await asyncio.sleep(0)
            return self.rows

    table, ring = Counted(), KeyRing()
    await asyncio.gather(*(ring.look_again(table) for _ in range(500)))
    assert table.looks <= 2
