"""A press shop: states by Sparkplug B; a jammed press is reset once a person agrees."""

__all__ = ["ResetPress", "andon", "presence", "recover", "reset", "state"]

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, ClassVar

from andon.app import Andon
from andon.connectors import sparkplug
from andon.connectors.sparkplug import Presence, Reading, Sparkplug, equipment_state
from andon.core.connector import Item, Request
from andon.core.errors import LateError
from andon.core.mapping import Known, Said, inbound, outbound
from andon.core.message import Command, Finding
from andon.core.plant import Connection, Route
from andon.core.workflow import Run, workflow
from andon.model.plant import EquipmentState, EquipmentStateChanged
from andon.model.terms import EquipmentId

STATES: Mapping[Any, EquipmentState] = {0: "NotExecuting", 1: "Executing", 2: "OutOfService"}
"""What the presses' `State` means."""

LONG = timedelta(seconds=1)
"""A press that stands longer does not get going by itself. Minutes, in a real shop."""


class ResetPress(Command, frozen=True, kw_only=True):
    """Clear the fault and go on; a word of this shop, not of the canonical model."""

    TYPE: ClassVar[str] = "press-shop.equipment.reset.v1"
    KIND: ClassVar[str] = "equipment"
    KEY: ClassVar[str] = "equipment_id"

    equipment_id: EquipmentId


@inbound("state")
def state(item: Item, known: Known) -> Iterable[Said]:
    """A press does something else; one whose node is gone is not available."""
    reading = item.read(Reading)
    changed = equipment_state(
        reading,
        known.before(Reading),
        STATES,
        reason=reading.beside["Reason"] or None,
        level="WorkUnit",
    )
    if changed is not None:
        yield changed


@inbound("presence")
def presence(item: Item, _: Known) -> Iterable[Said]:
    """Who went while Andon was away is known by its silence. Births and deaths come as states."""
    told = item.read(Presence)
    match told.what:
        case "silent" if told.device is not None:
            yield EquipmentStateChanged(
                equipment_id=told.device,
                state="NotAvailable",
                reason="not connected",
                changed_at=told.at,
            )
        case "gap":
            yield Finding("missing-messages", f"{told.node}: {told.why}; states may be missing")
        case "silent" | "born" | "dead":
            return


@outbound(ResetPress, proof="state", local=True)
def reset(_: ResetPress, known: Known) -> Request:
    """A button: what proves it is that the press runs."""
    return Request(
        target=f"PressShop/edge1/{known.local}",
        body={"metrics": {"Control/Reset": True}, "confirm": {"State": 1}},
    )


@workflow(on=EquipmentStateChanged)
async def recover(run: Run, stands: EquipmentStateChanged) -> None:
    """Whoever stands too long with a reason is reset, if a person says so."""
    if stands.state != "NotExecuting" or stands.reason is None:
        return
    try:
        await run.wait(EquipmentStateChanged, within=LONG)
    except LateError:
        question = f"{stands.equipment_id} stands: {stands.reason}. Is it free?"
        if await run.ask("shift lead", question, "reset", "leave it") == "reset":
            await run.send(ResetPress(equipment_id=run.subject))


andon = Andon(
    "press_shop",
    site="plant-p",
    connections=[
        Connection("presses", Sparkplug, [state, presence, reset, *sparkplug.mappings]),
    ],
    workflows=[recover],
    routes=[Route(ResetPress, "presses")],
    messages=[ResetPress],
)
