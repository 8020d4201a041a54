"""A supplier that speaks X12 over SFTP: 850 in, 855 and 856 out, 997 both ways."""

__all__ = ["Ordered", "Shipped", "SupplierEdi"]

from collections.abc import Iterable

from andon.sandbox.mailbox import MailboxSystem
from andon.sandbox.system import Belief
from andon.sandbox.systems.supplier_edi.program import Acme, Ordered, Shipped
from andon.sandbox.world import World


class SupplierEdi(MailboxSystem):
    """It takes an order as often as it is sent: who orders twice is delivered twice. Only its
    notices are written badly."""

    name = "supplier-edi"
    variables = "COMPANY_SUPPLIERS"

    def __init__(self, world: World, andon: str) -> None:
        self.program = Acme(world.now)
        super().__init__(world, andon, self.program, "acme")
        self._shipped: list[str] = []

    def look(self) -> None:
        """Acknowledges and confirms."""
        self.mailbox.answer()

    def ship(self, shipped: Shipped) -> None:
        """A truck leaves, and the office writes the notice."""
        self.post(self.program.despatch(shipped))
        self._shipped.append(shipped.shipment)

    def believes(self) -> Iterable[Belief]:
        """How often each order came, and what has left."""
        for number, times in self.program.taken.items():
            yield Belief(f"purchase-order:{number}", "taken", str(times))
        for shipment in self._shipped:
            yield Belief(f"shipment:{shipment}", "status", "shipped")
