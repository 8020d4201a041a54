"""What a round aims at, what the proxy's log proves, and when a proof proves too little."""

from collections import Counter
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from proof.killing import KILLS
from proof.proxy import Call, Said, held_at_kill
from proof.real.calls import CALLS, call_named
from proof.real.line import fate
from proof.real.page import write
from proof.real.proving import Look, Proven
from proof.real.report import faults, rows
from proof.real.rounds import Played, Shot, shots
from tests.unit.proof.plants import COLA, MADE_AT, WATER, books, log, outbox


def test_fifty_rounds_pair_every_kill_with_every_call_once() -> None:
    aimed = shots(50)
    assert {(shot.kill, shot.call) for shot in aimed} == {(k, c) for k in KILLS for c in CALLS}
    assert len({shot.kill for shot in aimed[:5]}) == len({shot.call for shot in aimed[:5]}) == 5


@pytest.mark.parametrize(
    ("method", "path", "body", "name"),
    [
        ("PUT", "production/7", b'{"inputs":[["write",[1],{"lot":2}]]}', "AssignLots"),
        ("PUT", "production/7", b'{"outputs":[["write",[1],{"lot":2}]]}', "ReceiveOutput"),
        ("POST", "production/7/assign_try", b"{}", "AssignComponents"),
        ("POST", "production/7/run", b"{}", "StartProduction"),
        ("POST", "production/7/do", b"{}", "CompleteProduction"),
        ("POST", "production.work/7/start", b"{}", "StartOperation"),
        ("POST", "production.work/7/stop", b"{}", "ConfirmOperation"),
        ("PUT", "production.work.cycle/7", b"{}", "RecordOperation"),
        ("POST", "stock.lot", b"{}", "CreateLot"),
        ("POST", "quality.inspection", b"{}", "RequestInspection"),
        ("GET", "production", b"", None),
    ],
)
def test_every_call_of_a_posting_is_known(
    method: str, path: str, body: bytes, name: str | None
) -> None:
    assert call_named(method, f"/erp/rest/model/{path}", body) == name


def test_a_call_that_no_command_makes_is_a_mistake() -> None:
    with pytest.raises(LookupError, match="DELETE"):
        call_named("DELETE", "/erp/rest/model/production/7", b"")


def test_only_what_is_held_at_the_moment_of_the_kill_counts(tmp_path: Path) -> None:
    early, late, after = (Call(n, "CreateLot", "stock.lot", 0.0, 0.0) for n in range(3))
    lines = [
        Said("committed", 1.0, call=early),
        Said("held", 1.0, call=early),
        Said("release", 2.0, "1"),
        Said("kill", 2.1, "round 1"),
        Said("held", 3.0, call=late),
        Said("kill", 4.0, "round 2"),
        Said("held", 5.0, call=after),
    ]
    log_file = tmp_path / "proxy.log"
    log_file.write_bytes(b"\n".join(map(msgspec.json.encode, lines)))
    assert held_at_kill(log_file, 1) == []
    assert held_at_kill(log_file, 2) == [late]
    assert held_at_kill(log_file, 3) == []


def played(held: tuple[str, ...], *, quiet: bool = False) -> Played:
    began = MADE_AT + timedelta(minutes=1 if quiet else 0)
    down = (began, began + timedelta(seconds=5))
    return Played(Shot(1, "all", "CreateLot"), 3, held, 0, down, 2.5, 3.0)


def proven(*rounds: Played) -> Proven:
    both = (WATER, COLA)
    look = Look(outbox(*both), books(*both), log(*both))
    return Proven(list(rounds), [*both], look, found=[], people=[], line=(2, 3), took_s=9.0)


def test_a_round_counts_when_an_answer_was_held_while_the_mes_confirmed() -> None:
    whole = proven(played(("CreateLot",)), played(()), played(("CreateLot",), quiet=True))
    assert [row.counts for row in rows(whole)] == [True, False, False]


def test_too_few_rounds_that_count_fail_the_proof() -> None:
    enough = [played(("CreateLot",))] * 20 + [played(())] * 30
    assert faults(proven(*enough)) == []
    assert faults(proven(*enough[1:], played(()))) == [
        "only 19 of 50 rounds count; the rest prove nothing"
    ]


def test_the_line_breaks_for_some_and_passes_most() -> None:
    fates = Counter(fate(f"MO{1000 + n}:op10") for n in range(400))
    assert set(fates) == {"cut", "unanswered", "passes"}
    assert fates["passes"] > 200
    assert min(fates.values()) > 20


def test_the_page_and_the_rows_are_written(tmp_path: Path) -> None:
    write(proven(played(("CreateLot", "StartOperation"))), tmp_path)
    (row,) = msgspec.json.decode((tmp_path / "kill.json").read_bytes())
    assert (row["held"], row["lost"]) == (["CreateLot", "StartOperation"], [])
    page = (tmp_path / "kill.md").read_text()
    assert "| all | 1 | 1 | 0 | 0 | 0 | 3.00 / 3.00 s |" in page
