"""Lines that wear shake before they break; a mechanic who comes in time puts them right."""

from datetime import timedelta
from decimal import Decimal

from andon.sandbox.company import Company
from andon.sandbox.lab import maintenance
from andon.sandbox.lives import production
from andon.sandbox.lives.maintenance import begin
from andon.sandbox.systems.cmms import Cmms, WorkOrder
from andon.sandbox.systems.erp import Erp
from andon.sandbox.systems.machines import BROKEN, Machines
from andon.sandbox.systems.mes_a import MesA
from andon.sandbox.systems.mes_a.floor import Order
from andon.sandbox.truth import Broke, Mended, Serviced, Started, Wore
from andon.sandbox.world import BEGAN
from tests.unit.sandbox.test_warehouse_and_quality import asked

LINE = "LINE1"
MINUTE = timedelta(minutes=1)


def company_of(seed: int = 1) -> Company:
    return Company(seed=seed, andon="http://127.0.0.1:1", systems=(Machines, Cmms))


def lived(hours: int) -> Company:
    company = company_of()
    begin(company.world, company.systems)
    company.world.run(BEGAN + timedelta(hours=hours))
    return company


def raised(company: Company, line: str = LINE, *, minutes: int = 0) -> WorkOrder:
    """As Andon asks for somebody because a line shakes."""
    cmms = company.the(Cmms)
    asset = next(id for id, tag in cmms.assets.items() if tag == line)
    order = WorkOrder(
        id=f"WO-{len(cmms.orders)}", asset=asset, problem="vibration", priority=2,
        external_ref=f"k{len(cmms.orders)}", changed=cmms.now() + minutes * MINUTE,
    )  # fmt: skip
    cmms.orders[order.id] = order
    return order


def test_a_line_that_wears_shakes_more_and_more_until_it_breaks() -> None:
    facts = lived(72).world.truth.facts
    worn = [one for one in facts if isinstance(one, Wore) and one.machine == LINE]
    broke = [one for one in facts if isinstance(one, Broke) and one.machine == LINE]
    by_wear = [one for one in broke if one.at in {last.at for last in worn}]
    assert by_wear
    assert {one.cause for one in by_wear} == {"bearing runs hot", "spindle drive tripped"}
    assert {one.cause for one in broke} - {one.cause for one in by_wear}
    for one in by_wear:
        before = [it.vibration for it in worn if one.at - 40 * MINUTE < it.at <= one.at]
        assert before[-1] > Decimal("7.5")
        assert before[-1] > before[len(before) // 2] > before[0]


def test_who_comes_before_it_breaks_stops_it_and_it_does_not_break() -> None:
    company = company_of()
    begin(company.world, company.systems)
    world = company.world
    while LINE not in world.truth.worn:
        world.run(world.now() + MINUTE)
    order = raised(company)
    while order.status != "DONE":
        world.run(world.now() + MINUTE)
    mine = [one for one in world.truth.facts if getattr(one, "machine", "") == LINE]
    stopped = next(n for n, one in enumerate(mine) if isinstance(one, Serviced))
    assert isinstance(mine[stopped - 1], Wore)
    assert isinstance(mine[stopped + 1], Mended)
    assert order.finding == "vibration: put right"


async def test_the_cmms_takes_no_second_order_of_a_machine_unless_it_stands() -> None:
    company = company_of()
    cmms = company.the(Cmms)
    body = {"asset": "AST-0101", "problem": "vibration", "priority": 2, "external_ref": "k"}
    async with asked(company, {"Authorization": f"Bearer {cmms.key}"}) as ask:
        url = f"{cmms.address}/workorders"
        assert (await ask("POST", url, json=body))[0] == 201
        status, said = await ask("POST", url, json=body)
        assert (status, said["code"]) == (409, "order-open")
        assert (await ask("POST", url, json={**body, "asset": "AST-0102"}))[0] == 201
        assert (await ask("POST", url, json={**body, "priority": 1}))[0] == 201
        for order in cmms.orders.values():
            cmms.change(order, "DONE")
        assert (await ask("POST", url, json=body))[0] == 201


def test_a_line_that_has_shaken_for_long_and_nobody_is_asked_for_is_lost() -> None:
    company = company_of()
    world, truth = company.world, company.world.truth
    truth.happens(Wore(at=world.now(), machine=LINE, vibration=Decimal("4.6")))
    world.run(BEGAN + 10 * MINUTE)
    assert maintenance.conditions(truth, world.now(), company.the(Cmms)).well
    world.run(BEGAN + 16 * MINUTE)
    assert maintenance.conditions(truth, world.now(), company.the(Cmms)).lost == 1
    raised(company)
    assert maintenance.conditions(truth, world.now(), company.the(Cmms)).well


def test_an_order_of_a_line_that_did_not_shake_and_a_second_one_are_too_many() -> None:
    company = company_of()
    world, truth = company.world, company.world.truth
    raised(company, "LINE2")
    assert maintenance.conditions(truth, world.now(), company.the(Cmms)).doubled == 1
    truth.happens(Wore(at=world.now(), machine="LINE2", vibration=Decimal("4.6")))
    assert maintenance.conditions(truth, world.now(), company.the(Cmms)).well
    raised(company, "LINE2")
    assert maintenance.conditions(truth, world.now(), company.the(Cmms)).doubled == 1
    truth.happens(Mended(at=world.now(), machine="LINE2"))
    truth.happens(Wore(at=world.now(), machine="LINE2", vibration=Decimal("4.4")))
    assert maintenance.conditions(truth, world.now(), company.the(Cmms)).doubled == 1
    truth.happens(Wore(at=world.now(), machine="LINE2", vibration=Decimal("4.5")))
    assert maintenance.conditions(truth, world.now(), company.the(Cmms)).well


def test_a_line_that_stands_takes_no_order_and_does_not_say_that_it_works() -> None:
    systems = (Erp, MesA, Machines)
    company = Company(seed=1, andon="http://127.0.0.1:1", systems=systems)
    world, floor = company.world, company.the(MesA).floor
    world.truth.happens(Broke(at=world.now(), machine=LINE, cause="jam"))
    production.begin(world, company.systems)
    for number in ("1", "2"):
        floor.queue(Order(number=number, item="PUMP", quantity=Decimal(4), revision="01"))
    world.run(BEGAN + 20 * MINUTE)
    started = [one.machine for one in world.truth.facts if isinstance(one, Started)]
    assert started == ["LINE2", "LINE2"]
    assert company.the(Machines).node.devices[LINE]["State"].value == BROKEN
    world.truth.happens(Mended(at=world.now(), machine=LINE))
    for number in ("3", "4"):
        floor.queue(Order(number=number, item="PUMP", quantity=Decimal(4), revision="01"))
    world.run(world.now() + 5 * MINUTE)
    assert LINE in {one.machine for one in world.truth.facts if isinstance(one, Started)}
