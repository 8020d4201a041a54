"""Finance: what the floor did is in the journal of the cloud ERP; plant B's has one of its own."""

__all__ = ["AREA"]

from andon.app.company.area import Area
from andon.capabilities.finance import compare_with_journal

AREA = Area(workflows=(compare_with_journal(of="erp"),))
