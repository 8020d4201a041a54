"""Fills an empty Tryton database with a small plant; run by Tryton's own Python, never imported.

Usage: python tryton_seed.py <trytond.conf> <keys.json>. Writes the keys (0600) that others need.
"""

import json
import os
import secrets
import sys
from decimal import Decimal

from proteus import Model
from proteus import config as proteus_config
from trytond.modules.company.tests.tools import create_company, get_company

OPENING_LOTS = 3
OPENING_QUANTITY = 1_000_000.0
GROUPS = ["Production", "Stock", "Quality"]


def main(config_file, keys_file):
    """Everything the main job needs, in the order in which it depends on each other."""
    config = proteus_config.set_trytond("erp", config_file=config_file)
    owner = Model.get("party.party")(name="Riverside Beverages")
    owner.save()
    create_company(owner, "EUR")
    name_the_warehouse()
    number_the_orders()
    keys = {"planner_password": secrets.token_urlsafe(24)}
    add_user("planner", "Paula Planner", keys["planner_password"])
    andon = add_user("andon", "Andon", secrets.token_urlsafe(24))
    products = add_products()
    add_opening_stock(products)
    add_way_of_making(products)
    add_control(products["FG-COLA"])
    key = Model.get("res.user.application")(user=andon, application="rest")
    key.save()
    keys["andon_key"] = key.key
    keys["andon_user"] = andon.id
    keys["admin_password"] = new_password(Model.get("res.user")(config.user))
    write_keys(keys_file, keys)


def name_the_warehouse():
    """The site as people call it."""
    (warehouse,) = Model.get("stock.location").find([("type", "=", "warehouse")])
    warehouse.name = "Riverside"
    warehouse.save()


def number_the_orders():
    """MO1001 and on: a bare 1 would be taken for Tryton's record id."""
    (sequence,) = Model.get("ir.sequence").find([("sequence_type.name", "=", "Production")])
    sequence.prefix = "MO"
    sequence.number_next = 1001
    sequence.save()


def new_password(user):
    """A random password, set and returned."""
    password = secrets.token_urlsafe(24)
    user.password = password
    user.save()
    return password


def add_user(login, name, password):
    """A person or program with the rights of production, stock and quality."""
    user = Model.get("res.user")(login=login, name=name)
    company = get_company()
    user.companies.append(company)
    user.company = company
    for group in Model.get("res.group").find([("name", "in", GROUPS)]):
        user.groups.append(group)
    user.password = password
    user.save()
    return user


def add_products():
    """Finished goods, each made in lots, and what goes into them; by code."""
    unit = {u.symbol: u for u in Model.get("product.uom").find([])}
    rows = [
        ("FG-COLA", "Cola Syrup 1L", "u", "4.50", ["storage"]),
        ("FG-WATER", "Still Water 1L", "u", "0.90", ["storage"]),
        ("FG-TONIC", "Tonic Water 1L", "u", "1.10", ["storage"]),
        ("RAW-SUGAR", "Sugar", "kg", "0.80", ["storage"]),
        ("RAW-FLAVOR", "Cola Flavor Concentrate", "l", "22.00", []),
    ]
    made = {}
    for code, name, symbol, price, lot_required in rows:
        template = Model.get("product.template")()
        template.name = name
        template.code = code
        template.type = "goods"
        template.default_uom = unit[symbol]
        template.list_price = Decimal(price)
        template.producible = code.startswith("FG-")
        template.lot_required = lot_required
        (product,) = template.products
        product.cost_price = Decimal(price) / 2
        template.save()
        (made[code],) = template.products
    return made


def add_opening_stock(products):
    """More of every component than a long run can use, in several lots each."""
    (storage,) = Model.get("stock.location").find([("code", "=", "STO")])
    inventory = Model.get("stock.inventory")(location=storage)
    lot_model = Model.get("stock.lot")
    for code in ("RAW-SUGAR", "RAW-FLAVOR"):
        short = code.removeprefix("RAW-")
        for number in range(1, OPENING_LOTS + 1):
            lot = lot_model(number=f"LOT-{short}-{number:03}", product=products[code])
            lot.save()
            line = inventory.lines.new(product=products[code], quantity=OPENING_QUANTITY)
            line.lot = lot
    inventory.click("confirm")


def add_way_of_making(products):
    """A bill of material and a routing of two steps for every finished good."""
    centers = add_work_centers()
    operation_model = Model.get("production.routing.operation")
    operations = []
    for name, center in centers:
        operation = operation_model(name=name, work_center_category=center.category)
        operation.save()
        operations.append(operation)
    parts = {
        "FG-COLA": [("RAW-SUGAR", 0.5), ("RAW-FLAVOR", 0.1)],
        "FG-WATER": [("RAW-FLAVOR", 0.01)],
        # The MES does not know this one.
        "FG-TONIC": [("RAW-FLAVOR", 0.02)],
    }
    for code, inputs in parts.items():
        bom = Model.get("production.bom")(name=f"BOM {code}")
        for component, quantity in inputs:
            bom.inputs.new(product=products[component], quantity=quantity)
        bom.outputs.new(product=products[code], quantity=1.0)
        bom.save()
        routing = Model.get("production.routing")(name=f"RT {code}")
        routing.boms.append(bom)
        for operation in operations:
            routing.steps.new(operation=operation)
        routing.save()
        product = products[code]
        product.boms.new(bom=bom, routing=routing)
        product.save()


def add_work_centers():
    """The names are the MES's seed plant's: one line, a mixer and a packer."""
    center_model = Model.get("production.work.center")
    root = center_model(name="LINE1")
    root.save()
    centers = []
    for operation, name, cost in (("Mix", "MIX01", "12"), ("Pack", "PACK01", "8")):
        category = Model.get("production.work.center.category")(name=operation)
        category.save()
        center = center_model(name=name, parent=root, category=category)
        center.cost_price = Decimal(cost)
        center.cost_method = "cycle"
        center.save()
        centers.append((operation, center))
    return centers


def add_control(product):
    """Must be inspected before an order of it can be done."""
    control = Model.get("quality.control")(name="Finished cola", product=product)
    control.operations = ["production:do"]
    control.points.new(name="visual_ok", string="Label and cap look right", type_="boolean")
    brix = control.points.new(name="brix", string="Brix", type_="float")
    brix.tolerance_lower, brix.tolerance_upper = 9.5, 11.5
    control.save()


def write_keys(path, keys):
    """Readable by its owner only."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(keys, file, indent=1)


if __name__ == "__main__":
    main(*sys.argv[1:])
