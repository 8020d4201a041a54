"""A line that breaks in the sandbox company: who mends it, what moves with it, who is called."""

from datetime import timedelta
from decimal import Decimal

import pytest

from andon.sandbox.lab import compare, maintenance
from andon.sandbox.systems.cmms import Cmms, WorkOrder
from andon.sandbox.systems.crm import Crm
from andon.sandbox.systems.erp import Erp
from andon.sandbox.systems.erp_b import ErpB
from andon.sandbox.systems.mes_a import MesA
from andon.sandbox.systems.mes_b import MesB
from andon.sandbox.systems.planning import Job, Planning
from andon.sandbox.systems.portal import Portal
from andon.sandbox.truth import Broke, Mended, Serviced, Started, Wore
from andon.sandbox.world import BEGAN, World
from tests.integration.plant import until
from tests.story.company import served

CAUSE = "the punch is chipped"
AFTERNOON = BEGAN + timedelta(hours=14)
QUIET = 1447
"""In this world neither line breaks or begins to wear in the first three and a half hours."""


@pytest.mark.story
async def test_a_line_that_breaks_gets_a_mechanic_and_its_orders_new_dates() -> None:
    async with served(speed=60) as plant:
        world, systems = plant.company.world, plant.company.systems
        cmms, planning, erp = systems["cmms"], systems["planning"], systems["erp"]
        assert isinstance(cmms, Cmms)
        assert isinstance(planning, Planning)
        assert isinstance(erp, Erp)
        plant.company.live(until=world.began + timedelta(hours=6))
        for _ in range(4):
            erp.company.release("PUMP", 40)  # twenty minutes each, as planning reckons
        await until(lambda: _last(planning).ends > world.now() + timedelta(minutes=15), within=30)
        job = _last(planning)
        cmms.faults.add("lose")  # the order is raised, and Andon never hears of it
        world.truth.happens(Broke(at=world.now(), machine=job.line, cause=CAUSE))

        await until(lambda: any(order.status == "DONE" for order in _raised(cmms)), within=60)
        (order,) = _raised(cmms)
        assert cmms.assets[order.asset] == job.line
        assert cmms.faults.struck["lose"] == 1

        mended = [fact for fact in world.truth.facts if isinstance(fact, Mended)]
        assert job.line in {fact.machine for fact in mended}
        await until(lambda: job.line not in planning.down, within=30)
        assert await plant.page(f"equipment/company:{job.line}")
        await until(lambda: _moved(erp), within=30)


@pytest.mark.story
async def test_a_line_that_shakes_gets_a_mechanic_before_it_breaks() -> None:
    async with served(seed=QUIET, speed=120, began=BEGAN) as plant:
        company, world = plant.company, plant.company.world
        cmms, planning, erp = company.the(Cmms), company.the(Planning), company.the(Erp)
        for _ in range(4):
            erp.company.release("PUMP", 40)  # twenty minutes each, as planning reckons
        await plant.live(timedelta(hours=3))
        await until(lambda: bool(_works(world, "LINE1")), within=30)
        _shakes(world, "4.6")
        await until(lambda: bool(_soon(cmms)), within=30)
        for much in ("3.9", "5.4"):  # less for a moment, then worse: the same trouble
            _shakes(world, much)
        await until(lambda: "LINE1" in planning.down, within=30)
        (order,) = _soon(cmms)
        assert "vibration of LINE1 is 4.6 mm/s" in order.problem
        await until(lambda: order.status == "DONE", within=30)
        mine = [fact for fact in world.truth.facts if getattr(fact, "machine", "") == "LINE1"]
        assert {type(fact) for fact in mine} >= {Serviced, Mended}
        assert not [fact for fact in mine if isinstance(fact, Broke)]

        # Planning heard when it would stand and that it works; what had to wait has a new end.
        await until(lambda: "LINE1" not in planning.down, within=30)
        await company.rest(world.now())
        await until(lambda: _agree(planning, erp), within=30)
        assert maintenance.conditions(world.truth, world.now(), cmms).well
        page = await plant.page("equipment/company:LINE1")
        assert "condition.vibration.state" in str(page["matrix"])


def _works(world: World, line: str) -> list[Started]:
    return [one for one in world.truth.facts if isinstance(one, Started) and one.machine == line]


def _shakes(world: World, much: str) -> None:
    wore = Wore(at=world.now(), machine="LINE1", vibration=Decimal(much))
    world.truth.happens(wore)


def _soon(cmms: Cmms) -> list[WorkOrder]:
    """What somebody shall look at before the first line breaks."""
    return [one for one in cmms.orders.values() if one.priority == 2 and one.asset == "AST-0101"]


