"""Whatever people do, one after another, and whatever fails meanwhile: the service is as the model says.

Longer: `LIVECHAT_LIVES=500 make test ARGS="tests/contract/races/test_life_cycle.py -s"`. A seed that is printed goes
into `--hypothesis-seed`.
"""

import os
import shutil
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.contract.races.life_cycle import LifeCycle
from tests.contract.races.service import Service

LIVES = int(os.environ.get("LIVECHAT_LIVES", "3"))
STEPS = 25 if LIVES < 50 else 60

_numbers = count(1)


@pytest.mark.timeout(60 + LIVES * 60)
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_the_life_of_sessions_is_as_in_the_model(
    database: str, request: pytest.FixtureRequest, tmp_path: Path, new_postgresql: Callable[[], str]
) -> None:
    migrated = request.getfixturevalue("migrated_file")

    def new_service() -> Service:
        if database == "postgresql":
            return Service(new_postgresql())
        return Service(f"sqlite:///{shutil.copy(migrated, tmp_path / f'{next(_numbers)}.db')}")

    class Life(LifeCycle):
        pass

    Life.new_service = staticmethod(new_service)
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=LIVES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )
