"""Rejecting: a supplier that is our partner and delivers nothing of an order."""

__all__ = ["question_rejections"]

from andon.core.plant import Allow, Approve, Decision, policy
from andon.core.record import Actor
from andon.model.supply import ConfirmPurchaseOrder


@policy(ConfirmPurchaseOrder)
def question_rejections(command: ConfirmPurchaseOrder, actor: Actor) -> Decision:
    """Purchasing hears of it at once: books in which nothing is promised look like silence."""
    if actor.party is None or any(line.quantity.amount for line in command.lines):
        return Allow()
    return Approve("purchasing", f"{actor.party} delivers nothing of it, so buy it elsewhere")
