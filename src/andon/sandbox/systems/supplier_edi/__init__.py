"""Two suppliers behind one mailbox: one speaks X12 over SFTP, one EDIFACT."""

__all__ = [
    "Acme",
    "Advised",
    "Beta",
    "Called",
    "GivenBack",
    "Office",
    "Ordered",
    "Promised",
    "Shipped",
    "SupplierEdi",
]

from collections.abc import Iterable, Mapping

from andon.sandbox.mailbox import MailboxSystem
from andon.sandbox.system import Belief
from andon.sandbox.systems.supplier_edi.acme import Acme
from andon.sandbox.systems.supplier_edi.beta import Beta
from andon.sandbox.systems.supplier_edi.office import (
    Advised,
    Called,
    GivenBack,
    Office,
    Ordered,
    Promised,
    Shipped,
)
from andon.sandbox.world import World


class SupplierEdi(MailboxSystem):
    """They take an order as often as it is sent: who orders twice is delivered twice. Only their
    notices are written badly."""

    name = "supplier-edi"
    variables = "COMPANY_SUPPLIERS"

    def __init__(self, world: World, andon: str) -> None:
        acme = Acme(world, self.now)
        self.offices: Mapping[str, Office] = {"17300001": acme, "17300003": Beta(world, self.now)}
        """By the numbers that the buyer has for them."""
        super().__init__(world, andon, acme, "supplier")

    def look(self) -> None:
        """Each acknowledges and confirms what is for it."""
        self.mailbox.answer(says=self._answers)

    def _answers(self, content: bytes) -> list[bytes]:
        x12 = content.startswith(b"ISA")
        return self.offices["17300001" if x12 else "17300003"].answers(content)

    def ship(self, office: Office, shipped: Shipped) -> None:
        """A truck leaves, and the office writes the notice."""
        self.post(office.despatch(shipped))
        office.shipped[shipped.shipment] = shipped

    def believes(self) -> Iterable[Belief]:
        """How often each order came, and what has left."""
        for office in self.offices.values():
            for number, times in office.taken.items():
                yield Belief(f"purchase-order:{number}", "taken", str(times))
            for shipment in office.shipped:
                yield Belief(f"shipment:{shipment}", "status", "shipped")
