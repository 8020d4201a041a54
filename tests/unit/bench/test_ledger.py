"""The ledger tells one effect from two, and a turn from a jump of the queue."""

import pytest

from bench.ledger import Answered, Call, Faults, Ledger, Silent, System, Unavailable


def _call(event_id: str = "e1", *, seq: int | None = None, plant: str = "1010") -> Call:
    return Call(event_id, order_no="PO-1", lot_no="LOT-1", qty=5, plant=plant, seq=seq)


def _through(ledger: Ledger, event_id: str, seq: int) -> None:
    systems: tuple[System, ...] = ("qms", "erp", "wms")
    for system in systems:
        ledger.judge(system, f"{event_id}:{system}", _call(event_id, seq=seq), now=0)


def test_the_same_key_gives_the_same_reference_and_no_second_effect() -> None:
    ledger = Ledger()
    first = ledger.judge("qms", "k", _call(), now=0)
    again = ledger.judge("qms", "k", _call(), now=1)
    assert first == again == Answered("qms-00000001")
    entry = ledger.events["qms"]["e1"]
    assert (entry.effects, entry.calls, entry.replays) == (1, 2, 1)


def test_another_key_for_the_same_event_is_a_doubled_effect() -> None:
    ledger = Ledger()
    ledger.judge("qms", "k1", _call(), now=0)
    ledger.judge("qms", "k2", _call(), now=0)
    assert ledger.events["qms"]["e1"].effects == 2


def test_a_call_without_a_key_is_booked_each_time() -> None:
    ledger = Ledger()
    ledger.judge("qms", None, _call(), now=0)
    ledger.judge("qms", None, _call(), now=0)
    assert ledger.events["qms"]["e1"].effects == 2
    assert ledger.bad["no_key"] == 2


def test_an_operation_that_overtakes_is_counted_in_each_system() -> None:
    ledger = Ledger()
    _through(ledger, "e2", seq=2)
    _through(ledger, "e1", seq=1)
    # In each of the three: 2 came before 1, and then 1 is not the one after 2.
    assert ledger.bad["order_sequence"] == 6


def test_operations_in_sequence_are_not_counted() -> None:
    ledger = Ledger()
    for seq in (1, 2, 3):
        _through(ledger, f"e{seq}", seq)
    assert ledger.bad["order_sequence"] == ledger.bad["out_of_order"] == 0
    assert ledger.completed == 3


def test_a_putaway_before_its_goods_receipt_is_out_of_order() -> None:
    ledger = Ledger()
    ledger.judge("qms", "q", _call(), now=0)
    ledger.judge("wms", "w", _call(), now=0)
    assert ledger.bad["out_of_order"] == 1


def test_a_refused_call_has_no_effect_and_the_poison_plant_is_always_refused_by_the_erp() -> None:
    ledger = Ledger()
    assert isinstance(ledger.judge("qms", "k", _call(plant="POISON"), now=0), Answered)
    for _ in range(6):
        verdict = ledger.judge("erp", "k", _call(plant="POISON"), now=0)
        assert isinstance(verdict, Unavailable)
    assert ledger.events["erp"]["e1"].effects == 0
    assert ledger.n503 == 6


def test_a_hang_has_its_effect_and_the_repeated_call_finds_it() -> None:
    ledger = Ledger()
    ledger.faults["erp"] = Faults(hang=1.0)
    assert isinstance(ledger.judge("erp", "k", _call(), now=0), Silent)
    ledger.faults["erp"] = Faults()
    assert ledger.judge("erp", "k", _call(), now=0) == Answered("erp-00000001")
    assert ledger.events["erp"]["e1"].effects == 1


def test_faults_depend_on_seed_and_attempt_only() -> None:
    def verdicts(seed: int) -> list[type]:
        ledger = Ledger()
        ledger.seed = seed
        ledger.faults["erp"] = Faults(fail=0.5)
        return [type(ledger.judge("erp", "k", _call(f"e{n % 20}"), now=0)) for n in range(60)]

    assert verdicts(1) == verdicts(1)
    assert verdicts(1) != verdicts(2)
    assert 15 < verdicts(1).count(Unavailable) < 45


@pytest.mark.parametrize("missing", ["order_no", "lot_no", "qty"])
def test_a_body_that_lacks_a_field_is_a_bad_mapping(missing: str) -> None:
    whole: dict[str, object] = {"event_id": "e", "order_no": "o", "lot_no": "l", "qty": 0}
    whole[missing] = None
    ledger = Ledger()
    ledger.judge("qms", "k", Call(**whole), now=0)  # pyright: ignore[reportArgumentType] - by name
    assert ledger.bad["bad_map"] == 1


def test_the_first_answer_is_stamped_with_the_delay_and_does_not_move() -> None:
    ledger = Ledger(delay_ms=5)
    ledger.judge("wms", "k", _call(), now=1_000)
    ledger.judge("wms", "k", _call(), now=9_000)
    assert ledger.events["wms"]["e1"].first_answer_at == 5_001_000
