"""The simulator on its own: an S/4HANA with a few orders, until it is stopped."""

__all__: list[str] = []

import asyncio
import contextlib

from andon.connectors.odata.simulator import SapSimulator


async def _run() -> None:
    sap = SapSimulator()
    for batch in ("B1", "B2"):
        sap.company.movements.stock_up("SEAL", 500, batch)
    sap.company.movements.stock_up("HOUSING", 500)
    orders = [sap.company.release("PUMP", n) for n in (5, 10, 20)]
    await sap.start(8443)
    print(f"url = {sap.url!r}")
    print(f"user {sap.gateway.user}, password {sap.gateway.password}, client {sap.gateway.client}")
    print(f"released: {', '.join(orders)}", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_run())
