"""The systems of the company; one more is a folder here and a line in `SYSTEMS`."""

__all__ = ["SYSTEMS"]

from andon.sandbox.system import System
from andon.sandbox.systems.analytics import Analytics
from andon.sandbox.systems.carrier import Carrier
from andon.sandbox.systems.cmms import Cmms
from andon.sandbox.systems.contract_manufacturer import ContractManufacturer
from andon.sandbox.systems.crm import Crm
from andon.sandbox.systems.erp import Erp
from andon.sandbox.systems.erp_b import ErpB
from andon.sandbox.systems.field_service import FieldService
from andon.sandbox.systems.machines import Machines
from andon.sandbox.systems.machines_b import MachinesB
from andon.sandbox.systems.mes_a import MesA
from andon.sandbox.systems.mes_b import MesB
from andon.sandbox.systems.planning import Planning
from andon.sandbox.systems.plm import Plm
from andon.sandbox.systems.portal import Portal
from andon.sandbox.systems.qms import Qms
from andon.sandbox.systems.receiving import Receiving
from andon.sandbox.systems.supplier_edi import SupplierEdi
from andon.sandbox.systems.supplier_portal import SupplierPortal
from andon.sandbox.systems.tms import Tms
from andon.sandbox.systems.wms import Wms

SYSTEMS: tuple[type[System], ...] = (
    Erp,
    MesA,
    Machines,
    Cmms,
    Planning,
    Tms,
    ErpB,
    MesB,
    MachinesB,
    Plm,
    Analytics,
    Wms,
    Qms,
    Carrier,
    Crm,
    Portal,
    SupplierEdi,
    SupplierPortal,
    ContractManufacturer,
    Receiving,
    FieldService,
)
"""In the order in which they start, and hear of what happened."""
