"""Every comparison of a system with what happened; one more is a line in `AUDITS`."""

__all__ = ["AUDITS", "Audited", "audited", "glance"]

import asyncio
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from decimal import Decimal

import msgspec

from andon.sandbox.company import Company
from andon.sandbox.lab import (
    finance,
    fulfilment,
    inspecting,
    inventory,
    maintenance,
    master,
    plant_b,
    production,
    quality,
    returns,
    service,
    subcontracting,
    supply,
    telling,
)
from andon.sandbox.lab.reckoning import Reckoned, compare, reckon
from andon.sandbox.systems.carrier import Carrier
from andon.sandbox.systems.cmms import Cmms
from andon.sandbox.systems.contract_manufacturer import ContractManufacturer
from andon.sandbox.systems.erp import Erp
from andon.sandbox.systems.erp_b import ErpB
from andon.sandbox.systems.field_service import FieldService
from andon.sandbox.systems.machines_b import MachinesB
from andon.sandbox.systems.mes_a import MesA
from andon.sandbox.systems.mes_b import MesB
from andon.sandbox.systems.planning import Planning
from andon.sandbox.systems.plm import Plm
from andon.sandbox.systems.qms import Qms
from andon.sandbox.systems.receiving import Receiving
from andon.sandbox.systems.supplier_edi import SupplierEdi
from andon.sandbox.systems.supplier_portal import SupplierPortal
from andon.sandbox.systems.supplier_portal.seller import Seller
from andon.sandbox.systems.wms import Wms
from andon.sandbox.truth import Finished

Audit = Callable[[Company], Reckoned]


class Audited(msgspec.Struct, frozen=True):
    """What each comparison found."""

    found: Mapping[str, Reckoned]
    stock_error: Decimal
    """Pieces that somebody believes elsewhere than where they are."""
    hold_escapes: tuple[quality.Escape, ...]
    """What was taken of lots that were known to be held, or of what was made of them."""

    @property
    def well(self) -> bool:
        """Whether everybody believes what is so."""
        return self.whole.well and not self.stock_error and not self.hold_escapes

    @property
    def whole(self) -> Reckoned:
        """All of it together."""
        return sum(self.found.values(), Reckoned(lost=0, doubled=0, out_of_order=0))


def _postings(company: Company) -> Reckoned:
    facts = production.happened(company.world.truth)
    return reckon(facts, production.booked(company.the(Erp)))


def _confirmations(company: Company) -> Reckoned:
    return production.confirmations(company.world.truth, company.the(Erp))


def _decided(company: Company) -> Reckoned:
    return production.decided(company.the(Erp), company.the(MesA))


def _issues(company: Company) -> Reckoned:
    left = fulfilment.left(company.world.truth)
    return compare(left, fulfilment.issued(company.the(Erp)))


def _tenders(company: Company) -> Reckoned:
    truth = company.world.truth
    return fulfilment.tenders(truth, company.the(Wms), company.the(Carrier))


def _staged(company: Company) -> Reckoned:
    return compare(plant_b.happened(company.world.truth), plant_b.staged(company.the(ErpB)))


def _confirmed_b(company: Company) -> Reckoned:
    return plant_b.confirmed(company.world.truth, company.the(ErpB))


def _closed_b(company: Company) -> Reckoned:
    return plant_b.closed(company.the(MesB), company.the(ErpB))


def _counted_b(company: Company) -> Reckoned:
    return plant_b.counted(company.the(MachinesB), company.the(MesB), company.the(ErpB))


def _decided_b(company: Company) -> Reckoned:
    return plant_b.decided(company.the(ErpB), company.the(MesB))


def _set_aside_b(company: Company) -> Reckoned:
    return plant_b.set_aside(company.the(Qms), company.the(MesB))


def _blocked_b(company: Company) -> Reckoned:
    return plant_b.blocked(company.the(Qms), company.the(ErpB))


def _due_b(company: Company) -> Reckoned:
    return plant_b.due(company.the(ErpB), company.the(MesB), company.the(Planning))


def _receipts(company: Company) -> Reckoned:
    came = supply.happened(company.world.truth)
    return compare(came, supply.booked(company.the(Erp)))


def _returns(company: Company) -> Reckoned:
    back = supply.went_back(company.world.truth)
    return compare(back, supply.returns_booked(company.the(Erp)))


