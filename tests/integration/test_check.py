"""`livechat check` against a real homeserver: each thing that goes wrong is told in the right words."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest
import pytest_asyncio

from livechat_plugin.matrix.registration import AppserviceRegistration
from tests.integration.installation import Installation, free_port, livechat

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def own(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Installation]:
    """An installation of its own, as the plugin is taken away from it."""
    own = Installation(tmp_path_factory.mktemp("checked"))
    try:
        await own.set_up()
        yield own
    finally:
        await own.end()


async def check(own: Installation, env: Mapping[str, str] | None = None) -> tuple[int, str]:
    result = await asyncio.to_thread(livechat, "check", config=own.config, env=dict(env or {}))
    assert not result.stderr, "everything is told in our own words"
    return result.returncode, result.stdout


async def only_cross(own: Installation, env: Mapping[str, str] | None = None) -> str:
    """The one line with a cross."""
    status, output = await check(own, env)
    crosses = [line for line in output.splitlines() if line.startswith("✗")]
    assert (status, len(crosses)) == (1, 1), output
    return crosses[0]


def other_registration(own: Installation, folder: Path, **changes: str) -> dict[str, str]:
    """The environment that makes the plugin use a changed copy of the registration."""
    file = folder / "registration.yaml"
    text = own.config.with_name("livechat-registration.yaml").read_text()
    registration = AppserviceRegistration.load(own.config.with_name("livechat-registration.yaml"))
    for key, value in changes.items():
        old = getattr(registration, key).get_secret_value()
        assert old in text
        text = text.replace(old, value)
    file.write_text(text)
    file.chmod(0o600)
    return {"LIVECHAT_HOMESERVER__REGISTRATION": str(file)}


async def test_everything_is_right(own: Installation) -> None:
    status, output = await check(own, {"LIVECHAT_WEB__PUBLIC_ADDRESS": "https://livechat.example.org"})
    assert status == 0, output
    assert all(line.startswith("✓") for line in output.splitlines()), output
    assert "Customer Support is set up; operators: 2" in output
    assert "the homeserver reaches the plugin" in output


async def test_the_token_for_the_state_of_accounts(own: Installation) -> None:
    for name, sign in (("ada", "✓"), ("anna", "!")):  # ada administers the homeserver
        token = await own.token(name)
        status, output = await check(own, {"LIVECHAT_HOMESERVER__ADMIN_TOKEN": token})
        assert status == 0, output
        [line] = [line for line in output.splitlines() if "admin token:" in line]
        assert line.startswith(sign), line
        assert token not in output
    status, output = await check(own, {"LIVECHAT_HOMESERVER__ADMIN_TOKEN": "wrong"})
    assert status == 0
    assert "! admin token: the homeserver does not tell us how accounts stand" in output


async def test_whether_the_session_panel_can_be_shown(own: Installation) -> None:
    env = {"LIVECHAT_WEB__PANEL_CLIENTS": "https://app.element.io"}
    status, output = await check(own, env)
    assert status == 0
    assert "✓ session panel: the homeserver tells us who looks at it" in output
    assert "session panel" not in (await check(own))[1]


async def test_the_homeserver_is_down(own: Installation) -> None:
    line = await only_cross(own, {"LIVECHAT_HOMESERVER__URL": f"http://127.0.0.1:{free_port()}"})
    assert "does not answer" in line
    assert "start the homeserver, or mend homeserver.url" in line


async def test_something_else_is_where_the_homeserver_should_be(own: Installation) -> None:
    line = await only_cross(own, {"LIVECHAT_HOMESERVER__URL": own.web})
    assert "not from a Matrix homeserver" in line


async def test_the_homeserver_does_not_know_our_token(own: Installation, tmp_path: Path) -> None:
    line = await only_cross(own, other_registration(own, tmp_path, as_token="another"))
    assert "it has not loaded the registration, or another version of it" in line
    assert "app_service_config_files" in line


async def test_the_homeserver_has_another_name(own: Installation) -> None:
    status, output = await check(own, {"LIVECHAT_HOMESERVER__SERVER_NAME": "example.org"})
    assert status == 1
    assert f"✗ server_name: the homeserver is called {own.homeserver.server_name}" in output


async def test_the_plugin_does_not_run(own: Installation) -> None:
    await own.end_plugin()
    try:
        line = await only_cross(own)
    finally:
        await own.start_plugin()
    assert "the plugin is not running" in line
    assert "livechat serve" in line


async def test_the_plugin_runs_and_the_homeserver_does_not_reach_it(own: Installation) -> None:
    await own.end_plugin()
    told, port = own.web, free_port()
    elsewhere = {"LIVECHAT_WEB__LISTEN_PORT": str(port)}
    own.web = f"http://127.0.0.1:{port}"
    try:
        await own.start_plugin(elsewhere)
        line = await only_cross(own, elsewhere)
    finally:
        await own.end_plugin()
        own.web = told
        await own.start_plugin()
    assert f"the plugin runs here, at http://127.0.0.1:{port}" in line
    assert f"does not reach it at {told}" in line


async def test_homeserver_and_plugin_disagree_about_the_token(own: Installation, tmp_path: Path) -> None:
    changed = other_registration(own, tmp_path, hs_token="another")
    await own.end_plugin()
    try:
        await own.start_plugin(changed)
        line = await only_cross(own, changed)
    finally:
        await own.end_plugin()
        await own.start_plugin()
    assert "the homeserver's token is refused" in line
    assert "restart both" in line
