"""A held lot that was consumed is quality's question, in whatever order the log has the words."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import permutations

import pytest

from andon.capabilities.quality import judge_consumed
from andon.core.errors import DeniedError
from andon.core.message import Event
from andon.core.workflow import Workflow
from andon.model.production import ComponentLot, OperationConfirmed, OrderCompleted
from andon.model.quality import HoldPlaced, HoldReleased
from tests.integration.desk import case_of, decides, desk_of
from tests.integration.plant import rows_of, until
from tests.integration.test_promise_fence import (
    NONE,
    NOON,
    ONE,
    Desk,
    Floor,
    floor_on,
    targets,
    uses,
)

MINUTE = timedelta(minutes=1)
SAID: dict[str, Event] = {
    "held": HoldPlaced(lot_id="H1", reason="wet", placed_at=NOON),
    "used": OperationConfirmed(
        order_id="7", operation="10", good=ONE, scrap=NONE, completed_at=NOON + MINUTE,
        consumed=(ComponentLot(material_id="M", lot_id="H1", quantity=ONE),),
    ),
    "made": OrderCompleted(
        order_id="7", material_id="M", ordered=ONE, good=ONE, scrap=NONE, over=NONE, lot_id="A1"
    ),
}  # fmt: skip
FREE = HoldReleased(lot_id="H1", released_at=NOON + timedelta(hours=1))


class Judged(Floor):
    """Quality hears what became of held lots."""

    WORKFLOWS: Sequence[Workflow] = (judge_consumed,)


async def _asked(database: str) -> str:
    """The question that is open, once it names what contains the lot."""
    text = ""

    async def it_names_it() -> bool:
        nonlocal text
        async with rows_of(database) as db:
            texts = await db.fetch(
                "select text from exception where code = 'question' and state = 'open'"
            )
        text = "".join(row["text"] for row in texts)
        return len(texts) == 1 and "Contained in: A1." in text

    await until(it_names_it)
    return text


@pytest.mark.parametrize("words", list(permutations(SAID)))
@pytest.mark.parametrize("together", [True, False])
async def test_there_is_one_question_in_every_order_of_the_words(
    database: str, words: tuple[str, ...], together: bool
) -> None:
    async with floor_on(database, Judged) as floor, desk_of(floor) as hub:
        if together:
            for word in words:
                await floor.heard(SAID[word], at=NOON)
        async with floor.working():
            for word in () if together else words:
                await floor.heard(SAID[word], at=NOON)
            asked = await _asked(database)
            assert "Lot H1 is held (wet), and 1 PCE of it went into order 7" in asked
            with pytest.raises(
                DeniedError, match="lot A1, which was made of lot H1, which is held"
            ):
                await Desk(hub).asks(uses("A1"))
            await floor.heard(FREE, at=NOON + timedelta(hours=1))

            async def nobody_is_asked() -> bool:
                async with rows_of(database) as db:
                    return not await db.fetchval(
                        "select count(*) from exception where state = 'open'"
                    )

            await until(nobody_is_asked)
            assert not targets(floor.keyed)


async def test_what_contains_it_is_held_and_freed_as_quality_says(database: str) -> None:
    async with floor_on(database, Judged) as floor, floor.working():
        for word in ("held", "used", "made"):
            await floor.heard(SAID[word], at=NOON)
        await _asked(database)
        await decides(floor, "question", "hold what contains it")
        await until(lambda: targets(floor.keyed) == ["PlaceHold"])
        async with rows_of(database) as db:
            held = await db.fetch("select lot, holder from hold where held order by lot")
        assert [tuple(row) for row in held] == [
            ("material-lot/floor:A1", "andon"),
            ("material-lot/floor:H1", "qms"),
        ]
        await floor.heard(FREE, at=NOON + timedelta(hours=1))
        case = await case_of(database, "question")
        assert "Held because it went into them with order 7: A1." in case["text"]
        await decides(floor, "question", "release what contains it")
        await until(lambda: targets(floor.keyed) == ["PlaceHold", "ReleaseHold"])
