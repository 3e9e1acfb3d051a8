"""A short run of the chaos: nothing is lost, doubled or out of order, whatever is killed (`make chaos` is the long one)."""

import random
from pathlib import Path

import pytest

from tests.chaos.run import Plan, run

pytestmark = [pytest.mark.timeout(240)]


async def test_nothing_is_lost_doubled_or_out_of_order_whatever_is_killed(tmp_path: Path) -> None:
    database = random.choice(("sqlite", "postgresql"))
    plan = Plan(random.randint(1, 999_999), database, kills=10, minutes=0.25, customers=3, pace=0.7)
    tally = await run(plan, tmp_path)
    assert tally.is_clean, "\n".join([f"again: {plan.command}", *tally.lines()])
    assert tally.messages > 0
    assert tally.kills
