"""The plant gives events of the right size, in an order's own sequence."""

from collections import defaultdict

import msgspec

from bench.workload import Completion, Plant


def _accepted(plant: Plant, count: int) -> list[Completion]:
    completions: list[Completion] = []
    for _ in range(count):
        completions.append(plant.next_completion())
        plant.accepted(completions[-1])
    return completions


def test_an_event_is_about_600_bytes_and_its_id_is_unique() -> None:
    completions = _accepted(Plant(seed=1), 200)
    assert all(500 < len(completion.body) < 700 for completion in completions)
    assert len({completion.event_id for completion in completions}) == 200


def test_the_same_seed_gives_the_same_events() -> None:
    assert _accepted(Plant(seed=7, operations=4), 50) == _accepted(Plant(seed=7, operations=4), 50)


def test_an_order_goes_on_only_after_its_operation_was_accepted() -> None:
    plant = Plant(seed=1, operations=4)
    waiting = [plant.next_completion() for _ in range(100)]
    assert {completion.sequence for completion in waiting} == {1}
    plant.accepted(waiting[0])
    following = [plant.next_completion() for _ in range(100)]
    gone_on = [completion for completion in following if completion.sequence == 2]
    assert [completion.order for completion in gone_on] == [waiting[0].order]


def test_operations_rise_one_by_one_and_hot_orders_have_forty() -> None:
    sequences: dict[str, list[int]] = defaultdict(list)
    operations: set[int] = set()
    for completion in _accepted(Plant(seed=3, operations=4), 3000):
        sequences[completion.order].append(completion.sequence)
        operations.add(completion.operations)
    assert all(seen == list(range(1, len(seen) + 1)) for seen in sequences.values())
    assert operations == {4, 40}


def test_poison_is_an_order_of_its_own_and_says_so_in_the_body() -> None:
    completions = _accepted(Plant(seed=1, operations=4, poison=0.2), 500)
    poisoned = [completion for completion in completions if completion.poison]
    assert 60 < len(poisoned) < 140
    for completion in completions:
        body = msgspec.json.decode(completion.body)
        assert (body["plant"] == "POISON") == completion.poison
        assert body["order"]["sequence"] == completion.sequence
