"""The people on the MES's floor: they release, issue material and complete what is made.

Usage: python -m tools.counterparts.fsmes_floor <mes url> <keys.json>. Machines are the MES's own
simulation; an MES never finishes an order by itself, somebody does.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

from tools.counterparts.fsmes_operator import Operator

LOOK_EVERY = 0.3


def main(url: str, keys_file: str) -> None:
    """Looks at the order book until ended. A refusal is written down and does not end it."""
    keys = json.loads(Path(keys_file).read_text())
    scott = Operator(url, "SCOTT", keys["operator_password"])
    while True:
        try:
            look_at_the_book(scott)
        except (LookupError, RuntimeError, OSError) as error:
            print(error, flush=True)
        time.sleep(LOOK_EVERY)


def look_at_the_book(scott: Operator) -> None:
    """One round: release what is planned, complete the steps that made their quantity."""
    asked = "/workorders?status=planned&status=released&status=running&limit=500"
    for order in scott.get(asked)["items"]:
        code = order["code"]
        if order["status"] == "planned":
            scott.post(f"/workorders/{code}/release")
            scott.issue(code)
            print(f"released {code}: {order['quantity']:g} {order['material']}", flush=True)
        elif order["status"] == "running":
            complete(scott, code, order)


def complete(scott: Operator, code: str, order: dict[str, Any]) -> None:
    """Each step when it has made the ordered quantity; what it counts later is over-production."""
    for step in order["operations"]:
        if step["status"] == "running" and step["good_qty"] >= order["quantity"]:
            scott.post(f"/workorders/{code}/operations/{step['seq']}/complete")
            print(f"completed step {step['seq']} of {code}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
