"""The configuration file is followed: used as a whole when it is right, and not at all when it is wrong (S14)."""

import asyncio
import os
from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from livechat_plugin.bootstrap import file_changes
from livechat_plugin.bootstrap.configuration import configure
from livechat_plugin.bootstrap.file_changes import changes
from livechat_plugin.bootstrap.following import Following
from livechat_plugin.bootstrap.hooks import load_configured_hooks
from livechat_plugin.cli import app
from livechat_plugin.core.errors import ConfigurationError
from livechat_plugin.core.routing import RoutingRule
from livechat_plugin.hookcalls import Hooks
from livechat_plugin.services.configuration_news import InUse

PATIENCE = 30.0

RULES = """
from livechat_plugin import Hook, RoutingRule, hookimpl

class Rules(Hook):
    @hookimpl
    def livechat_register_routing_rules(self):
        return [RoutingRule({name!r}, "A rule", "It rules.")]
"""


class Followed:
    """A process that follows its configuration."""

    def __init__(self, file: Path) -> None:
        self.file = file
        configuration = configure(file)
        self.hooks = Hooks(load_configured_hooks(file, configuration.settings))
        self.used: list[InUse] = []
        self.checked: list[Hooks] = []
        self.following = Following(
            configuration,
            self.hooks,
            lambda settings: load_configured_hooks(file, settings),
            self._check,
            self._use,
        )

    async def _check(self, hooks: Hooks) -> None:
        self.checked.append(hooks)
        await hooks.register("livechat_register_routing_rules", RoutingRule, lambda rule: rule.name)

    async def _use(self, in_use: InUse) -> None:
        self.used.append(in_use)

    def write(self, old: str, new: str) -> None:
        text = self.file.read_text()
        assert old in text
        self.file.write_text(text.replace(old, new))

    def append(self, text: str) -> None:
        self.file.write_text(self.file.read_text() + text)

    async def read(self) -> InUse:
        await self.following.read()
        return self.used[-1]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    options = ("--homeserver-url", "http://127.0.0.1:19", "--server-name", "example.org")
    assert CliRunner().invoke(app, ["install", *options]).exit_code == 0
    return tmp_path


@pytest.fixture
def followed(folder: Path) -> Followed:
    return Followed(folder / "plugin.toml")


async def test_a_hook_is_switched_off_and_on(followed: Followed) -> None:
    before = followed.hooks.names()
    followed.append("\n[hooks.greeting]\nenabled = false\n")
    assert "greeting" not in (await followed.read()).hooks
    assert followed.hooks.names() == [name for name in before if name != "greeting"]
    followed.write("enabled = false", "enabled = true")
    assert "greeting" in (await followed.read()).hooks
    assert followed.hooks.names() == before


async def test_a_hooks_settings_take_effect_and_are_told_without_their_values(followed: Followed) -> None:
    before = (await followed.read()).hooks["greeting"]
    followed.append('\n[hooks.greeting]\ngreeting = "secret words"\n')
    after = (await followed.read()).hooks["greeting"]
    assert before == {}
    assert list(after) == ["greeting"]
    assert "secret" not in after["greeting"]
    followed.write("secret words", "other words")
    assert (await followed.read()).hooks["greeting"] != after


async def test_the_plugin_is_switched_off_and_on(followed: Followed) -> None:
    followed.write("enabled = true", "enabled = false")
    assert not (await followed.read()).is_on
    followed.write("enabled = false", "enabled = true")
    assert (await followed.read()).is_on


async def test_hooks_are_loaded_anew_only_when_something_about_them_has_changed(followed: Followed) -> None:
    followed.write("enabled = true", "enabled = false")
    await followed.read()
    assert followed.checked == []


