"""Master data: what engineering releases is known wherever it counts before it does."""

__all__ = ["distribute_revision", "distribute_storage"]

from andon.capabilities.master.change import distribute_revision, distribute_storage
