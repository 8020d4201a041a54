"""Consumed: what a floor has used of a held lot is quality's question, with the lots that contain
it."""

__all__ = ["judge_consumed"]

from datetime import timedelta

from andon.capabilities.quality.hold import place_insisting
from andon.core.insisting import insist
from andon.core.quantity import Quantity
from andon.core.workflow import Ask, Run, Sleep, Verb, Wait, workflow
from andon.model.concession import GrantConcession
from andon.model.disposing import LotDisposed
from andon.model.production import OperationConfirmed, OrderCompleted
from andon.model.quality import HoldPlaced, HoldReleased, ReleaseHold

LISTENS_ON = timedelta(days=1)
"""So long after its lot was scrapped a floor that was cut off may still say what it had used."""
_HOLD, _LEAVE = "hold what contains it", "leave it to the hold"
_PASS = "let what contains it pass"
_FREE, _KEEP = "release what contains it", "keep it held"

Heard = OperationConfirmed | OrderCompleted | HoldReleased | LotDisposed


@workflow(on=HoldPlaced, earlier=True)
async def judge_consumed(run: Run, placed: HoldPlaced) -> None:
    """An order that used some of the lot though it is held, or of which nobody had heard when it
    was, is one question, which names the lots that contain it. They are bound with it by the fence;
    quality may hold them as well, or let them pass by a concession. A release closes the question,
    and asks about what was held for its sake."""
    uses = _Uses(run, placed)
    news: Wait[Heard] | None = None
    while not uses.over:
        news = news or run.wait(OperationConfirmed, OrderCompleted, HoldReleased, LotDisposed)
        asked = [(use, use.asked) for use in uses.of.values() if use.asked is not None]
        rests: list[Verb[None]] = [] if uses.rest is None or asked else [uses.rest]
        place, said = await run.first(news, *(ask for _, ask in asked), *rests)
        if place == 0:
            news = None
            await uses.hear(said)
        elif place <= len(asked):
            await uses.answered(asked[place - 1][0], str(said))
        else:
            return


class _Use:
    """What one order took of the lot, and what came of it."""

    def __init__(self, order: str) -> None:
        self.order = order
        self.taken: list[Quantity] = []
        self.asked: Ask | None = None
        self.answer: str | None = None
        self.held: list[str] = []
        """What quality has held because it contains the lot."""


