"""What administrators are shown of hooks and their settings; never a secret, never a path of the machine."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import SecretStr

from hooks.greeting import Greeting, GreetingSettings
from livechat_plugin.bootstrap.installation import MASKED, RunningInstallation, shown_setting
from livechat_plugin.hookcalls import Hooks
from tests.unit.wiring import hook_manager


@pytest.mark.parametrize(
    ("key", "value", "shown"),
    [
        ("words", "Hello", "Hello"),
        ("words", "", "not set"),
        ("is_on", False, "no"),
        ("token", "abc", MASKED),
        ("api_key", "abc", MASKED),
        ("token", None, "not set"),
        ("anything", SecretStr("abc"), MASKED),
        ("headers", {"authorization": "abc"}, MASKED),
        ("places", [{"name": "crm", "password": "abc"}], f"name: crm, password: {MASKED}"),
        ("address", "https://me:abc@crm.example.org/x", "https://…@crm.example.org/x"),
    ],
)
def test_a_setting_is_shown_without_its_secrets(key: str, value: Any, shown: str) -> None:
    assert shown_setting(key, value) == shown
    assert "abc" not in shown


def test_long_settings_are_cut() -> None:
    assert len(shown_setting("words", "x" * 5_000)) == 200


async def test_hooks_that_are_on_and_hooks_that_are_off_are_described(tmp_path: Path) -> None:
    (tmp_path / "other.py").write_text(
        '"""Does something else.\n\nMore."""\nraise SystemExit("never imported")\n'
    )
    configured = {"other": SimpleNamespace(options={"secret": "abc", "size": 3})}
    settings = SimpleNamespace(plugin=SimpleNamespace(hook_folders=[tmp_path]), hooks=configured)
    following: Any = SimpleNamespace(settings=settings)

    async def missing() -> dict[str, str]:
        return {}

    hooks = Hooks(hook_manager(Greeting(GreetingSettings())))
    found = {hook.name: hook for hook in RunningInstallation(following, hooks, missing).hooks()}
    other = found["other"]
    assert (other.is_on, other.description, other.source) == (
        False,
        "Does something else.",
        "your own: other.py",
    )
    assert [(one.key, one.value) for one in other.settings] == [("secret", MASKED), ("size", "3")]
    greeting = found["Greeting"]
    assert greeting.is_on
    assert greeting.families == ["session creation"]
    assert greeting.description
    assert all(one.description for one in greeting.settings)
    assert not found["webhook_apps"].is_on
    assert str(tmp_path) not in repr(found)
