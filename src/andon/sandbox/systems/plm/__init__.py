"""PLM: REST that is polled. It owns items, their revisions, and the changes that release them."""

__all__ = ["Change", "Part", "Plm", "Revision", "Step"]

from andon.sandbox.systems.plm.changes import Change, Part, Revision, Step
from andon.sandbox.systems.plm.system import Plm
