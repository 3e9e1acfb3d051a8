"""The conversations and commands in the documentation happen as they stand there.

How to write them stands in CONTRIBUTING.md. The pages are carried out in one world, in this order.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.integration.documentation.steps import Section, steps_of
from tests.integration.documentation.world import World
from tests.integration.installation import Installation

DOCS = Path(__file__).parents[2] / "docs"
ENOUGH = 6
"""Failures of a page after which the rest of it is not worth the time."""
PAGES = ("administrators.md", "supervisors.md", "operators.md", "customers.md")

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(900)]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    installation = Installation(tmp_path_factory.mktemp("documented"))
    try:
        yield await World.make(installation)
    finally:
        await installation.end()


@pytest.mark.parametrize("page", PAGES)
async def test_what_the_page_shows_happens(world: World, page: str) -> None:
    steps = list(steps_of(page, (DOCS / page).read_text(encoding="utf-8")))
    assert any(not isinstance(step, Section) for step in steps), f"{page} shows nothing that could be tried"
    failures: list[str] = []
    for step in steps:
        try:
            await world.perform(step)
        except AssertionError as failure:  # so that one run shows all there is to correct
            failures.append(str(failure))
        assert len(failures) < ENOUGH, "\n".join(failures)
    assert not failures, "\n".join(failures)
