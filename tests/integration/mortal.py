"""A worker process whose bodies may kill it: `python -m tests.integration.mortal DSN WHERE`."""

import asyncio
import os
import signal
import sys

import msgspec

from andon.core.workflow import Run, Workflow, workflow
from andon.engine.clock import SystemClock
from andon.engine.worker import Worker
from tests.integration.plant import Ended, Plant, PostKeyed, Told

DEADLY = 7
"""How the process ends that steps a deadly run."""


def living(where: str) -> Workflow:
    """One effect, one wait, one effect; the body of order BAD dies at `where`."""

    @workflow(on=Told, name="follow")
    async def follow(run: Run, said: Told) -> None:
        def dies(here: str) -> None:
            if run.subject.endswith("BAD") and here == where:
                os._exit(DEADLY)

        dies("its beginning")
        await run.send(PostKeyed(order_id=run.subject, what="one"))
        dies("a receipt")
        await run.wait(Ended)
        dies("an event")
        await run.send(PostKeyed(order_id=run.subject, what="two"))

    return follow


def follows(plant: Plant, flow: Workflow) -> None:
    """The plant's only workflow from now on."""
    plant.plan = msgspec.structs.replace(
        plant.plan, workflows={flow.name: flow}, starts={Told.TYPE: [flow]}
    )


async def _work(dsn: str, where: str) -> None:
    plant = Plant(dsn)
    follows(plant, living(where))
    worker = Worker(plant.plan, dsn, SystemClock())
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, worker.stop)
    await worker.run()


if __name__ == "__main__":
    asyncio.run(_work(sys.argv[1], sys.argv[2]))
