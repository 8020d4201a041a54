"""The QMS, a SaaS: REST behind OAuth2 and a rate limit, signed webhooks out. It owns holds. Each
plant subscribes to what concerns its lots at an address of its own."""

__all__ = [
    "Complaint",
    "Concession",
    "Disposition",
    "Hold",
    "Inspection",
    "Plant",
    "Qms",
    "Usage",
    "plant_of",
]

import time
from collections import deque
from collections.abc import Iterable, Mapping

import msgspec
from aiohttp import web

from andon.sandbox.outbox import Outbox
from andon.sandbox.system import Belief, PostingSystem, json_answer
from andon.sandbox.systems.qms.asking import AboutLot, asked
from andon.sandbox.systems.qms.complaints import Complaint, Complaints
from andon.sandbox.systems.qms.concessions import Concession, ConcessionAsked, Concessions
from andon.sandbox.systems.qms.dispositions import (
    Disposition,
    DispositionAsked,
    Dispositions,
    Usage,
)
from andon.sandbox.systems.qms.holds import Hold, HoldAsked, Holds
from andon.sandbox.systems.qms.plants import Plant, plant_of
from andon.sandbox.tokens import Tokens
from andon.sandbox.world import World

_MOST_CALLS, _IN = 40, 1.0
"""So many calls in so many seconds, then 429."""
_DOORS: Mapping[Plant, str] = {"plant-a": "qms-events", "plant-b": "qms-events-b"}
"""Where each plant's Andon hears of its lots."""


class Inspection(msgspec.Struct, kw_only=True):
    """What somebody shall look at; `reference` is the host's word, kept and not looked at."""

    id: str
    lot: str
    item: str
    order: str
    reference: str
    plant: Plant = "plant-a"
    """Whose laboratory looks at it."""
    decision: str = ""


class _About(msgspec.Struct):
    lot: str


class _Asked(AboutLot, kw_only=True, forbid_unknown_fields=True):
    item: str
    order: str = ""
    plant: Plant = "plant-a"


