"""How the company worked before Andon: lists, batches, mails, and people who type.

The same systems around the same truth, none of them reached by a program: whoever moves a word
from one to the other sits before both screens, or runs a job that reads a file of the one into the
other.
One more practice is a module here and a line in `PRACTICES`.
"""

__all__ = ["PRACTICES", "begin", "company_before"]

from collections.abc import Callable, Mapping

from andon.sandbox.before import distributing, entering, mailing, reconciling, storing, uploading
from andon.sandbox.before.desk import Desk
from andon.sandbox.company import Company
from andon.sandbox.system import System
from andon.sandbox.systems.carrier import Carrier
from andon.sandbox.systems.erp import Erp
from andon.sandbox.systems.mes_a import MesA
from andon.sandbox.systems.portal import Portal
from andon.sandbox.systems.qms import Qms
from andon.sandbox.systems.tms import Tms
from andon.sandbox.systems.wms import Wms
from andon.sandbox.world import World

_SYSTEMS = (Erp, MesA, Qms, Wms, Tms, Carrier, Portal)
"""Of plant A and its customers. Who else there is changes nothing for them: everybody draws from a
chance of their own."""

PRACTICES: tuple[Callable[[World, Mapping[str, System], Desk], None], ...] = (
    entering.begin,
    distributing.begin,
    uploading.begin,
    storing.begin,
    mailing.begin,
    reconciling.begin,
)
"""In the order in which they come where several are due at once: at the end of a shift the batch
runs before anybody counts."""


def company_before(seed: int, *, pace: float = 1.0) -> Company:
    """The company that it is with this seed, without Andon; it needs no port, and nobody lives in
    it yet."""
    return Company(seed=seed, andon="http://nobody.invalid", pace=pace, systems=_SYSTEMS)


def begin(company: Company) -> Desk:
    """The practices begin; what people do by hand is counted on the desk."""
    desk = Desk()
    for practice in PRACTICES:
        practice(company.world, company.systems, desk)
    return desk
