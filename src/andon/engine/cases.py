"""The words of the exceptions that deliveries and runs open:
what, what is known, what to do next."""

__all__ = [
    "approval",
    "failure",
    "outage",
    "parked",
    "question",
    "refusal",
    "set_aside",
    "stuck",
    "unkept",
]

from collections.abc import Sequence

from andon.core.errors import AndonError, RefusedError
from andon.core.plant import Approve
from andon.core.workflow import Ask
from andon.engine.live import Live
from andon.engine.parcel import Asked, Parcel
from andon.engine.rows import jsonb
from andon.engine.work import Work
from andon.store.ingest import Raised


def parked(asked: Asked) -> Raised:
    """A command that needs a person before it goes on."""
    parcel = asked.parcel
    name = type(parcel.command).__name__
    return Raised(
        cause=f"parked:{parcel.key}",
        acts=asked.acts,
        code=asked.code,
        team=parcel.wired.name,
        connection=parcel.wired.name,
        subject=parcel.subject,
        position=parcel.position,
        run=parcel.run,
        n=parcel.n,
        text=f"{name} did not get through to {parcel.wired.name} after {parcel.attempts} attempts:"
        f" {asked.text}. Later commands for {parcel.order_key} to {parcel.wired.name} wait behind"
        " it."
        " Mend the cause, then try again; or say that it was done; or give it up.",
        detail=jsonb({"key": parcel.key, "attempts": parcel.attempts}),
        choices=("try again", "it was done", "give up"),
    )


def approval(parcel: Parcel, asker: str, approvals: Sequence[Approve]) -> Raised:
    """A command that waits for a person's word; after the first team the others are asked."""
    first, then = approvals[0], approvals[1:]
    name = type(parcel.command).__name__
    return Raised(
        cause=f"approve:{parcel.key}:{len(approvals)}",
        acts="data owner",
        code="approval",
        team=first.team,
        connection=parcel.wired.name,
        subject=parcel.subject,
        run=parcel.run,
        n=parcel.n,
        text=f"{name} for {parcel.subject} to {parcel.wired.name}, asked for by {asker}, waits for"
        f" approval: {first.reason}. Later commands for {parcel.order_key} to {parcel.wired.name}"
        " wait behind it. Approve it, and it is sent; deny it, and who asked is told so.",
        detail=jsonb({"key": parcel.key, "asker": asker, "then": then}),
        choices=("approve", "deny"),
    )


def refusal(parcel: Parcel, error: RefusedError) -> Raised:
    """A command of a person or program that its target refuses."""
    name = type(parcel.command).__name__
    return Raised(
        cause=f"refused:{parcel.key}",
        acts=error.acts,
        code="refused",
        team=parcel.wired.name,
        connection=parcel.wired.name,
        subject=parcel.subject,
        position=parcel.position,
        text=f"{parcel.wired.name} refuses {name}: {error}. Nothing was changed there."
        f" Correct the data with {parcel.wired.name} and send it again.",
        detail=jsonb({"key": parcel.key}),
    )


def question(live: Live, ask: Ask) -> Raised:
    """What a workflow asks a team."""
    return Raised(
        cause=f"asked:{live.id}:{ask.n}",
        acts="data owner",
        code="question",
        team=ask.team,
        subject=live.subject,
        run=live.id,
        n=ask.n,
        text=ask.text,
        choices=ask.choices,
    )


def failure(live: Live, acts: str, error: Exception) -> Raised:
    """A run that stopped on an error its body does not handle."""
    kind = "" if isinstance(error, AndonError) else f"{type(error).__name__}: "
    return Raised(
        cause=f"failed:{live.id}",
        acts=acts,
        code="workflow-failed",
        team="integration" if acts == "developer" else "planning",
        subject=live.subject,
        run=live.id,
        text=f"{live.flow.name} stopped for {live.subject}: {kind}{error}. {_left(live)}"
        " Nothing further is sent. Mend the cause and start it again.",
    )


def unkept(parcel: Parcel, error: Exception) -> Raised:
    """A command that was done and whose answer cannot be kept."""
    name = type(parcel.command).__name__
    return Raised(
        cause=f"unkept:{parcel.key}",
        acts="developer",
        code="answer-not-kept",
        team="integration",
        connection=parcel.wired.name,
        subject=parcel.subject,
        position=parcel.position,
        text=f"{parcel.wired.name} did {name}, but its answer cannot be kept: {error}. The command"
        " counts as done, without number and details. Mend the connector: a receipt holds what"
        " JSON can say.",
        detail=jsonb({"key": parcel.key}),
    )


def stuck(run: str, subject: str, told: str) -> Raised:
    """A run that cannot be stepped and is parked where it stood."""
    return Raised(
        cause=f"stuck:{run}",
        acts="developer",
        code="run-parked",
        team="integration",
        subject=subject,
        run=run,
        text=f"{run.partition('@')[0]} is parked for {subject}: {told}. What it did before stands,"
        " what comes for it is kept, and nothing further is sent. Mend the cause and try again, and"
        " it goes on where it stood; or give it up.",
        choices=("try again", "give up"),
    )


def set_aside(work: Work, error: Exception) -> Raised:
    """A single piece of work that cannot be written and belongs to no run that could be parked."""
    what, where = "A piece of work", f"{work.after}"
    subject = None
    for row in [*work.events, *work.notes]:
        what = where = f"{row['source']}/{row['id']}"
        subject = row["subject"]
    for one in work.outcomes:
        what, subject = f"What became of {one.parcel.key}", one.parcel.subject
        where = one.parcel.key
    return Raised(
        cause=f"set-aside:{where}",
        acts="developer",
        code="set-aside",
        team="integration",
        subject=subject,
        text=f"{what} cannot be written: {type(error).__name__}: {error}. It was set aside, all"
        " else goes on. This is a defect of Andon or of a connector: report it with the log.",
    )


def _left(live: Live) -> str:
    if live.undone:
        return f"Effects taken back: {live.undone}, last first; whatever else it did stands."
    return "What it did before stands."


def outage(name: str, state: str, error: str) -> Raised:
    """A connection that does not answer, or waits for an operator."""
    if state == "unreachable":
        text = (
            f"{name} does not answer: {error}. What is meant for it waits in order;"
            " Andon tries again by itself."
        )
        return Raised(cause=f"connection:{name}", acts="clock", code="unreachable",
                      team="integration", connection=name, text=text)  # fmt: skip
    text = (
        f"{name} is paused: {error}. What is meant for it waits in order."
        " Mend it, then resume the connection."
    )
    return Raised(cause=f"connection:{name}", acts="operator", code="paused", team="integration",
                  connection=name, text=text)  # fmt: skip