@pytest.mark.story
async def test_who_was_promised_what_a_broken_line_makes_is_called_before_they_ask() -> None:
    async with served(speed=60, began=AFTERNOON) as plant:
        company, world = plant.company, plant.company.world
        erp, crm, portal = company.the(Erp), company.the(Crm), company.the(Portal)
        planning, cmms = company.the(Planning), company.the(Cmms)
        wanted = portal.order("PUMP", Decimal(380), world.now())
        await until(lambda: bool(portal.orders[wanted].sales_order), within=30)
        promised = portal.orders[wanted].sales_order
        made = erp.company.release("PUMP", 380, sales_order=promised)
        order = f"production-order/erp:{made}"
        await until(lambda: order in planning.jobs, within=30)
        midnight = world.now().replace(hour=23, minute=59)
        assert planning.jobs[order].ends < midnight
        assert not crm.cases

        line = planning.jobs[order].line
        crm.faults.add("lose")  # the case is opened, and Andon never hears of it
        world.truth.happens(Broke(at=world.now(), machine=line, cause=CAUSE))
        await until(lambda: bool(_raised(cmms)), within=30)
        await until(lambda: planning.jobs[order].ends > midnight, within=30)
        await until(lambda: bool(crm.cases), within=30)
        (case,) = crm.cases.values()
        assert (case["Order__c"], case["Reason"]) == (promised, "at-risk")
        assert "promised for 2026-03-02 23:59 UTC" in case["Subject"]
        assert f"as planned now: {line} stands: {CAUSE}" in case["Subject"]
        await until(lambda: _agree(planning, erp), within=30)

        async def called() -> bool:
            page = await plant.page(f"sales-order/erp:{promised}")
            about = [(one["relation"], one["object"]) for one in page["links"]]
            return ("made-for", order) in about and "case" in str(page["matrix"])

        await until(called, within=30)
        assert crm.faults.struck["lose"] == 1
        assert len(crm.cases) == 1


@pytest.mark.story
async def test_planning_knows_which_orders_are_open_and_how_much_of_them() -> None:
    async with served(speed=60) as plant:
        company = plant.company
        erp, planning, mes = company.the(Erp), company.the(Planning), company.the(MesA)
        more = erp.company.release("PUMP", 40)
        await until(lambda: len(planning.jobs) == 1, within=30)  # it is the first on its line
        less, none, made = (erp.company.release("PUMP", n) for n in (30, 20, 1))
        names = {one: f"production-order/erp:{one}" for one in (more, less, none, made)}
        await until(lambda: planning.jobs.keys() == set(names.values()), within=30)
        places = {one: planning.jobs[name].starts for one, name in names.items()}

        # Planners change their minds: planning makes room, and an order keeps its place.
        planning.faults.add("lose")  # the word arrives, and Andon never hears so
        erp.company.resize(more, 60)
        erp.company.resize(less, 10)
        erp.company.cancel(none)
        await until(
            lambda: dict(maintenance.scheduled(planning)) == {
                names[more]: Decimal(60), names[less]: Decimal(10), names[made]: Decimal(1),
            },
            within=30,
        )  # fmt: skip
        assert planning.jobs[names[more]].starts == places[more]

        # What the floor is done with leaves the schedule, while the company goes on.
        company.live(until=company.world.began + timedelta(hours=1))
        await until(lambda: mes.floor.orders[made].status == "done", within=60)
        await until(lambda: names[made] not in planning.jobs, within=30)
        await company.lived()

        def open_orders() -> dict[str, Decimal]:
            floors = mes, company.the(ErpB), company.the(MesB)
            return dict(maintenance.open_orders(erp, *floors))

        assert planning.faults.struck["lose"] == 1
        await until(
            lambda: compare(open_orders().items(), maintenance.scheduled(planning)).well, within=60
        )


@pytest.mark.story
async def test_what_planning_moves_for_another_order_has_its_new_end_in_the_erp() -> None:
    async with served(speed=60) as plant:
        company = plant.company
        erp, planning, mes = company.the(Erp), company.the(Planning), company.the(MesA)
        orders = [erp.company.release("PUMP", 40) for _ in range(6)]
        names = {one: f"production-order/erp:{one}" for one in orders}
        await until(lambda: planning.jobs.keys() == set(names.values()), within=30)
        await until(lambda: _agree(planning, erp), within=60)
        due = planning.jobs[names[orders[0]]].due
        last = max(planning.jobs.values(), key=lambda job: job.ends)
        line = [job.order for job in planning.jobs.values() if job.line == last.line]
        first, second, third = (one for one in orders if names[one] in line)

        # Each decision moves an order that nobody decided anything about.
        erp.faults.add("lose")  # a date arrives, and Andon never hears so
        before = last.ends
        erp.company.resize(first, 60)
        await until(lambda: last.ends > before, within=30)
        before = last.ends
        erp.company.cancel(second)
        await until(lambda: last.ends < before, within=30)
        urgent = erp.company.release("PUMP", 30, company.world.now().date())
        await until(lambda: f"production-order/erp:{urgent}" in planning.jobs, within=30)
        await until(lambda: _agree(planning, erp), within=60)
        assert last.order == names[third]
        assert erp.faults.struck["lose"] == 1

        # The floor knows its dates from the ERP; planning hears none of its own words again.
        ends = planning.said[names[third]].replace(microsecond=0)
        await until(lambda: mes.floor.orders[third].due == ends, within=30)
        assert planning.jobs[names[first]].due == due
        assert not [case for case in await plant.cases() if case["team"] == "planner"]


def _agree(planning: Planning, erp: Erp) -> bool:
    """Whether every order of the ERP ends as planning said last."""
    return maintenance.dates(planning, erp).well


def _last(planning: Planning) -> Job:
    """The job that ends last; before there is one, one that ended long ago."""
    long_ago = planning.world.began
    jobs = [*planning.jobs.values(), Job("", "", long_ago, long_ago)]
    return max(jobs, key=lambda job: job.ends)


def _raised(cmms: Cmms) -> list[WorkOrder]:
    return [order for order in cmms.orders.values() if order.problem == CAUSE]


def _moved(erp: Erp) -> bool:
    """Whether an order that was due next week ends today."""
    today = erp.world.now().date()
    orders = erp.company.books.rows("A_ProductionOrder_2").values()
    return any(order["MfgOrderScheduledEndDate"].date() == today for order in orders)
