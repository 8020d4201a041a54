"""Recorded journals of real runs: today's bodies still come the same way, whatever the hash seed.

They were recorded on Tryton and FactorySimPy's MES with `andon trace ORDER --journals FOLDER`, but
those of `confirm_proposed_hold` on what the README of mail has people start, and the
others that are no main job's in the lab, on the sandbox company.
"""

from collections.abc import Callable, Coroutine
from pathlib import Path
from textwrap import dedent
from typing import Any

import msgspec
import pytest

from andon.app.journals import check_journals
from andon.core.errors import MappingError, ReplayError, SettingsError
from andon.core.workflow import Run, Verb, Workflow
from andon.engine.journal import Journal, follow
from andon.governance.contracts import Contracts
from andon.model.fulfilment import ResumePick
from andon.model.production import DistributeOrder, OrderReleased
from andon.model.vocabulary import VOCABULARY
from tests.house.tree import ROOT

HERE = Path(__file__).parent
JOURNALS = sorted(HERE.glob("*.json"))
CONTRACTS = Contracts(VOCABULARY)
Body = Callable[[Run, OrderReleased], Coroutine[Verb[Any], Any, None]]


def journal(name: str) -> Journal:
    return msgspec.json.decode((HERE / f"{name}.json").read_bytes(), type=Journal)


def distribute(run: Run, released: OrderReleased) -> DistributeOrder:
    return DistributeOrder(
        order_id=run.subject,
        material_id=released.material_id,
        quantity=released.planned,
        due_at=released.due_at,
    )


def test_every_workflow_follows_its_journals_under_two_hash_seeds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(ROOT)
    assert check_journals("tests.journals.plant:andon", HERE) == len(JOURNALS) >= 11


async def _as_recorded(run: Run, released: OrderReleased) -> None:
    await run.send(distribute(run, released))


async def _another_step_before(run: Run, released: OrderReleased) -> None:
    await run.ask("planner", "Now?", "yes")
    await run.send(distribute(run, released))


async def _another_step_after(run: Run, released: OrderReleased) -> None:
    await run.send(distribute(run, released))
    await run.send(distribute(run, released))


async def _another_command(run: Run, released: OrderReleased) -> None:
    command = distribute(run, released)
    await run.send(msgspec.structs.replace(command, material_id="OTHER"))


async def _no_step(run: Run, released: OrderReleased) -> None:
    del run, released


async def _failure(run: Run, released: OrderReleased) -> None:
    await run.send(distribute(run, released))
    raise MappingError("no way")


def flow(body: Body) -> Workflow:
    return Workflow("release_order", OrderReleased, body)  # pyright: ignore[reportArgumentType]


def test_an_equal_body_follows() -> None:
    follow(journal("release_order"), flow(_as_recorded), CONTRACTS)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (_another_step_before, r"step 1: its journal answers the command .*, and the body asks"),
        (_another_step_after, r"step 1: its journal is its last, and the body still sends"),
        (_another_command, r"step 1: its journal asks for .*, and the body sends .*OTHER"),
        (_no_step, r"step 1: its journal answers it, and the body does not come to it"),
        (_failure, r"step 1: its journal goes on, and the body raises MappingError: no way"),
    ],
)
def test_a_changed_body_is_named_with_run_step_and_way_out(body: Body, says: str) -> None:
    with pytest.raises(ReplayError, match=says) as error:
        follow(journal("release_order"), flow(body), CONTRACTS)
    assert "release_order@erp/production/" in str(error.value)
    assert "new name" in str(error.value)


def test_a_field_that_was_added_since_may_be_said_and_one_that_was_known_may_not_change() -> None:
    from andon.capabilities.fulfilment import pick_delivery

    recorded = journal("pick_delivery-stopped")
    (resume,) = [step for step in recorded.asked if step.type == ResumePick.TYPE]
    assert resume.data is not None
    assert "lot_ids" not in resume.data
    follow(recorded, pick_delivery, CONTRACTS)
    known = msgspec.structs.replace(resume, data={**resume.data, "lot_ids": ["another"]})
    asked = [known if step is resume else step for step in recorded.asked]
    with pytest.raises(ReplayError, match=f"step {resume.n}: .*another.*, and the body sends"):
        follow(msgspec.structs.replace(recorded, asked=asked), pick_delivery, CONTRACTS)


def test_an_open_run_must_still_wait_for_what_it_waits_for() -> None:
    """Its waits stand in the database: a body that waits for something else is never woken."""
    from andon.capabilities.production import post_order

    waiting = journal("post_order-waits-for-inspection")
    follow(waiting, post_order, CONTRACTS)
    answered = {line.n for line in waiting.answers}
    (last,) = [s for s in waiting.asked if s.verb == "wait" and s.n not in answered]
    other = msgspec.structs.replace(last, types=("andon.quality.hold.placed.v1",))
    changed = [other if step.n == last.n else step for step in waiting.asked]
    with pytest.raises(ReplayError, match=f"step {last.n}: .*to wait for andon.quality.hold"):
        follow(msgspec.structs.replace(waiting, asked=changed), post_order, CONTRACTS)


def test_a_body_that_follows_the_order_of_a_set_strays_under_another_seed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sets.py").write_text(
        dedent("""
        from andon.app import Andon
        from andon.core.workflow import workflow
        from andon.model.production import OrderReleased

        @workflow(on=OrderReleased)
        async def release_order(run, released):
            for word in {"a", "b", "c", "d", "e", "f", "g", "h"}:
                await run.ask("planner", "Which?", word)

        andon = Andon("sets", site="here", workflows=[release_order])
        """)
    )
    recorded = journal("release_order")
    answers = [
        msgspec.structs.replace(recorded.answers[0], n=n, answer={"value": word})
        for n, word in enumerate("abcdefgh", 1)
    ]
    asked = [{"n": line.n, "verb": "ask", "choices": [line.answer["value"]]} for line in answers]
    text = msgspec.json.encode({
        **msgspec.to_builtins(recorded), "asked": asked, "answers": answers,
    })  # fmt: skip
    (tmp_path / "sets.json").write_bytes(text)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ReplayError, match=r"(?s)1 journal is not followed.*sets\.json: .*step \d"):
        check_journals("sets:andon", tmp_path)


def test_a_workflow_that_is_gone_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "gone.py").write_text(
        "from andon.app import Andon\nandon = Andon('gone', site='here')\n"
    )
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ReplayError, match=f"{len(JOURNALS)} journals are not followed") as error:
        check_journals("gone:andon", HERE)
    assert "has no workflow 'post_order' any more" in str(error.value)


def test_a_folder_without_journals_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="No journal is in"):
        check_journals("tests.journals.plant:andon", tmp_path)
