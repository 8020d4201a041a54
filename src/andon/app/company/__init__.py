"""The sandbox company as a project of Andon: what an integration engineer there would write.

`andon run andon.app.company:andon`, with the addresses and secrets that the company's host wrote.
One more system is a module here and a line in `AREAS`, and a table in company.toml.
"""

__all__ = ["andon"]

from andon.app import Andon
from andon.app.company import (
    analytics,
    carrier,
    customer,
    erp,
    finance,
    fulfilment,
    maintenance,
    master,
    mes_a,
    plant_b,
    quality,
    service,
    subcontracting,
    supply,
    warehouse,
)
from andon.app.company.area import Area

AREAS: tuple[Area, ...] = (
    erp.AREA,
    mes_a.AREA,
    maintenance.AREA,
    fulfilment.AREA,
    warehouse.AREA,
    quality.AREA,
    carrier.AREA,
    customer.AREA,
    plant_b.AREA,
    master.AREA,
    finance.AREA,
    analytics.AREA,
    supply.AREA,
    service.AREA,
    subcontracting.AREA,
)

andon = Andon(
    "company",
    site="plant-a",
    connections=[connection for area in AREAS for connection in area.connections],
    workflows=[workflow for area in AREAS for workflow in area.workflows],
    routes=[route for area in AREAS for route in area.routes],
    ownership=[rule for area in AREAS for rule in area.ownership],
    policies=[rule for area in AREAS for rule in area.policies],
    partnerships=[one for area in AREAS for one in area.partnerships],
    messages=[message for area in AREAS for message in area.messages],
    # A lot has one number in the whole company, and so have an item, a customer and a supplier.
    shared={"material-lot": "company", "item": "company", "party": "company"},
    sandbox=True,
)
