"""odoo: 5,000 orders read by one look, 200 lots made; beside aiohttp alone asking the same."""

__all__ = ["measure"]

import itertools
from typing import Any

import aiohttp
import msgspec

from andon.connectors.odoo import Odoo
from andon.connectors.odoo.settings import FEEDS
from andon.connectors.odoo.simulator import SimulatedOdoo
from andon.testing.conformance.trial import settings_of
from bench.connectors import Figure, measured

_ORDERS = 5_000
_LOTS = 200
_FIELDS = [*FEEDS["mrp.production"].fields, "write_date", "write_uid"]


async def measure() -> list[Figure]:
    """The simulator answers in this process, so its own time is in both figures. Both sides read
    the same fields. Both find the product by its code and read the name of the lot they made,
    which the receipt names; only the connector looks first whether the lot is there."""
    system = SimulatedOdoo()
    await system.start()
    for n in range(_ORDERS):
        system.order(f"MO{n}")
    settings: dict[str, Any] = system.settings()
    odoo = Odoo("erp", settings_of(Odoo, {**settings, "timeout": "30 s"}))
    await odoo.open()
    headers = {"authorization": f"Bearer {settings['key']}", "x-odoo-database": "plant"}
    base = f"{settings['url']}/json/2"
    numbers = itertools.count(1)
    async with aiohttp.ClientSession(headers=headers) as session:

        async def ask(path: str, body: Any) -> Any:
            async with session.post(f"{base}{path}", data=msgspec.json.encode(body)) as said:
                return msgspec.json.decode(await said.read())

        async def reading() -> int:
            items = odoo.read("")
            count = 0
            async for _ in items:
                count += 1
                if count == _ORDERS:
                    break
            await items.aclose()  # pyright: ignore[reportAttributeAccessIssue]
            return count

        async def asking() -> int:
            count = last = 0
            while count < _ORDERS:
                domain = [["id", ">", last]]
                asked = {"domain": domain, "fields": _FIELDS, "order": "id", "limit": 500}
                page = await ask("/mrp.production/search_read", asked)
                count, last = count + len(page), page[-1]["id"]
            return count

        async def sending() -> int:
            for _ in range(_LOTS):
                name = f"L{next(numbers)}"
                await odoo.send(system.request(name), key=name)
            return _LOTS

        async def making() -> int:
            for _ in range(_LOTS):
                asked = {"domain": [["default_code", "=", "PUMP"]], "fields": ["id"]}
                product = (await ask("/product.product/search_read", asked))[0]["id"]
                values = {"name": f"L{next(numbers)}", "product_id": product}
                (made,) = await ask("/stock.lot/create", {"vals_list": [values]})
                named = {"domain": [["id", "=", made]], "fields": ["display_name"]}
                await ask("/stock.lot/search_read", named)
            return _LOTS

        figures = [
            await measured("odoo", "read", work=reading, bare=asking),
            await measured("odoo", "send", work=sending, bare=making),
        ]
    await odoo.close()
    await system.stop()
    return figures