class _Uses:
    """All orders of which quality is asked."""

    def __init__(self, run: Run, placed: HoldPlaced) -> None:
        self._run, self._placed = run, placed
        self.of: dict[str, _Use] = {}
        self.over = False
        self.rest: Sleep | None = None
        """Until nothing more is expected of a scrapped lot."""
        self._made: dict[str, list[str]] = {}

    async def hear(self, said: Heard) -> None:
        """Whatever is said of the lot, or of an order that is linked to it."""
        match said:
            case OperationConfirmed():
                await self._used(said)
            case OrderCompleted(lot_id=lot) if lot is not None and said.good.amount > 0:
                await self._contained(_number(said.order_id), lot)
            case OrderCompleted():
                pass
            case HoldReleased() if self._frees(said):
                await self._released()
            case LotDisposed(usage="scrap") if not self._run.earlier:
                self.rest = self.rest or self._run.sleep(LISTENS_ON)
            case HoldReleased() | LotDisposed():
                pass

    async def answered(self, use: _Use, answer: str) -> None:
        """Quality's word also counts for what the order makes later."""
        use.asked, use.answer = None, answer
        for lot in self._made.get(use.order, ()):
            await self._do(use, lot)

    async def _used(self, said: OperationConfirmed) -> None:
        taken = [part.quantity for part in said.consumed if _number(part.lot_id) == self._run.local]
        if not taken or (self._run.earlier and not self._after(said)):
            return
        use = self.of.setdefault(_number(said.order_id), _Use(_number(said.order_id)))
        use.taken += [amount for amount in taken if amount is not None]
        await self._ask(use)

    async def _contained(self, order: str, lot: str) -> None:
        made = self._made.setdefault(order, [])
        if lot in made:
            return
        made.append(lot)
        use = self.of.get(order)
        if use is not None and use.answer is not None:
            await self._do(use, lot)
        elif use is not None:
            await self._ask(use)

    async def _ask(self, use: _Use) -> None:
        """Once: what is heard later takes the place of what was asked before."""
        if use.answer is not None:
            return
        if use.asked is not None:
            await self._run.withdraw(use.asked)
        use.asked = self._run.ask("quality", self._text(use), _HOLD, _LEAVE, _PASS)

    def _text(self, use: _Use) -> str:
        lots = ", ".join(map(_number, self._made.get(use.order, ())))
        much = f"{_sum(use.taken)} of it" if use.taken else "some of it"
        return (
            f"Lot {self._run.local} is held ({self._placed.reason[:1000].rstrip('.')}), and"
            f" {much} went into order {use.order} all the same, which is booked as it happened. "
            + (f"Contained in: {lots}. " if lots else "No lot of the order is known yet. ")
            + "Andon asks nobody to move what contains it while this hold stands. Hold that as"
            " well, and books, floor and warehouse bind it, too; or leave it to this hold; or let"
            " it pass by a concession, though this hold stands."
        )

    async def _do(self, use: _Use, lot: str) -> None:
        """What was answered, for a lot that the order made."""
        if use.answer == _HOLD:
            await self._hold(use, lot)
        elif use.answer == _PASS:
            await self._concede(use, lot)

    async def _concede(self, use: _Use, lot: str) -> None:
        number = _number(lot)
        await insist(
            self._run,
            GrantConcession(
                lot_id=self._named(lot),
                held_lot_id=self._run.subject,
                reason=f"lot {self._run.local} went into it with order {use.order}",
            ),
            team="quality",
            says=lambda error: (
                f"Lot {number} contains {self._run.local} and may pass, and whoever owns holds"
                f" does not grant it: {str(error).rstrip('.')}. Mend the cause, then try again; or"
                " leave it bound by the hold."
            ),
            again="try again",
            by_hand="leave it bound",
        )

    async def _hold(self, use: _Use, lot: str) -> None:
        name = self._named(lot)
        use.held.append(name)
        reason = f"lot {self._run.local} went into it with order {use.order}"
        reason += f": {self._placed.reason[:3000]}"
        stands = f"Lot {_number(lot)}, which contains {self._run.local}, is held here"
        await place_insisting(self._run, name, reason, stands)

    async def _released(self) -> None:
        """What is not answered is answered by it. What was held for its sake only quality frees:
        there may be more against it."""
        self.over = True
        held = [use for use in self.of.values() if use.held]
        for use in self.of.values():
            if use.asked is not None:
                await self._run.withdraw(use.asked)
        asked = [self._run.ask("quality", self._freeing(use), _FREE, _KEEP) for use in held]
        for use, ask in zip(held, asked, strict=True):
            for lot in use.held if await ask == _FREE else ():
                await self._free(lot)

    async def _free(self, lot: str) -> None:
        await insist(
            self._run,
            ReleaseHold(lot_id=lot, reason=f"lot {self._run.local}, which it contains, is free"),
            team="quality",
            says=lambda error: (
                f"Lot {_number(lot)} is released here, and whoever owns holds does not release it:"
                f" {str(error).rstrip('.')}. Mend the cause, then try again; or leave it, if"
                " nothing holds it there any more."
            ),
            again="try again",
            by_hand="leave it as it is",
        )

    def _freeing(self, use: _Use) -> str:
        lots = ", ".join(map(_number, use.held))
        return (
            f"Lot {self._run.local} is released. Held because it went into them with order"
            f" {use.order}: {lots}. Release these as well, unless there is more against them."
        )

    def _named(self, lot: str) -> str:
        """A lot that the floor names is its neighbour's: whoever named that one names this one."""
        return lot if "/" in lot else f"{self._run.subject.partition(':')[0]}:{lot}"

    def _after(self, said: OperationConfirmed) -> bool:
        """Whether it was said before the hold, and happened after it."""
        at, held_at = said.completed_at, self._placed.placed_at
        return at is not None and held_at is not None and at > held_at

    def _frees(self, said: HoldReleased) -> bool:
        """Whether it is the release of this hold: of an older one may be heard before or after."""
        at, held_at = said.released_at, self._placed.placed_at
        if at is None or held_at is None:
            return not self._run.earlier
        return at >= held_at


def _sum(amounts: list[Quantity]) -> str:
    whole: dict[str, Quantity] = {}
    for amount in amounts:
        whole[amount.unit] = whole[amount.unit] + amount if amount.unit in whole else amount
    return " and ".join(map(str, whole.values()))


def _number(name: str) -> str:
    return name.rpartition(":")[2]