def _returns_told(company: Company) -> Reckoned:
    suppliers = company.the(SupplierEdi)
    told = supply.told_back(company.world.truth, suppliers)
    return compare(told, supply.given_back(suppliers))


def _completed(company: Company) -> Reckoned:
    erp, dock = company.the(Erp), company.the(Receiving)
    must = returns.settled(company.world.truth, erp, dock)
    return compare(must, returns.completed(erp))


def _asked_again(company: Company) -> Reckoned:
    suppliers = company.the(SupplierEdi), company.the(SupplierPortal)
    owed = returns.owed_again(company.world.truth, company.the(Receiving))
    return compare(owed, returns.asked_again(*suppliers))


def _provisions(company: Company) -> Reckoned:
    provided = subcontracting.provided(company.world.truth)
    return compare(provided, subcontracting.provisions_booked(company.the(Erp)))


def _consumed(company: Company) -> Reckoned:
    consumed = subcontracting.consumed(company.world.truth)
    return compare(consumed, subcontracting.consumption_booked(company.the(Erp)))


def _spoiled(company: Company) -> Reckoned:
    scrapped = subcontracting.scrapped(company.world.truth)
    return compare(scrapped, subcontracting.scrap_booked(company.the(Erp)))


def _sellers(company: Company) -> tuple[Seller, ...]:
    return company.the(SupplierPortal), company.the(ContractManufacturer)


def _ordered(company: Company) -> Reckoned:
    return supply.taken(company.the(Erp), company.the(SupplierEdi), *_sellers(company))


def _promises(company: Company) -> Reckoned:
    promised = supply.promised(company.the(SupplierEdi), *_sellers(company))
    return compare(promised, supply.promises_booked(company.the(Erp)))


def _announced(company: Company) -> Reckoned:
    announced = supply.announced(*_sellers(company))
    return compare(announced, supply.expected(company.the(Receiving)))


def _advices(company: Company) -> Reckoned:
    suppliers = company.the(SupplierEdi), company.the(SupplierPortal)
    judged = supply.judged(*suppliers, company.the(Receiving))
    return compare(judged, supply.advised(*suppliers))


def _maintenance(company: Company) -> Reckoned:
    return maintenance.orders(company.the(Cmms))


def _conditions(company: Company) -> Reckoned:
    world = company.world
    return maintenance.conditions(world.truth, world.now(), company.the(Cmms))


def _dates(company: Company) -> Reckoned:
    return maintenance.dates(company.the(Planning), company.the(Erp))


def _scheduled(company: Company) -> Reckoned:
    floor_a, floor_b = company.the(MesA), company.the(MesB)
    open = maintenance.open_orders(company.the(Erp), floor_a, company.the(ErpB), floor_b)
    return compare(open, maintenance.scheduled(company.the(Planning)))


def _transfers(company: Company) -> Reckoned:
    carried = inventory.carried(company.world.truth)
    return compare(carried, inventory.booked(company.the(Erp)))


def _adjustments(company: Company) -> Reckoned:
    seen = (
        *inventory.found(company.the(Wms)),
        *inventory.scrapped(company.world.truth),
    )
    return compare(seen, inventory.adjusted(company.the(Erp)))


def _tasks(company: Company) -> Reckoned:
    return inventory.tasks(company.the(Wms))


def _made(company: Company, orders: Container[str]) -> Iterator[str]:
    """Lots that came of these orders."""
    for fact in company.world.truth.facts:
        if isinstance(fact, Finished) and fact.good and fact.order in orders:
            yield fact.lot


def _inspections(company: Company) -> Reckoned:
    known = {*company.the(MesA).floor.orders, *company.the(MesB).floor.states}
    return quality.inspections(company.the(Qms), _made(company, known))


def _standing(company: Company) -> Reckoned:
    truth, qms, erp = company.world.truth, company.the(Qms), company.the(Erp)
    lots = _made(company, company.the(MesA).floor.orders)
    return inspecting.standing(truth, qms, erp, lots)


def _usage_decisions(company: Company) -> Reckoned:
    return quality.usage_decisions(company.the(Qms), company.the(Erp))


def _scrapped(company: Company) -> Reckoned:
    return quality.scrapped(company.the(Qms), company.the(MesA), company.the(Wms))


