"""The field service, a SaaS: signed webhooks out, REST in. It owns service cases and visits."""

__all__ = ["STATES", "VAN", "Case", "FieldService", "Part", "Update", "Visit"]

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Literal

import msgspec
from aiohttp import web

from andon.sandbox.outbox import Outbox
from andon.sandbox.system import Belief, PostingSystem, json_answer
from andon.sandbox.world import World

VAN = "V.VAN"
"""Where technicians have their parts."""
STATES = ("IN_QUALITY", "ACCEPTED", "DECLINED", "PARTS_BOOKED")
"""What the back office may say of a case."""

Outcome = Literal["FIXED", "SWAPPED", "NO_FAULT", "REVISIT"]


class Part(msgspec.Struct, frozen=True):
    """A spare part by the label that the technician scans."""

    article: str
    batch: str
    qty: Decimal


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """What a technician types in at the customer's."""

    number: str
    parts: Sequence[Part]
    outcome: Outcome
    remark: str
    at: datetime


class Update(msgspec.Struct, frozen=True, kw_only=True):
    """What the back office says of a case; `external_id` is its word, kept and not looked at."""

    id: str
    case: str
    state: str
    reference: str
    text: str
    external_id: str


class Case(msgspec.Struct, kw_only=True):
    """One call of a customer."""

    number: str
    account: str
    article: str
    plate: str
    """The serial number, as the customer reads it off the plate: in any case, with any blanks."""
    delivery_note: str
    complaint: str
    opened: datetime
    visits: list[Visit] = msgspec.field(default_factory=list["Visit"])


class _Said(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    state: str
    reference: str = ""
    text: str = ""
    external_id: str = ""


class FieldService(PostingSystem):
    """Told twice under one external id it has two updates."""

    name = "field-service"

    def __init__(self, world: World, andon: str) -> None:
        super().__init__(world, andon)
        chance = world.chance("field-service/secret")
        self.outbox = Outbox(f"{andon}/in/field-service-events/events", chance)
        self.key = f"fs-{world.chance('field-service').getrandbits(96):024x}"
        self.cases: dict[str, Case] = {}
        self.updates: list[Update] = []
        self._said = self._visits = 0

    def environment(self) -> Mapping[str, str]:
        """As the project's parameters name them."""
        return {
            "COMPANY_FIELD_SERVICE_URL": self.address,
            "COMPANY_FIELD_SERVICE_KEY": self.key,
            "COMPANY_FIELD_SERVICE_SECRET": self.outbox.secret,
        }

    # What its people do

    def opens(
        self, *, account: str, article: str, plate: str, delivery_note: str, complaint: str
    ) -> Case:
        """A customer has telephoned."""
        case = Case(
            number=f"FS-{len(self.cases) + 100001}",
            account=account,
            article=article,
            plate=plate,
            delivery_note=delivery_note,
            complaint=complaint,
            opened=self.now(),
        )
        self.cases[case.number] = case
        self._say("case.opened", case, opened=case.opened)
        return case

    def new_visit(self) -> str:
        """A number for a visit that begins."""
        self._visits += 1
        return f"V-{self._visits + 5000}"

    def visited(self, case: Case, visit: Visit) -> None:
        """A technician closes a visit."""
        case.visits.append(visit)
        self._say("visit.closed", case, visit=visit)

    def _say(self, kind: str, case: Case, **more: object) -> None:
        self._said += 1
        told = {
            "number": case.number,
            "account": case.account,
            "product": {"article": case.article, "plate": case.plate},
            "delivery_note": case.delivery_note,
            "complaint": case.complaint,
        }
        self.outbox.say(kind, {"id": f"evt-{self._said:08}", "case": told, **more})

    # What programs do

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """`/api/cases/CASE/updates`, `/api/updates`."""
        if request.headers.get("Authorization") != f"Bearer {self.key}":
            return json_answer({"message": "unknown token"}, status=401)
        match request.method, request.path.strip("/").split("/"):
            case "POST", ["api", "cases", number, "updates"]:
                return self._told(number, await request.read())
            case "GET", ["api", "updates"]:
                wanted = request.query.get("external_id")
                found = [one for one in self.updates if one.external_id == wanted]
                return json_answer({"updates": found})
            case _:
                return json_answer({"message": "not found"}, status=404)

    def _told(self, number: str, body: bytes) -> web.Response:
        try:
            said = msgspec.json.decode(body, type=_Said)
        except msgspec.MsgspecError as error:
            return json_answer({"message": str(error)}, status=400)
        if number not in self.cases:
            return json_answer({"message": f"there is no case {number}"}, status=404)
        if said.state not in STATES:
            return json_answer({"message": f"{said.state!r} is no state of a case"}, status=422)
        id = f"U-{len(self.updates) + 1}"
        update = Update(id=id, case=number, **msgspec.structs.asdict(said))
        self.updates.append(update)
        return json_answer(update, status=201)

    def believes(self) -> Iterable[Belief]:
        """What it was told last of each case."""
        for update in {one.case: one for one in self.updates}.values():
            yield Belief(f"case:{update.case}", "state", update.state)
