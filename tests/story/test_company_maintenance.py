"""A line that breaks in the sandbox company: a mechanic comes, and the schedule moves with it."""

from datetime import timedelta

import pytest

from andon.sandbox.systems.cmms import Cmms
from andon.sandbox.systems.erp import Erp
from andon.sandbox.systems.planning import Planning
from andon.sandbox.truth import Broke, Mended
from tests.integration.plant import until
from tests.story.company import served


@pytest.mark.story
async def test_a_line_that_breaks_gets_a_mechanic_and_its_orders_new_dates() -> None:
    async with served(speed=180) as plant:
        world, systems = plant.company.world, plant.company.systems
        cmms, planning, erp = systems["cmms"], systems["planning"], systems["erp"]
        assert isinstance(cmms, Cmms)
        assert isinstance(planning, Planning)
        assert isinstance(erp, Erp)
        plant.company.live(until=world.began + timedelta(hours=6))
        await until(lambda: len(planning.jobs) >= 3, within=30)
        job = next(job for job in planning.jobs.values() if job.ends > world.now())
        cmms.faults.add("lose")  # the order is raised, and Andon never hears of it
        world.truth.happens(Broke(at=world.now(), machine=job.line, cause="jam at the press"))

        await until(
            lambda: any(order.status == "DONE" for order in cmms.orders.values()), within=60
        )
        (raised,) = [order for order in cmms.orders.values() if order.problem == "jam at the press"]
        assert cmms.assets[raised.asset] == job.line
        assert cmms.faults.struck["lose"] == 1

        mended = [fact for fact in world.truth.facts if isinstance(fact, Mended)]
        assert mended[0].machine == job.line
        await until(lambda: job.line not in planning.down, within=30)
        page = await plant.page(f"equipment/company:{job.line}")
        assert page
        moved = [order for order in erp.company.books.rows("A_ProductionOrder_2").values()
                 if order["MfgOrderScheduledEndDate"].date() == world.now().date()]  # fmt: skip
        assert moved, "no order has a new end in the ERP"
