"""Its API, and what engineers do at its screens."""

__all__ = ["Plm"]

import base64
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from aiohttp import web

from andon.sandbox.system import Belief, HttpSystem, json_answer
from andon.sandbox.systems.plm.changes import FIRST, Change, Part, Revision, Step
from andon.sandbox.world import World

_USER = "andon"
_OPENING = (
    Revision(item="HOUSING", revision="01", specification="cast iron, GG25"),
    Revision(item="SEAL", revision="01", specification="NBR 70, 40 x 3 mm", shelf_life_years=5),
    Revision(
        item="PUMP",
        revision="01",
        specification="10 bar, 25 l/min",
        bom=(Part("HOUSING", Decimal(1)), Part("SEAL", Decimal(2))),
        routing=(Step("0010", "assemble", 20), Step("0020", "test at 10 bar", 10)),
    ),
)


class Plm(HttpSystem):
    """It tells nobody anything: who wants to know its changes asks for them."""

    name = "plm"

    def __init__(self, world: World, andon: str) -> None:
        super().__init__(world, andon)
        self.password = f"plm-{world.chance('plm').getrandbits(64):016x}"
        self.changes: dict[str, Change] = {}
        self.revisions: dict[str, list[tuple[date, Revision]]] = {
            one.item: [(FIRST, one)] for one in _OPENING
        }
        """Item -> its released revisions, each with the day from which it counts, oldest first."""

    # What engineers do

    def draft(
        self,
        title: str,
        item: str,
        specification: str,
        bom: Sequence[Part] = (),
        *,
        routing: Sequence[Step] = (),
        shelf_life_years: int | None = None,
    ) -> Change:
        """A change of one item, not decided yet. Routing and shelf life stay, where nothing is said
        of them."""
        last = self.revisions[item][-1][1]
        revision = Revision(
            item=item,
            revision=f"{int(last.revision) + 1:02}",
            specification=specification,
            bom=tuple(bom),
            routing=tuple(routing) or last.routing,
            shelf_life_years=shelf_life_years or last.shelf_life_years,
        )
        change = Change(
            number=f"ECO-{len(self.changes) + 1001}",
            title=title,
            affected=(revision,),
            modified=self.now(),
        )
        self.changes[change.number] = change
        return change

    def release(self, change: Change, effective_from: date) -> None:
        """Decided. Raises ValueError when it would count before it is decided, or not after what
        was released before it."""
        if effective_from <= self.now().date():
            raise ValueError(f"{change.number} cannot count from a day that has begun")
        for one in change.affected:
            day, last = self.revisions[one.item][-1]
            if effective_from <= day or one.revision <= last.revision:
                raise ValueError(f"{last.revision} of {one.item} counts from {day} already")
        change.status, change.effective_from = "RELEASED", effective_from
        change.modified = self.now()
        for one in change.affected:
            self.revisions[one.item].append((effective_from, one))

    def retitle(self, change: Change, title: str) -> None:
        """Another title; to whoever polls, the whole change comes again."""
        change.title, change.modified = title, self.now()

    def effective(self, item: str) -> Revision:
        """The revision that counts now."""
        today = self.now().date()
        return [one for day, one in self.revisions[item] if day <= today][-1]

    def next_day(self, item: str) -> date:
        """The first day from which another revision could count."""
        return max(self.now().date(), self.revisions[item][-1][0]) + timedelta(days=1)

    # Its API

    def environment(self) -> Mapping[str, str]:
        """As the project's parameters name them."""
        return {"COMPANY_PLM_URL": self.address, "COMPANY_PLM_PASSWORD": self.password}

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """`GET /api/changes?modifiedSince=`, `GET /api/items`; it can be read and no more."""
        wanted = base64.b64encode(f"{_USER}:{self.password}".encode()).decode()
        if request.headers.get("Authorization") != f"Basic {wanted}":
            return json_answer({"errorCode": "NOT_AUTHENTICATED"}, status=401)
        match request.method, request.path.strip("/"):
            case "GET", "api/changes":
                return json_answer({"value": self._changed(request.query)})
            case "GET", "api/items":
                return json_answer(
                    {"value": [self._shown(item) for item in sorted(self.revisions)]}
                )
            case "GET", _:
                return json_answer({"errorCode": "NOT_FOUND"}, status=404)
            case _:
                return json_answer({"errorCode": "READ_ONLY"}, status=405)

    def _changed(self, query: Mapping[str, str]) -> list[Change]:
        found = sorted(self.changes.values(), key=lambda one: (one.modified, one.number))
        if since := query.get("modifiedSince"):
            moment = datetime.fromisoformat(since)
            found = [one for one in found if one.modified >= moment]
        first = int(query.get("offset", "0"))
        return found[first : first + int(query.get("limit", "50"))]

    def _shown(self, item: str) -> dict[str, object]:
        counts = self.effective(item)
        return {"item": item, "revision": counts.revision, "specification": counts.specification}

    def believes(self) -> Iterable[Belief]:
        """Which revision of each item counts."""
        for item in self.revisions:
            yield Belief(f"item:{item}", "effective", self.effective(item).revision)
