"""The points at which the chaos runs kill the plugin are hooked in by name, so whoever moves one must hear of it."""

import asyncio
import importlib

import pytest

from tests.chaos.points import POINTS, REPLICA_POINTS, START_POINTS

ALL = {**POINTS, **START_POINTS, **REPLICA_POINTS}


@pytest.mark.parametrize("name", ALL)
def test_point_is_where_the_plugin_is_killed(name: str) -> None:
    module, what, _ = ALL[name]
    found = importlib.import_module(module)
    for part in what.split("."):
        found = getattr(found, part)
    assert asyncio.iscoroutinefunction(found)
