"""The words of the exceptions that deliveries and runs open:
what, what is known, what to do next."""

__all__ = ["failure", "outage", "parked", "question", "refusal"]

from andon.core.errors import AndonError, RefusedError
from andon.core.workflow import Ask
from andon.engine.live import Live
from andon.engine.parcel import Asked, Parcel
from andon.engine.rows import jsonb
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
