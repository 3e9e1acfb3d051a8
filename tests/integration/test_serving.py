"""Starting with what is wrong, standing by, and coming back."""

import asyncio
import signal
import time
from pathlib import Path

import asyncpg  # type: ignore[import-untyped]
import httpx
import pytest

from tests.integration.installation import SLUG, Installation, livechat, new_database
from tests.integration.open_pages import PATIENCE, Page, cookie_of
from tests.integration.test_bad_input import put_transaction

pytestmark = pytest.mark.asyncio(loop_scope="session")


def folder(tmp_path: Path, **replaced: str) -> Path:
    """A configuration made by `livechat install`, with some of its lines replaced."""
    config = tmp_path / "plugin.toml"
    options = (
        "--homeserver-url=http://127.0.0.1:1",
        "--server-name=example.org",
        "--administrator=@ada:example.org",
    )
    installed = livechat("install", *options, config=config)
    assert installed.returncode == 0, installed.stderr
    text = config.read_text()
    for old, new in replaced.items():
        assert old in text
        text = text.replace(old, new)
    config.write_text(text)
    return config


async def test_unknown_key_is_refused_with_file_key_and_reason(tmp_path: Path) -> None:
    config = folder(tmp_path, listen_port="lisen_port")
    refused = livechat("serve", config=config)
    assert refused.returncode == 2
    assert str(config) in refused.stderr
    assert "web.lisen_port" in refused.stderr
    assert "listen_port" in refused.stderr


async def test_broken_registration_is_refused(tmp_path: Path) -> None:
    config = folder(tmp_path)
    (tmp_path / "livechat-registration.yaml").write_text("id: [broken")
    refused = livechat("serve", config=config)
    assert refused.returncode == 2
    assert "livechat-registration.yaml" in refused.stderr


async def test_unreachable_database_ends_the_start_with_a_reason(tmp_path: Path) -> None:
    config = folder(tmp_path)
    elsewhere = {"LIVECHAT_DATABASE__URL": "postgresql://nobody:secretpassword@127.0.0.1:1/none"}
    refused = livechat("serve", config=config, env=elsewhere)
    assert refused.returncode == 1
    assert refused.stderr.startswith("error: ")
    assert "secretpassword" not in refused.stderr
    assert "Traceback" not in refused.stderr


async def test_postgresql_is_migrated_by_command_only(tmp_path: Path, postgresql_server: str) -> None:
    config = folder(tmp_path)
    env = {"LIVECHAT_DATABASE__URL": await new_database(postgresql_server, "serving")}
    refused = livechat("serve", config=config, env=env)
    assert refused.returncode == 2
    assert "livechat migrate" in refused.stderr
    assert livechat("migrate", config=config, env=env).returncode == 0
    assert livechat("chats", "list", config=config, env=env).returncode == 0


async def test_health_ready_and_metrics_answer(installation: Installation) -> None:
    async with httpx.AsyncClient(base_url=installation.web) as client:
        assert (await client.get("/health")).json() == {"status": "ok"}
        assert (await client.get("/ready")).json() == {"status": "ready"}
        metrics = await client.get("/metrics")
    assert "livechat_transaction_seconds_bucket" in metrics.text


async def test_without_homeserver_the_plugin_waits_and_says_what_is_missing(tmp_path: Path) -> None:
    installation = Installation(tmp_path)
    folder(tmp_path, **{"9009": installation.web.rpartition(":")[2]})
    await installation.start_plugin()
    try:
        async with httpx.AsyncClient(base_url=installation.web) as client:
            ready = await client.get("/ready")
        assert ready.status_code == 503
        assert ready.json()["missing"] == {"homeserver": "does not answer"}
    finally:
        await installation.end_plugin()


async def readiness(installation: Installation) -> dict[str, str]:
    async with httpx.AsyncClient(base_url=installation.web) as client:
        missing: dict[str, str] = (await client.get("/ready")).json()["missing"]
    return missing


