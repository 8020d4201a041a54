"""The belief matrix as a fold: claims in, cells out."""

from datetime import UTC, datetime, timedelta

from andon.visibility.matrix import Belief, Claimed, Owned, beliefs_of, matrix

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def said(position: int, value: object, *, occurred: int = 0, system: str = "mes") -> Claimed:
    at = NOON + occurred * MINUTE
    return Claimed(position, system, {"status": value}, at, NOON + position * MINUTE)


def test_the_newest_by_occurrence_stands() -> None:
    (belief,) = beliefs_of([said(1, "b", occurred=5), said(2, "a", occurred=1)])
    assert (belief.value, belief.position) == ("b", 1)


def test_since_is_the_first_claim_of_the_very_value() -> None:
    (belief,) = beliefs_of([said(1, "a"), said(2, "b"), said(3, "b")])
    assert (belief.since, belief.position) == (NOON + 2 * MINUTE, 3)


def test_systems_do_not_overwrite_each_other() -> None:
    assert len(beliefs_of([said(1, "a"), said(2, "b", system="erp")])) == 2


def stands(value: object, *, since: int = 0, within: float = 60) -> str:
    def belief(system: str, value: object, since: int) -> Belief:
        at = NOON + since * MINUTE
        return Belief("status", system, value, at, at, at, 1)  # type: ignore[arg-type]

    (row,) = matrix(
        [belief("erp", value, since), belief("mes", 1, 0)],
        [Owned("status", "mes", "erp", within, "planning")],
        NOON + 2 * MINUTE,
    )
    assert row.cells[0].stands == "owner"
    return row.cells[1].stands


def test_a_follower_agrees_settles_or_differs() -> None:
    assert stands(1) == "agrees"
    assert stands(2) == "differs"
    assert stands(2, within=600) == "settling"
    assert stands(2, since=2) == "settling"  # it left the agreement itself a moment ago
    assert stands(True) == "differs"  # true is not one


def test_without_an_owner_nobody_is_wrong() -> None:
    rows = matrix(beliefs_of([said(1, "a"), said(2, "b", system="erp")]), [], NOON)
    assert [cell.stands for cell in rows[0].cells] == ["unowned", "unowned"]
    assert rows[0].owner is None


def test_of_owners_at_two_sites_the_one_that_has_spoken_counts() -> None:
    owned = [
        Owned("status", "mes", "erp", 60, "planning"),
        Owned("status", "mes-b", "erp-b", 600, "quality"),
    ]
    said_there = [said(1, "a", system="erp-b"), said(1, "b", system="mes-b")]
    (row,) = matrix(beliefs_of(said_there), owned, NOON + 2 * MINUTE)
    assert (row.owner, row.steward) == ("mes-b", "quality")
    assert [(cell.system, cell.stands, cell.follower_within_s) for cell in row.cells] == [
        ("mes-b", "owner", None),
        ("erp-b", "settling", 600),
    ]
    (nobody,) = matrix(beliefs_of([said(1, "a", system="erp-b")]), owned, NOON)
    assert [cell.stands for cell in nobody.cells] == ["unowned"]