class Qms(PostingSystem):
    """Asked twice under one reference it has two inspections; a held lot is held once."""

    name = "qms"

    def __init__(self, world: World, andon: str) -> None:
        super().__init__(world, andon)
        self.inspections: dict[str, Inspection] = {}
        self._holds = Holds()
        self.holds = self._holds.all
        self._dispositions = Dispositions()
        self.dispositions = self._dispositions.all
        self._concessions = Concessions()
        self.concessions = self._concessions.all
        self.complaints = Complaints()
        self.outbox = Outbox(
            self._door("plant-a"), world.chance("qms/secret"), took=self._heard, to=self._subscribed
        )
        self._tokens = Tokens(world.chance("qms"))
        self._calls: deque[float] = deque()
        self._said = 0

    def environment(self) -> Mapping[str, str]:
        """As the project's parameters name them."""
        return {
            "COMPANY_QMS_URL": self.address,
            "COMPANY_QMS_TOKENS": f"{self.address}/oauth/token",
            "COMPANY_QMS_CLIENT": self._tokens.secret,
            "COMPANY_QMS_SECRET": self.outbox.secret,
        }

    # What inspectors do

    def held(self, lot: str) -> Hold | None:
        """The hold that binds it now."""
        return self._holds.now(lot)

    def undecided(self, hold: Hold) -> bool:
        """Whether something can still become of what it binds."""
        return hold.released_at is None and not self._dispositions.scrapped(hold.lot)

    def inspect(
        self, lot: str, item: str, order: str, *, plant: Plant = "plant-a", reference: str = ""
    ) -> Inspection:
        """One more, asked for by a program or written down from a slip."""
        id = f"INS-{len(self.inspections) + 5001}"
        made = Inspection(id=id, lot=lot, item=item, order=order, plant=plant, reference=reference)
        self.inspections[id] = made
        return made

    def decide(self, inspection: Inspection, *, sound: bool) -> None:
        """The inspector's word; a lot that is not sound is held at once."""
        inspection.decision = "accept" if sound else "reject"
        reason = "" if sound else "porous casting"
        if not sound and self.held(inspection.lot) is None:
            self.place(inspection.lot, reason)
        self._say(
            "inspection.decided",
            inspection=inspection.id,
            lot=inspection.lot,
            decision=inspection.decision,
            reason=reason,
        )

    def answer_complaint(self, complaint: Complaint, *, justified: bool) -> None:
        """The engineer's word on what a customer complains of."""
        complaint.verdict = "justified" if justified else "not justified"
        self._say(
            "complaint.decided",
            complaint=complaint.id,
            case=complaint.case,
            lot=complaint.lot,
            held=self.held(complaint.lot) is not None,
            verdict=complaint.verdict,
            reason="porous casting" if justified else "used beyond its limits",
        )

    def place(self, lot: str, reason: str, *, reference: str = "") -> Hold:
        """Nobody may use it from now on."""
        hold = self._holds.place(lot, reason, self.now(), reference)
        self._say("hold.placed", lot=lot, reason=reason)
        return hold

    def release(self, hold: Hold, reason: str = "reworked and found good") -> None:
        """It may be used."""
        hold.released_at = self.world.now()
        self._say("hold.released", lot=hold.lot, reason=reason)

    def dispose(self, hold: Hold, usage: Usage, reason: str, *, reference: str = "") -> Disposition:
        """What becomes of the lot: released it is free, reworked or scrapped it stays held. All but
        rework closes the inspection that rejected it."""
        decided = Disposition(
            id=f"DSP-{len(self.dispositions) + 601}",
            lot=hold.lot,
            usage=usage,
            reason=reason,
            inspection="" if usage == "rework" else self._open_inspection(hold.lot),
            reference=reference,
            decided_at=self.now(),
        )
        self.dispositions.append(decided)
        self._say(
            "lot.disposed",
            disposition=decided.id,
            lot=decided.lot,
            usage=usage,
            reason=reason,
            inspection=decided.inspection,
        )
        if usage == "release":
            self.release(hold, reason)
        return decided

    def concede(self, lot: str, hold: Hold, reason: str, *, reference: str = "") -> Concession:
        """The lot may be used though the held one is in it. The hold stands."""
        granted = Concession(
            id=f"CNC-{len(self.concessions) + 801}",
            lot=lot,
            held=hold.lot,
            hold=hold.id,
            reason=reason,
            reference=reference,
            granted_at=self.now(),
        )
        self.concessions.append(granted)
        self._say("concession.granted", lot=lot, held=hold.lot, reason=reason)
        return granted

    def _open_inspection(self, lot: str) -> str:
        found = [one.id for one in self.inspections.values() if one.lot == lot and one.decision]
        return found[-1] if found and not self._dispositions.closed(found[-1]) else ""

    def _say(self, kind: str, **more: object) -> None:
        self._said += 1
        self.outbox.say(kind, {"id": f"{kind}-{self._said}", "at": self.now(), **more})

    def _subscribed(self, body: bytes) -> str:
        return self._door(plant_of(msgspec.json.decode(body, type=_About).lot))

    def _door(self, plant: Plant) -> str:
        return f"{self.andon}/in/{_DOORS[plant]}/events"

    def _heard(self, kind: str, body: bytes) -> None:
        if kind == "hold.placed":
            lot = msgspec.json.decode(body, type=_About).lot
            for hold in self.holds:
                if hold.lot == lot and hold.heard_at is None:
                    hold.heard_at = self.world.now()

    # What programs do

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """`/oauth/token`, `/inspections`, `/complaints`, `/holds`, `/releases`, `/dispositions`,
        `/concessions`."""
        body = await request.read()
        if self._too_often():
            return web.Response(status=429, headers={"Retry-After": "1"})
        if (request.method, request.path) == ("POST", "/oauth/token"):
            return self._tokens.give(request.headers.get("Authorization", ""), body)
        if not self._tokens.knows(request.headers.get("Authorization", "")):
            return json_answer({"error": "invalid_token"}, status=401)
        match request.method, request.path.strip("/"):
            case "POST", "inspections":
                return self._asked(body)
            case "GET", "inspections":
                wanted = request.query.get("reference")
                found = [one for one in self.inspections.values() if one.reference == wanted]
                return json_answer({"inspections": found})
            case "POST", "complaints":
                return self.complaints.asked(body)
            case "GET", "complaints":
                return self.complaints.found(request.query.get("reference"))
            case "GET", "holds":
                ask = request.query
                return self._holds.found(ask.get("reference"), ask.get("released_under"))
            case "POST", "holds":
                return self._place(body)
            case "POST", "releases":
                return self._release(body)
            case "POST", "dispositions":
                return self._dispose(body)
            case "GET", "dispositions":
                return self._dispositions.found(request.query.get("reference"))
            case "POST", "concessions":
                return self._concede(body)
            case "GET", "concessions":
                return self._concessions.found(request.query.get("reference"))
            case _:
                return json_answer({"error": "not_found"}, status=404)

    def _too_often(self) -> bool:
        now = time.monotonic()
        while self._calls and self._calls[0] < now - _IN:
            self._calls.popleft()
        self._calls.append(now)
        return len(self._calls) > _MOST_CALLS

    def _asked(self, body: bytes) -> web.Response:
        wanted = asked(body, _Asked)
        if isinstance(wanted, web.Response):
            return wanted
        return json_answer(self.inspect(**msgspec.structs.asdict(wanted)), status=201)

    def _place(self, body: bytes) -> web.Response:
        wanted = asked(body, HoldAsked)
        if isinstance(wanted, web.Response):
            return wanted
        known = self.held(wanted.lot)
        if known is not None:
            return json_answer({"error": "already_held", "detail": known.reason}, status=409)
        return json_answer(self.place(wanted.lot, wanted.reason, reference=wanted.reference), 201)

    def _release(self, body: bytes) -> web.Response:
        wanted = asked(body, HoldAsked)
        if isinstance(wanted, web.Response):
            return wanted
        hold = self._open_hold(wanted.lot)
        if isinstance(hold, web.Response):
            return hold
        hold.released_under = wanted.reference
        self.release(hold, wanted.reason)
        return json_answer(hold)

    def _dispose(self, body: bytes) -> web.Response:
        wanted = asked(body, DispositionAsked)
        if isinstance(wanted, web.Response):
            return wanted
        hold = self._open_hold(wanted.lot)
        if isinstance(hold, web.Response):
            return hold
        made = self.dispose(hold, wanted.usage, wanted.reason, reference=wanted.reference)
        return json_answer(made, status=201)

    def _concede(self, body: bytes) -> web.Response:
        wanted = asked(body, ConcessionAsked)
        if isinstance(wanted, web.Response):
            return wanted
        hold = self.held(wanted.held)
        if hold is None:
            detail = f"lot {wanted.held} is not held"
            return json_answer({"error": "not_held", "detail": detail}, status=409)
        if wanted.lot == wanted.held:
            detail = f"a held lot is released, and passes no hold of its own: {wanted.lot}"
            return json_answer({"error": "invalid_request", "detail": detail}, status=422)
        known = self._concessions.of(wanted.lot, hold.id)
        if known is not None:
            return json_answer({"error": "already_granted", "detail": known.id}, status=409)
        made = self.concede(wanted.lot, hold, wanted.reason, reference=wanted.reference)
        return json_answer(made, status=201)

    def _open_hold(self, lot: str) -> Hold | web.Response:
        """The hold that something can still be decided about, or why nothing can."""
        hold = self.held(lot)
        if hold is None:
            detail = f"lot {lot} is not held"
            return json_answer({"error": "not_held", "detail": detail}, status=409)
        if self._dispositions.scrapped(lot):
            detail = f"lot {lot} is to be scrapped"
            return json_answer({"error": "already_scrapped", "detail": detail}, status=409)
        return hold

    def believes(self) -> Iterable[Belief]:
        """Which lots are held."""
        for hold in self.holds:
            held = self.held(hold.lot) is not None
            yield Belief(f"lot:{hold.lot}", "hold", str(held).lower())