async def test_a_second_process_on_sqlite_waits_and_takes_over_when_the_first_is_killed(
    tmp_path: Path,
) -> None:
    env = {"LIVECHAT_DATABASE__URL": f"sqlite:///{tmp_path / 'shared.db'}"}
    processes = [Installation(tmp_path / name) for name in ("first", "second")]
    for process in processes:
        folder(process.config.parent, **{"9009": process.web.rpartition(":")[2]})
    first, second = processes
    try:
        await first.start_plugin(env)
        await second.start_plugin(env)
        assert await readiness(first) == {"homeserver": "does not answer"}
        assert (await readiness(second))["plugin"] == "another process is serving"
        refused = await put_transaction(second, "early", b'{"events": []}')
        assert refused.status_code == 503
        assert livechat("chats", "list", config=second.config, env=env).returncode == 0
        await first.end_plugin(signal.SIGKILL)
        async with asyncio.timeout(2):
            while (await put_transaction(second, "late", b'{"events": []}')).status_code != 200:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        assert "another process is serving" in second.log.read_text()
    finally:
        for process in processes:
            await process.end_plugin()


async def test_after_being_killed_it_serves_at_once(tmp_path: Path) -> None:
    installation = Installation(tmp_path)
    folder(tmp_path, **{"9009": installation.web.rpartition(":")[2]})
    began = 0.0
    try:
        for name in ("one", "two"):
            began = time.monotonic()
            await installation.start_plugin()
            assert (await put_transaction(installation, name, b'{"events": []}')).status_code == 200
            await installation.end_plugin(signal.SIGKILL)
        # Nothing of the one that was killed is waited for; a loaded machine takes its time to start.
        assert time.monotonic() - began < 20
    finally:
        await installation.end_plugin()


async def test_readiness_does_not_tell_strangers_what_the_database_said(
    tmp_path: Path, postgresql_server: str
) -> None:
    installation = Installation(tmp_path)
    folder(tmp_path, **{"9009": installation.web.rpartition(":")[2]})
    url = await new_database(postgresql_server, "goingaway")
    env = {"LIVECHAT_DATABASE__URL": url}
    assert livechat("migrate", config=installation.config, env=env).returncode == 0
    await installation.start_plugin(env)
    try:
        administrator = await asyncpg.connect(postgresql_server)
        await administrator.execute("DROP DATABASE goingaway WITH (FORCE)")
        await administrator.close()
        missing = await readiness(installation)
        assert missing == {"database": "cannot be reached", "homeserver": "does not answer"}
    finally:
        await installation.end_plugin()


async def test_new_live_chat_is_set_up_by_the_running_plugin(installation: Installation) -> None:
    await installation.add_chat("fresh", "Fresh Chat")
    listed = await asyncio.to_thread(livechat, "chats", "list", config=installation.config)
    assert "Fresh Chat" in listed.stdout
    assert f"@livechat_{SLUG}:" in listed.stdout


async def test_an_open_page_follows_what_a_command_changes(installation: Installation) -> None:
    sam, boris = installation.user_id("sam"), installation.user_id("boris")
    async with (
        httpx.AsyncClient(base_url=installation.web, timeout=PATIENCE) as browser,
        browser.stream(
            "GET",
            "/console/live?topics=operators",
            headers={"Cookie": cookie_of(installation.config, sam)},
        ) as response,
    ):
        page = Page(response)
        await page.next("hello")
        for command in ("disable", "enable"):
            done = await asyncio.to_thread(livechat, "operators", command, boris, config=installation.config)
            assert done.returncode == 0, done.stderr
            assert "operators" in await page.next("changed")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("Bad Slug", "Name", "--operator=@anna:example.org"), "slug: 'Bad Slug'"),
        (("good", "", "--operator=@anna:example.org"), "name: must not be empty"),
        (("good", "Name", "--operator=anna"), "operators: there is no group 'anna'"),
        (("good", "Name", "--operator=@a:b", "--customer=nobody"), "customers: there is no group 'nobody'"),
        (("good", "Name", "--operator=@a:b", "--rule=lottery"), "rule: there is no routing rule 'lottery'"),
    ],
)
async def test_wrong_field_of_a_live_chat_is_named_and_nothing_is_kept(
    tmp_path: Path, arguments: tuple[str, ...], reason: str
) -> None:
    config = folder(tmp_path)
    refused = livechat("chats", "add", *arguments, config=config)
    assert refused.returncode == 1
    assert reason in refused.stderr
    assert "no live chats yet" in livechat("chats", "list", config=config).stdout
