"""Lots that the lines of plant B's MES leave alone, as it was told."""

__all__ = ["Aside"]

from typing import Any

from andon.connectors.b2mml.shape import Json, many

_DECIDED = ("rework", "scrap")
"""A Status that says what becomes of a lot which is set aside."""


class Aside:
    """A lot whose Disposition is Restricted is set aside until it has another one. One that says
    what becomes of it must be set aside by then."""

    def __init__(self) -> None:
        self.lots: dict[str, Json] = {}
        """What is set aside now, as a MaterialLot says it."""
        self.changed: list[Json] = []
        """Each lot as it stood after a change, oldest change first."""

    def refuses(self, lot: str) -> str | None:
        """What a terminal shows to who scans the lot into an order, if it may not go in."""
        if lot not in self.lots:
            return None
        return f"Lot {lot} is set aside ({_why(self.lots[lot])}). Take another one."

    def free(self, lot: str) -> None:
        """Lines may take it again; a supervisor can do that at a terminal, too."""
        if self.lots.pop(lot, None) is not None:
            self.changed.append({"ID": lot, "Status": "released", "Disposition": "UnRestricted"})

    def doubt(self, lot: Json) -> str:
        """Why it cannot be done; empty where it can."""
        name = str(lot["ID"])
        if lot.get("Status") in _DECIDED and name not in self.lots:
            return f"lot {name} is not set aside"
        return ""

    def put(self, lot: Json) -> None:
        """As it is told: what says nothing of its Disposition changes nothing."""
        name = str(lot["ID"])
        match lot.get("Disposition"):
            case None:
                pass
            case "Restricted":
                if self.lots.get(name) != lot:
                    self.lots[name] = lot
                    self.changed.append(lot)
            case _:
                self.free(name)


def _why(lot: Json) -> str:
    said: list[Any] = many(lot.get("Description", lot.get("Status", "no reason was said")))
    return " ".join(map(str, said))
