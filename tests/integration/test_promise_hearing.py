"""A run hears its own subject and linked ones: each event once, in log order, whatever happens."""

import asyncio

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.integration.listening import Action, Floor

ORDERS, CHECKS = st.integers(0, 1), st.integers(0, 2)
ACTIONS = st.one_of(
    st.tuples(st.just("begun"), ORDERS, st.booleans()),
    st.tuples(st.just("went"), ORDERS),
    st.tuples(st.just("noted"), CHECKS, st.none() | ORDERS),
    st.tuples(st.just("decided"), CHECKS, st.none() | ORDERS),
    st.tuples(st.just("go"), st.integers(0, 1)),
    st.tuples(st.just("remember"), st.integers(0, 1)),
    st.tuples(st.just("break"), st.integers(0, 1), st.integers(1, 8), st.booleans()),
)


@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(actions=st.lists(ACTIONS, min_size=3, max_size=25))
@example(actions=[("decided", 0, 0), ("went", 0), ("begun", 0, False), ("go", 0), ("go", 1)])
@example(actions=[("begun", 0, False), ("go", 0), ("go", 1), ("decided", 0, 0)])
@example(actions=[("begun", 0, False), ("go", 0), ("go", 1), ("decided", 0, None), ("go", 0),
                  ("go", 1), ("noted", 0, 0), ("went", 0)])  # fmt: skip
@example(actions=[("begun", 0, True), ("decided", 0, None), ("go", 0), ("go", 1), ("noted", 0, 0),
                  ("go", 0), ("go", 1), ("went", 0), ("break", 0, 4, True),
                  ("break", 1, 4, True)])  # fmt: skip
def test_each_run_gets_exactly_the_events_it_should_in_log_order(
    database: str, actions: list[Action]
) -> None:
    async def story() -> None:
        floor = Floor(database)
        await floor.does(actions)
        for run, given_events, due in await floor.heard():
            assert given_events == due, run

    asyncio.run(story())