def _journal(company: Company) -> Reckoned:
    facts = finance.happened(company.world.truth)
    return compare((posting for _, posting in facts), finance.booked(company.the(Erp)))


def _parts(company: Company) -> Reckoned:
    used = service.happened(company.world.truth)
    return compare(used, service.booked(company.the(Erp)))


def _complaints(company: Company) -> Reckoned:
    return service.complaints(company.the(FieldService), company.the(Qms))


def _heard(company: Company) -> Reckoned:
    return service.heard(company.the(FieldService), company.the(Qms))


def _bills(company: Company) -> Reckoned:
    released = [one for one in master.happened(company.the(Plm)) if one.parts]
    return compare(released, master.booked(company.the(Erp)))


def _revisions(company: Company) -> Reckoned:
    return compare(master.happened(company.the(Plm)), master.given(company.the(MesA)))


def _routings(company: Company) -> Reckoned:
    return compare(master.routed(company.the(Plm)), master.made_by(company.the(MesA)))


def _stored(company: Company) -> Reckoned:
    return compare(master.storable(company.the(Plm)), master.stored(company.the(Wms)))


AUDITS: Mapping[str, Audit] = {
    "production postings, plant A": _postings,
    "confirmations, plant A": _confirmations,
    "orders as planned, plant A": _decided,
    "goods issues of deliveries": _issues,
    "loads tendered": _tenders,
    "production postings, plant B": _staged,
    "confirmations, plant B": _confirmed_b,
    "pieces counted and reported, plant B": _counted_b,
    "orders closed, plant B": _closed_b,
    "orders as planned, plant B": _decided_b,
    "due days, plant B": _due_b,
    "held lots set aside on the floor, plant B": _set_aside_b,
    "held lots blocked in the books, plant B": _blocked_b,
    "goods receipts of purchase orders": _receipts,
    "returns to suppliers": _returns,
    "returns told to suppliers": _returns_told,
    "replacements asked of suppliers": _asked_again,
    "lines of purchase orders completed": _completed,
    "components provided": _provisions,
    "components consumed at the contract manufacturer": _consumed,
    "scrap of the contract manufacturer": _spoiled,
    "purchase orders sent": _ordered,
    "promises of suppliers": _promises,
    "shipments announced by partners": _announced,
    "receiving advices": _advices,
    "maintenance orders": _maintenance,
    "maintenance by condition": _conditions,
    "order dates": _dates,
    "orders open at planning": _scheduled,
    "transfers to the warehouse": _transfers,
    "counts and scrap of the warehouse": _adjustments,
    "tasks of the warehouse": _tasks,
    "inspections": _inspections,
    "stock as inspected": _standing,
    "usage decisions": _usage_decisions,
    "lots to be scrapped": _scrapped,
    "journal entries, plant A": _journal,
    "spare parts of visits": _parts,
    "complaints of service cases": _complaints,
    "news told to the field service": _heard,
    "orders of the portal": telling.entered,
    "news in the customers' files": telling.news,
    "cases of late orders": telling.late,
    "what the portal shows": telling.shown,
    "bills of material": _bills,
    "revisions on the floor, plant A": _revisions,
    "routings on the floor, plant A": _routings,
    "revisions in the warehouse": _stored,
    "orders told to analytics as planned": telling.orders,
    "rows told to analytics": telling.rows,
    "events streamed to analytics": telling.events,
}


async def glance(company: Company) -> Reckoned:
    """About how it stands, while it changes: between two comparisons the systems answer, and in a
    long run all of them together would keep everybody waiting for seconds."""
    whole = Reckoned(lost=0, doubled=0, out_of_order=0)
    for audit in AUDITS.values():
        whole += audit(company)
        await asyncio.sleep(0)
    return whole


def audited(company: Company, dead: Sequence[quality.Span] = ()) -> Audited:
    """As it stands now; while things are on their way, they are lost. Nobody can be told anything
    while Andon is `dead`."""
    wms = company.the(Wms)
    return Audited(
        {name: audit(company) for name, audit in AUDITS.items()},
        inventory.stock_error(company.world.truth, company.the(Erp), wms),
        quality.hold_escapes(
            company.the(Qms).holds,
            wms.picks(),
            company.world.truth.facts,
            company.the(MesA).cut_off,
            dead,
            company.the(Qms).concessions,
        ),
    )
