"""Master data: what engineering releases is known to floor and books before it counts."""

__all__ = ["distribute_revision"]

from andon.capabilities.master.change import distribute_revision