async def test_the_environment_wins_over_the_file(
    followed: Followed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIVECHAT_PLUGIN__ENABLED", "true")
    followed.write("enabled = true", "enabled = false")
    assert (await followed.read()).is_on


@pytest.mark.parametrize(
    ("mistake", "reason"),
    [
        ("\n[hooks.greeting\n", "is not valid TOML"),
        ("\n[hoks.greeting]\n", "did you mean 'hooks'"),
        ("\n[hooks.greetin]\n", "there is no such hook; did you mean 'greeting'"),
        ("\n[hooks.greeting]\ngreting = 'x'\n", "did you mean 'greeting'"),
        ("\n[hooks.greeting]\nenabled = 'perhaps'\n", "hooks.greeting.enabled"),
        ("\n[hooks.broken]\n", "cannot be loaded: ZeroDivisionError"),
        ("\n[hooks.again]\n", "'first_response' is registered already by another hook"),
        (None, "does not exist"),
    ],
)
async def test_a_mistake_leaves_everything_as_it_was(
    folder: Path, mistake: str | None, reason: str, logged: list[MutableMapping[str, Any]]
) -> None:
    (folder / "more").mkdir()
    (folder / "more" / "broken.py").write_text("1 / 0")
    (folder / "more" / "again.py").write_text(RULES.format(name="first_response"))
    file = folder / "plugin.toml"
    off = "\n[hooks.broken]\nenabled = false\n[hooks.again]\nenabled = false\n"
    file.write_text(file.read_text().replace("hook_folders = []", 'hook_folders = ["more"]'))
    right = file.read_text()
    file.write_text(right + off)
    followed = Followed(file)
    before, names = followed.following.settings, followed.hooks.names()
    if mistake is None:
        file.unlink()
    elif "broken" in mistake or "again" in mistake:
        name = "broken" if "broken" in mistake else "again"
        file.write_text(right + off.replace(f"[hooks.{name}]\nenabled = false\n", ""))
    else:
        file.write_text(right + off + mistake)
    in_use = await followed.read()
    assert reason in in_use.problem
    assert followed.hooks.names() == names
    assert followed.following.settings == before
    assert [line["log_level"] for line in logged if "refused" in line["event"]] == ["error"]
    file.write_text(right + off)
    assert (await followed.read()).problem == ""


async def test_a_changed_hook_is_loaded_when_the_configuration_is_saved(folder: Path) -> None:
    (folder / "more").mkdir()
    hook = folder / "more" / "rules.py"
    hook.write_text(RULES.format(name="first"))
    file = folder / "plugin.toml"
    file.write_text(file.read_text().replace("hook_folders = []", 'hook_folders = ["more"]'))
    followed = Followed(file)
    hook.write_text(RULES.format(name="second"))
    os.utime(hook, (1, 1))
    await followed.read()
    found = await followed.hooks.register(
        "livechat_register_routing_rules", RoutingRule, lambda rule: rule.name
    )
    assert "second" in {rule.name for rule in found}


async def test_what_counts_after_a_restart_is_named(followed: Followed) -> None:
    followed.write("listen_port = 9009", "listen_port = 9010")
    followed.write('level = "info"', 'level = "debug"')
    in_use = await followed.read()
    assert in_use.restart == ["web.listen_port", "log.level"]
    followed.write("listen_port = 9010", "listen_port = 9009")
    assert (await followed.read()).restart == ["log.level"]


async def test_a_fault_of_ours_leaves_everything_as_it_was(
    followed: Followed, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(_: Path) -> None:
        raise KeyError("oops")

    monkeypatch.setattr("livechat_plugin.bootstrap.following.load_settings", failing)
    assert "failed with KeyError" in (await followed.read()).problem


# --- watching the file ---


@asynccontextmanager
async def watched(file: Path) -> AsyncIterator[asyncio.Event]:
    changed = asyncio.Event()

    async def watch() -> None:
        async for _ in changes(file):
            changed.set()

    watching = asyncio.create_task(watch())
    await asyncio.sleep(0.2)  # until the operating system watches
    try:
        yield changed
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


async def happens(changed: asyncio.Event) -> None:
    async with asyncio.timeout(PATIENCE):
        await changed.wait()
    changed.clear()


@pytest.fixture(params=["told", "looked at"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """By what the operating system tells, and where it tells nothing."""
    if request.param == "looked at":

        def cannot(*_: object, **__: object) -> None:
            raise OSError("inotify watch limit reached")

        monkeypatch.setattr(file_changes, "awatch", cannot)
        monkeypatch.setattr(file_changes, "LOOK_EVERY", 0.05)


@pytest.mark.usefixtures("way")
async def test_a_file_that_is_changed_replaced_removed_or_made_is_noticed(tmp_path: Path) -> None:
    file = tmp_path / "plugin.toml"
    file.write_text("one")
    async with watched(file) as changed:
        file.write_text("another")
        await happens(changed)
        (tmp_path / "plugin.toml~").write_text("third")
        (tmp_path / "plugin.toml~").replace(file)
        await happens(changed)
        file.unlink()
        await happens(changed)
        file.write_text("fourth")
        await happens(changed)


async def test_other_files_are_none_of_our_business(tmp_path: Path) -> None:
    file = tmp_path / "plugin.toml"
    file.write_text("one")
    async with watched(file) as changed:
        (tmp_path / "livechat.db").write_text("data")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await changed.wait()


async def test_a_file_system_that_tells_nothing_is_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def silent(*_: object, **__: object) -> AsyncIterator[set[object]]:
        while True:
            await asyncio.sleep(0.05)
            yield set()

    monkeypatch.setattr(file_changes, "awatch", silent)
    file = tmp_path / "plugin.toml"
    file.write_text("one")
    async with watched(file) as changed:
        file.write_text("another")
        await happens(changed)


async def test_a_refusal_has_the_name_of_the_file(followed: Followed) -> None:
    followed.file.write_text("[")
    problem = (await followed.read()).problem
    assert problem.startswith(str(followed.file))
    with pytest.raises(ConfigurationError):
        configure(followed.file)
