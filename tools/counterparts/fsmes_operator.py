"""A person at the MES's screens, as far as HTTP goes."""

import json
import urllib.error
import urllib.request
from typing import Any


class Operator:
    """One signed-in session of the MES's API."""

    def __init__(self, url: str, code: str, password: str) -> None:
        self._url = url
        self._headers = {"Content-Type": "application/json"}
        signed_in = self.post("/auth/login", {"code": code, "password": password})
        self._headers["Authorization"] = f"Bearer {signed_in['token']}"

    def get(self, path: str) -> Any:
        """The answer's JSON."""
        return self._call("GET", path, None)

    def post(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """The answer's JSON; a refusal is raised in the MES's words."""
        return self._call("POST", path, body or {})

    def order(self, code: str) -> dict[str, Any] | None:
        """A work order, None when the MES does not know it."""
        try:
            return self.get(f"/workorders/{code}")
        except LookupError:
            return None

    def make(
        self, code: str, *, good: float, scrap: float = 0.0, lots: tuple[str, ...] = ()
    ) -> None:
        """Runs a whole order by hand, without machines: release, issue, report, complete."""
        row = self.get(f"/workorders/{code}")
        if row["status"] == "planned":
            self.post(f"/workorders/{code}/release")
        self.issue(code, lots=lots)
        for step in row["operations"]:
            at = f"/workorders/{code}/operations/{step['seq']}"
            self.post(f"{at}/start")
            if good or scrap:
                said = {"order": code, "seq": step["seq"], "good": good, "scrap": scrap}
                self.post("/execution/report", said)
            self.post(f"{at}/complete")

    def issue(self, code: str, *, lots: tuple[str, ...] = ()) -> None:
        """Issues what the bill of material asks for at the first step, from a lot with enough."""
        order = self.get(f"/workorders/{code}")
        stock = self.get("/execution/lots?limit=500")["items"]
        for part in self.get(f"/execution/bom/{order['material']}")["components"]:
            wanted = round(part["per_unit"] * order["quantity"], 6)
            usable = [
                lot["code"]
                for lot in stock
                if lot["material"] == part["component"]
                and lot["status"] == "available"
                and lot["quantity"] >= wanted
                and (not lots or lot["code"] in lots)
            ]
            if not usable:
                raise RuntimeError(f"No lot of {part['component']} holds {wanted} for {code}.")
            step = part.get("seq") or order["operations"][0]["seq"]
            issue = {"order": code, "lot": usable[0], "quantity": wanted, "seq": step}
            self.post("/execution/consume", issue)

    def _call(self, method: str, path: str, body: Any) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._url + path, data, self._headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            words = f"{method} {path}: {error.code} {error.read().decode(errors='replace')[:300]}"
            raise (LookupError if error.code == 404 else RuntimeError)(words) from error
