"""The one gate, and items on their way to become events."""

from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import sha256

import msgspec
import pytest

from andon.core.connector import Item
from andon.core.errors import DeniedError
from andon.core.mapping import Inbound, Known, Said
from andon.core.plant import Approve, Decision, Deny, Policy, Route
from andon.core.record import Actor
from andon.engine.gate import pass_gate
from andon.engine.plan import Plan, wiring_faults
from andon.engine.read import read_items
from andon.store.raw import KEPT_WHOLE
from tests.integration.plant import Plant, PostBlind, PostKeyed, Told

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
PROGRAM = Actor("program")


def _plan(*policies: Policy) -> Plan:
    plan = Plant("postgresql://nowhere").plan
    decided = {rule.command: [rule] for rule in policies}
    return msgspec.structs.replace(plan, policies=decided)


def test_a_command_passes_to_where_its_route_says() -> None:
    passed = pass_gate(_plan(), PostKeyed(order_id="A"), PROGRAM, "here")
    assert (passed.wired.name, passed.outbound.proof) == ("keyed", "keyed")


def test_a_caller_of_another_site_and_a_command_without_a_route_are_denied() -> None:
    away = Actor("program", sites=frozenset({"there"}))
    with pytest.raises(DeniedError, match="site"):
        pass_gate(_plan(), PostKeyed(order_id="A"), away, "here")
    plan = _plan()
    unrouted = msgspec.structs.replace(plan, routes={})
    with pytest.raises(DeniedError, match="route"):
        pass_gate(unrouted, PostKeyed(order_id="A"), PROGRAM, "here")


def test_a_policy_denies_with_its_reason_and_only_its_command() -> None:
    def never(command: PostKeyed, actor: Actor) -> Decision:
        return Deny(f"{actor.name} may not")

    plan = _plan(Policy(PostKeyed, never))
    with pytest.raises(DeniedError, match="program may not"):
        pass_gate(plan, PostKeyed(order_id="A"), PROGRAM, "here")
    assert pass_gate(plan, PostBlind(order_id="A"), PROGRAM, "here").wired.name == "none"


def _read(*items: Item) -> tuple[list[str], list[tuple[str, str]]]:
    plan = _plan()
    reading = read_items(plan.connections["talker"], items, plan, now=NOON)
    return [d.id for d in reading.drafts], [(r.code, r.acts) for r in reading.raised]


def test_an_item_becomes_its_event_and_a_bad_one_an_exception_beside_it() -> None:
    good = Item(kind="told", key="1", raw=b'{"order_id": "A"}')
    bad = Item(kind="told", key="2", raw=b'{"order_id": []}')
    odd = Item(kind="unheard of", key="3", raw=b"{}")
    nul = Item(kind="told", key="4", raw=b'{"order_id": "a\\u0000"}')
    drafts, raised = _read(bad, good, odd, nul)
    assert drafts == ["1"]
    assert raised == [("unreadable-item", "data owner")] * 3


def test_wiring_finds_every_hole_at_once() -> None:
    plant = Plant("postgresql://nowhere")
    routes = [Route(PostKeyed, "keyed"), Route(PostBlind, "none")]
    faults = wiring_faults([], [*plant.plan.workflows.values()] * 2, routes)
    said = {fault.at for fault in faults}
    assert {"workflows/follow", "routes/PostKeyed", "routes/PostBlind"} <= said


def test_the_claims_of_an_event_travel_with_it() -> None:
    plan = _plan()
    item = Item(kind="told", key="1", raw=b'{"order_id": "A", "n": 5}')
    (draft,) = read_items(plan.connections["talker"], [item], plan, now=NOON).drafts
    assert (draft.claims, draft.type, draft.local) == ('{"n":5}', Told.TYPE, "A")


def test_a_policy_asks_each_team_once_and_a_denial_goes_before_approval() -> None:
    def ask(team: str) -> Policy:
        def decide(command: PostKeyed, actor: Actor) -> Decision:
            return Approve(team, f"{team} must know")

        return Policy(PostKeyed, decide)

    def never(command: PostKeyed, actor: Actor) -> Decision:
        return Deny("no")

    rules = [ask("planner"), ask("quality"), ask("planner")]
    plan = msgspec.structs.replace(_plan(), policies={PostKeyed: rules})
    passed = pass_gate(plan, PostKeyed(order_id="A"), PROGRAM, "here")
    assert [one.team for one in passed.approvals] == ["planner", "quality"]
    assert passed.state == "awaiting"
    denying = msgspec.structs.replace(
        plan, policies={PostKeyed: [*rules, Policy(PostKeyed, never)]}
    )
    with pytest.raises(DeniedError, match="no"):
        pass_gate(denying, PostKeyed(order_id="A"), PROGRAM, "here")


def test_of_an_item_too_large_to_keep_its_exception_has_digest_and_size() -> None:
    plan = _plan()
    fits = Item(kind="told", key="1", raw=b" " * KEPT_WHOLE)
    large = Item(kind="told", key="2", raw=b"?" * (KEPT_WHOLE + 1))
    good = Item(kind="told", key="3", raw=b'{"order_id": "A"}')
    reading = read_items(plan.connections["talker"], [fits, large, good], plan, now=NOON)
    whole, digested = reading.raised
    assert whole.raw == fits.raw
    assert "sha256" not in whole.detail
    assert digested.raw is None
    assert msgspec.json.decode(digested.detail)["bytes"] == KEPT_WHOLE + 1
    assert sha256(large.raw).hexdigest() in digested.detail
    assert "only the digest" in digested.text
    assert [draft.id for draft in reading.drafts] == ["3"]


def test_what_changed_in_a_row_too_large_to_keep_is_not_guessed_and_the_same_row_is_no_news() -> (
    None
):
    def changes(item: Item, known: Known) -> Iterable[Said]:
        row = item.read(Told)
        if row != known.before(Told):
            yield row

    plan = _plan()
    wired = msgspec.structs.replace(
        plan.connections["talker"], inbound={"row": Inbound("row", changes)}
    )

    def row(key: str, order: str, n: int) -> Item:
        raw = msgspec.json.encode(Told(order_id=order, n=n))
        return Item(kind="row", key=key, raw=raw, mirror="R")

    large = "A" * KEPT_WHOLE
    items = [row("1", large, 1), row("2", large, 1), row("3", "A", 2), row("4", "A", 3)]
    reading = read_items(wired, items, plan, now=NOON)
    assert [draft.id for draft in reading.drafts] == ["1", "4"]
    assert ["row 3," in raised.text for raised in reading.raised] == [True]
    assert "was not kept" in reading.raised[0].text
