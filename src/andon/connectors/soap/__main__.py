"""The simulated shop on its own, with a few orders, until it is stopped."""

__all__: list[str] = []

import asyncio
import contextlib

from andon.connectors.soap.simulator import ShopService


async def _run() -> None:
    shop = ShopService()
    await shop.start()
    await shop.say(3)
    print(f"wsdl = {shop.system.wsdl!r}")
    print(f"user {shop.system.user}, password {shop.system.password}")
    print(f"released: {', '.join(shop.system.orders)}", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_run())
