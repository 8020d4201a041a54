"""Components: what an order takes is promised to it; what is missing is said before it stands."""

__all__ = ["check_components", "question_shortage"]

from collections.abc import Sequence
from datetime import timedelta

from andon.core.errors import LateError
from andon.core.insisting import insist
from andon.core.quantity import Quantity
from andon.core.workflow import Ask, Run, workflow
from andon.model.components import (
    ComponentsChecked,
    FreeComponents,
    MissingComponent,
    ReserveComponents,
)
from andon.model.production import (
    NeededComponent,
    OrderCancelled,
    OrderChanged,
    OrderCompleted,
    OrderReleased,
    OrderReopened,
)

_WAITS, _COMES = "the order waits", "it comes in time"


@workflow(on=OrderReleased)
async def check_components(run: Run, released: OrderReleased) -> None:
    """Reserved where the stock is kept, for as much as the order is changed to, until nothing more
    is made."""
    if not released.components or not await _reserved(run, released.components):
        return
    while True:
        match await run.wait(OrderChanged, OrderCompleted, OrderCancelled, OrderReleased):
            case OrderChanged() as said:
                if not await _reserved(run, _for(said, released)):
                    return
            case OrderCompleted() | OrderCancelled():
                break
            case OrderReleased():
                return  # taken back and released anew: that has a run of its own
    await insist(
        run,
        FreeComponents(order_id=run.subject),
        team="warehouse",
        says=lambda error: (
            f"Nothing more is made for {run.local}, and what is promised to it is not freed:"
            f" {error} Mend the cause and free it again, or free it by hand."
        ),
        again="free again",
        by_hand="it is free",
    )


@workflow(on=ComponentsChecked, earlier=True)
async def question_shortage(run: Run, checked: ComponentsChecked) -> None:
    """A shortage is purchasing's question until something else is said of it, or nothing more is
    made: a question goes with its run, so each check has one of its own. Where it was said before
    the check that the order is done, there is none."""
    if not checked.missing:
        return
    asked = _ask(run, checked.missing)
    begun = done = False
    while True:
        heard = run.wait(
            ComponentsChecked,
            OrderCompleted,
            OrderCancelled,
            OrderReleased,
            OrderReopened,
            within=None if begun else timedelta(),
        )
        try:
            place, said = await run.first(asked, heard)
        except LateError:
            if done:
                return
            begun = True
            continue
        begun = begun or not run.earlier
        match said:
            case OrderCompleted() | OrderCancelled():
                done = True
            case OrderReleased() | OrderReopened():
                done = False
            case _ if place == 0 or begun:
                return
            case _:
                pass  # an older check; this one stands in its place
        if done and begun:
            return


async def _reserved(run: Run, components: Sequence[NeededComponent]) -> bool:
    receipt = await insist(
        run,
        ReserveComponents(order_id=run.subject, components=tuple(components)),
        team="warehouse",
        says=lambda error: (
            f"Nobody knows whether the components of {run.local} are there: they cannot be"
            f" reserved: {error} Mend the cause and reserve again, or look yourself."
        ),
        again="reserve again",
        by_hand="they are there",
    )
    return receipt is not None


def _for(changed: OrderChanged, released: OrderReleased) -> Sequence[NeededComponent]:
    """As much more, or less, of each as the order is now."""
    now, before = changed.planned.amount, released.planned.amount
    return [
        NeededComponent(
            material_id=part.material_id,
            quantity=Quantity(part.quantity.amount * now / before, part.quantity.unit),
        )
        for part in released.components
    ]


def _ask(run: Run, missing: Sequence[MissingComponent]) -> Ask:
    what = ", ".join(f"{part.quantity} of {part.material_id}" for part in missing)
    return run.ask(
        "purchasing",
        f"{run.local} cannot be made: {what} missing. Press the supplier, or agree with planning"
        " that the order waits. This goes away once all of it is there.",
        _WAITS,
        _COMES,
    )
