"""Lots and their state, and what a test says of them."""

__all__ = ["Header", "Lot", "LotItem", "Test", "TestItem", "material_lot", "test_result"]

from collections.abc import Iterator
from typing import cast, get_args

import msgspec

from andon.connectors.b2mml.rows import Many, first, moment
from andon.connectors.b2mml.settings import B2mmlSettings
from andon.core.connector import Item
from andon.core.errors import Fault, MappingError
from andon.core.mapping import Known, Said, inbound
from andon.model.inventory import LotCreated
from andon.model.isa95 import Disposition
from andon.model.quality import Decision, HoldPlaced, HoldReleased, InspectionDecided


class Lot(msgspec.Struct, frozen=True, kw_only=True):
    """The part of a MaterialLot we read."""

    id: str = msgspec.field(name="ID")
    material: str = msgspec.field(name="MaterialDefinitionID", default="")
    status: str = msgspec.field(name="Status", default="")
    disposition: str = msgspec.field(name="Disposition", default="")


class Header(msgspec.Struct, frozen=True):
    """Of a MaterialInformation: V0401 names the material there."""

    id: str = msgspec.field(name="ID", default="")


class LotItem(msgspec.Struct, frozen=True):
    """The item."""

    body: Lot
    header: Header = Header()

    @property
    def held(self) -> bool:
        """Restricted: it must not be used."""
        return self.body.disposition == "Restricted"


class Test(msgspec.Struct, frozen=True, kw_only=True):
    """The part of a TestResult we read."""

    id: str = msgspec.field(name="ID")
    object: str = msgspec.field(name="TestableObjectID", default="")
    result: str | None = msgspec.field(name="EvaluatedCriterionResult", default=None)
    evaluated: str | None = msgspec.field(name="EvaluationDate", default=None)
    why: Many = msgspec.field(name="Description", default=None)


class TestItem(msgspec.Struct, frozen=True):
    """The item."""

    body: Test


@inbound("MaterialLot")
def material_lot(item: Item, known: Known) -> Iterator[Said]:
    """A lot first heard of exists; one that becomes Restricted is held until it is not any more."""
    now = item.read(LotItem)
    before = known.before(LotItem)
    lot = now.body
    disposition = _disposition(lot)
    if before is None:
        yield LotCreated(
            lot_id=lot.id,
            material_id=lot.material or now.header.id or _missing(lot),
            disposition=disposition,
        )
    if now.held and (before is None or not before.held):
        yield HoldPlaced(lot_id=lot.id, reason=lot.status or "Disposition Restricted")
    elif before is not None and before.held and not now.held:
        yield HoldReleased(lot_id=lot.id, reason=lot.status or None, disposition=disposition)


@inbound("TestResult")
def test_result(item: Item, known: Known) -> Iterator[Said]:
    """A result that is evaluated is a decision about the lot; measurements alone are no news."""
    test = item.read(TestItem).body
    if not test.result:
        return
    settings = cast(B2mmlSettings, known.settings)
    decision: Decision
    if test.result in settings.passed:
        decision = "accept"
    elif test.result in settings.failed:
        decision = "reject"
    else:
        raise MappingError(
            f"Test {test.id}: {test.result!r} is neither among `passed` nor among `failed`",
            [Fault("body/EvaluatedCriterionResult", "unknown")],
        )
    yield InspectionDecided(
        inspection_id=test.id,
        decision=decision,
        lot_id=test.object or None,
        reason=first(test.why) or None,
        decided_at=moment(test.evaluated, "EvaluationDate"),
    )


def _disposition(lot: Lot) -> Disposition | None:
    if not lot.disposition:
        return None
    if lot.disposition not in get_args(Disposition):
        raise MappingError(
            f"Lot {lot.id}: {lot.disposition!r} is no Disposition of ISA-95",
            [Fault("body/Disposition", "no Disposition")],
        )
    return cast("Disposition", lot.disposition)


def _missing(lot: Lot) -> str:
    raise MappingError(
        f"Lot {lot.id} does not say of which material it is",
        [Fault("body/MaterialDefinitionID", "missing")],
    )
