"""A person at the ERP's own client: plans and releases orders over Tryton's JSON-RPC."""

import base64
import json
import urllib.request
from datetime import UTC, date, datetime, timedelta
from typing import Any

MOVE_FIELDS = ("product", "unit", "quantity", "from_location", "to_location", "company",
               "currency", "unit_price", "bom_material")  # fmt: skip


class Planner:
    """One session. Business refusals come as HTTP 200 with an `error` and are raised here."""

    def __init__(self, url: str, database: str, login: str, password: str) -> None:
        self._url = f"{url}/{database}/rpc/"
        self._headers = {"Content-Type": "application/json"}
        user, token, *_ = self.call("common.db.login", login, {"password": password}, "en")
        session = base64.b64encode(f"{login}:{user}:{token}".encode()).decode()
        self._headers["Authorization"] = f"Session {session}"
        self._context = self.call("model.res.user.get_preferences", True, {})

    def call(self, method: str, *params: Any) -> Any:
        """One remote call, parameters as given (the context is the last one)."""
        body = json.dumps({"id": 1, "method": method, "params": params}).encode()
        request = urllib.request.Request(self._url, body, self._headers)
        with urllib.request.urlopen(request, timeout=30) as answer:
            said = json.load(answer)
        if "error" in said:
            raise RuntimeError(f"{method}: {said['error']}")
        return said.get("result") if isinstance(said, dict) else said

    def model(self, method: str, *params: Any) -> Any:
        """One call of a model's method in this user's context."""
        return self.call(f"model.{method}", *params, self._context)

    def find(self, model: str, domain: list[Any], fields: list[str]) -> list[dict[str, Any]]:
        """Rows of a model; nested fields with dots come back under `name.`."""
        return self.model(f"{model}.search_read", domain, 0, None, [["id", "ASC"]], fields)

    def create_order(self, product: str, quantity: float, days: int = 7) -> int:
        """A draft order with inputs and outputs exploded from its bill of material."""
        (row,) = self.find("product.product", [["code", "=", product]], ["default_uom"])
        way, = self.find("product.product-production.bom", [["product", "=", row["id"]]],
                         ["bom", "routing"])  # fmt: skip
        (line,) = self.find("production.work.center", [["parent", "=", None]], ["warehouse"])
        start = datetime.now(UTC).date()
        order = {
            "product": row["id"], "bom": way["bom"], "routing": way["routing"],
            "unit": row["default_uom"], "quantity": quantity, "type": "assembly",
            "work_center": line["id"], "warehouse": line["warehouse"],
            "company": self._context["company"], "location": self._location(line["warehouse"]),
            "planned_start_date": typed(start), "planned_date": typed(start + timedelta(days)),
            "state": "draft",
        }  # fmt: skip
        # Exploding the bill of material is the client's work; `create` alone makes no moves.
        changed = self.model("production.on_change", order, ["bom"])
        del order["state"]
        for side in ("inputs", "outputs"):
            moves = [added for _, added in changed[side]["add"]]
            wanted = [{k: v for k, v in move.items() if k in MOVE_FIELDS} for move in moves]
            order[side] = [["create", wanted]]
        return self.model("production.create", [order])[0]

    def release(self, order: int) -> str:
        """Draft to waiting: the number is given and the work is laid out."""
        self.model("production.wait", [order])
        (row,) = self.find("production", [["id", "=", order]], ["number", "state"])
        if row["state"] != "waiting":
            raise RuntimeError(f"Order {order} did not become waiting; it is {row['state']}.")
        return row["number"]

    def to_inspect(self) -> list[str]:
        """Numbers of the orders that wait for an inspection."""
        rows = self.find("quality.inspection", [["state", "=", "pending"]], ["origin"])
        about = [int(row["origin"].partition(",")[2]) for row in rows]
        return [row["number"] for row in self.find("production", [["id", "in", about]], ["number"])]

    def inspect(self, number: str, *, brix: float, visual_ok: bool = True) -> str:
        """Quality measures what an order made; returns Tryton's verdict, passed or failed."""
        (order,) = self.find("production", [["number", "=", number]], ["id"])
        pending = [["origin", "=", f"production,{order['id']}"], ["state", "=", "pending"]]
        (row,) = self.find("quality.inspection", pending, ["id"])
        points = {"visual_ok": visual_ok, "brix": brix}
        self.model("quality.inspection.write", [row["id"]], {"points": points})
        self.model("quality.inspection.process", [row["id"]])
        (row,) = self.find("quality.inspection", [["id", "=", row["id"]]], ["state"])
        return row["state"]

    def resolve_alerts(self) -> None:
        """Quality deals with every open alert; until then Tryton ends no order it is about."""
        for alert in self.find("quality.alert", [["state", "=", "open"]], ["id"]):
            for button in ("process", "defer"):
                self.model(f"quality.alert.{button}", [alert["id"]])

    def _location(self, warehouse: int) -> int:
        (row,) = self.find("stock.location", [["id", "=", warehouse]], ["production_location"])
        return row["production_location"]


def typed(day: date) -> dict[str, Any]:
    """A date as Tryton's JSON writes it."""
    return {"__class__": "date", "year": day.year, "month": day.month, "day": day.day}
