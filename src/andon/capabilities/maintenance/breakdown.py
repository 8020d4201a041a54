"""Breakdown: from a machine that stands to a maintenance order, and to the schedule."""

__all__ = ["announce", "get_it_running"]

from datetime import datetime, timedelta

from andon.core.errors import LateError, RejectedError
from andon.core.workflow import Run, workflow
from andon.model.maintenance import (
    MaintenanceCompleted,
    MaintenanceScheduled,
    MaintenanceStarted,
    RaiseMaintenance,
)
from andon.model.planning import AnnounceDowntime
from andon.model.plant import EquipmentStateChanged

GUESS = timedelta(hours=1)
"""How long planning reckons with a standstill until maintenance says better."""


@workflow(on=EquipmentStateChanged)
async def get_it_running(run: Run, stands: EquipmentStateChanged) -> None:
    """A machine out of service gets a maintenance order at once, and planning is told; told again
    when maintenance says when it comes, and when the machine works."""
    if stands.state != "OutOfService":
        return
    since = stands.changed_at or run.now
    reason = stands.reason or "it stands, and does not say why"
    raised = RaiseMaintenance(
        equipment_id=run.subject,
        priority="breakdown",
        problem=reason,
        since=since,
    )
    try:
        await run.send(raised)
    except RejectedError as error:
        await run.ask(
            "maintenance",
            f"{run.local} stands ({reason}), and the CMMS takes no order for"
            f" it: {error} Raise one there by hand.",
            "it is raised",
        )
    await announce(run, since, since + GUESS, reason)
    await _follow(run, since, reason)


async def _follow(run: Run, since: datetime, reason: str) -> None:
    """Until the machine itself says that it works."""
    while True:
        try:
            said = await run.wait(
                EquipmentStateChanged,
                MaintenanceScheduled,
                MaintenanceStarted,
                MaintenanceCompleted,
                within=GUESS,
            )
        except LateError:
            await announce(run, since, run.now + GUESS, reason)
            continue
        match said:
            case EquipmentStateChanged(state="Executing" | "NotExecuting"):
                await announce(run, since, None, reason)
                return
            case MaintenanceScheduled():
                await announce(run, since, said.ends_at, reason)
            case EquipmentStateChanged() | MaintenanceStarted() | MaintenanceCompleted():
                pass  # nobody plans with these alone


async def announce(run: Run, since: datetime, until: datetime | None, reason: str) -> None:
    """Planning reckons with a standstill; without `until`, it is over."""
    await run.send(
        AnnounceDowntime(equipment_id=run.subject, since=since, expected_until=until, reason=reason)
    )
