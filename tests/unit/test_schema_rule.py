"""Which databases a version of the plugin works with."""

from pathlib import Path

import pytest

from livechat_plugin.bootstrap.migration import SchemaTooNew, migrate
from livechat_plugin.settings import HomeserverSettings, Settings
from livechat_plugin.store.database import open_backend
from livechat_plugin.store.schema import SchemaState, judge


@pytest.mark.parametrize(
    ("revision", "compatible_since", "expected"),
    [
        (None, None, SchemaState.OLDER),
        ("0003", None, SchemaState.OLDER),
        ("0003", "0002", SchemaState.OLDER),
        ("0004", None, SchemaState.FIT),
        ("0004", "0003", SchemaState.FIT),
        ("0005", "0003", SchemaState.FIT),
        ("0005", "0004", SchemaState.FIT),
        ("0005", "0005", SchemaState.NEWER),
        ("0005", None, SchemaState.NEWER),
    ],
)
def test_a_newer_schema_is_used_as_long_as_it_says_so(
    revision: str | None, compatible_since: str | None, expected: SchemaState
) -> None:
    assert judge(revision, compatible_since, ours="0004") is expected


def test_each_refusal_says_what_to_do() -> None:
    assert "livechat migrate" in SchemaState.OLDER.remedy
    assert "restore" in SchemaState.NEWER.remedy


async def test_a_database_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    homeserver = HomeserverSettings(url="http://127.0.0.1:1", server_name="example.org")
    url = f"sqlite:///{tmp_path / 'livechat.db'}"
    settings = Settings(homeserver=homeserver, database={"url": url})
    await migrate(settings)
    backend = open_backend(url)
    await backend.migrate(
        lambda connection: connection.exec_driver_sql(
            "UPDATE alembic_version SET version_num = '9999'"
        ).close()
    )
    await backend.migrate(
        lambda connection: connection.exec_driver_sql("DELETE FROM notes WHERE name LIKE 'schema.%'").close()
    )
    await backend.close()
    with pytest.raises(SchemaTooNew, match="newer version"):
        await migrate(settings)
