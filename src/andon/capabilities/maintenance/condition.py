"""Condition: a machine that is about to break gets somebody before it does."""

__all__ = ["maintain_by_condition"]

from datetime import UTC, timedelta

from andon.capabilities.maintenance.breakdown import announce
from andon.core.errors import LateError, RejectedError
from andon.core.workflow import Run, Workflow, workflow
from andon.model.maintenance import (
    ORDER_OPEN,
    MaintenanceCompleted,
    MaintenanceScheduled,
    RaiseMaintenance,
)
from andon.model.plant import ConditionChanged, EquipmentStateChanged

_NOW = timedelta()
_AGAIN = "have somebody look"


def maintain_by_condition(*, lasts: timedelta) -> Workflow:
    """What is over its limit for so long gets a maintenance order, and planning is told when the
    machine will stand for it. The CMMS refuses a second one while somebody is asked for already:
    they see to this as well. What is still over its limit when they have gone, as the machine said
    last, is maintenance's question: a machine that is not connected says nothing better. One that
    breaks meanwhile is `get_it_running`'s."""

    @workflow(on=ConditionChanged, name="maintain_by_condition")
    async def maintaining(run: Run, changed: ConditionChanged) -> None:
        condition = _Condition(changed)
        wanted = await _still_over(run, condition, lasts)
        while wanted:
            await _raise(run, condition)
            wanted = (
                await _completed(run, condition)
                and await _still_over(run, condition, lasts)
                and await _wanted_again(run, condition)
            )

    return maintaining


class _Condition:
    """What is measured of the machine, as it was said last."""

    def __init__(self, changed: ConditionChanged) -> None:
        self.last = changed

    @property
    def over(self) -> bool:
        return self.last.condition == "alert"

    def hear(self, changed: ConditionChanged) -> None:
        """Something else that is measured has runs of its own."""
        if changed.measured == self.last.measured:
            self.last = changed

    def says(self, machine: str) -> str:
        """To whoever shall come."""
        last = self.last
        since = "" if last.changed_at is None else f", {last.changed_at.astimezone(UTC):%H:%M} UTC"
        return f"{last.measured} of {machine} is {last.value}{since}; its limit is {last.limit}"


async def _still_over(run: Run, condition: _Condition, lasts: timedelta) -> bool:
    """After so long; what returns to normal before that is no episode."""
    until = run.now + lasts
    while condition.over:
        try:
            condition.hear(await run.wait(ConditionChanged, within=max(until - run.now, _NOW)))
        except LateError:
            return True
    return False


async def _raise(run: Run, condition: _Condition) -> None:
    problem = condition.says(run.local)
    raised = RaiseMaintenance(
        equipment_id=run.subject,
        priority="soon",
        problem=problem,
        since=condition.last.changed_at or run.now,
    )
    try:
        await run.send(raised)
    except RejectedError as error:
        if error.code != ORDER_OPEN:
            await run.ask(
                "maintenance",
                f"{problem}, and the CMMS takes no order for it: {str(error).rstrip('.')}. Raise"
                " one there by hand.",
                "it is raised",
            )


async def _completed(run: Run, condition: _Condition) -> bool:
    """Whether they came before it broke."""
    announced = False
    while True:
        said = await run.wait(
            ConditionChanged, EquipmentStateChanged, MaintenanceScheduled, MaintenanceCompleted
        )
        match said:
            case ConditionChanged():
                condition.hear(said)
            case EquipmentStateChanged(state="OutOfService"):
                return False
            case MaintenanceScheduled():
                why = f"maintenance: {condition.last.measured}"
                await announce(run, said.starts_at, said.ends_at, why)
                announced = True
            case MaintenanceCompleted():
                if announced:
                    await announce(run, said.completed_at or run.now, None, "maintenance is done")
                return True
            case EquipmentStateChanged():
                pass  # it runs, or stands without having broken


async def _wanted_again(run: Run, condition: _Condition) -> bool:
    """Whether maintenance says so, before the machine says that all is well."""
    asked = run.ask(
        "maintenance",
        f"{condition.says(run.local)}, as it said last, though somebody was there. Have somebody"
        " look again; or leave it.",
        _AGAIN,
        "leave it",
    )
    while True:
        place, said = await run.first(asked, run.wait(ConditionChanged))
        if place == 0:
            return said == _AGAIN
        condition.hear(said)
        if not condition.over:
            await run.withdraw(asked)
            return False
