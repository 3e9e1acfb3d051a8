"""The example of docs/hooks.md does what the page says."""

import asyncio
import inspect
import re
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from livechat_plugin import Account, AssignTo, InvalidItem, LiveChat, OfferToGroup, Priority, RoutingRule
from livechat_plugin.hookcalls import Hooks
from livechat_plugin.plugins import ENTRY_POINT_GROUP, HookSwitch, find_hooks, load_hooks
from livechat_plugin.settings import parse_settings
from tests.unit.http_crm import serving_application

REPOSITORY = Path(__file__).parents[2]
PAGE = (REPOSITORY / "docs" / "hooks.md").read_text(encoding="utf-8")
# Each block begins with the name of its file.
BLOCKS = {
    Path(name).name: text for name, text in re.findall(r"```\w+\n# ([^\n]+)\n(.*?)```", PAGE, flags=re.DOTALL)
}
LIVE_CHAT = LiveChat(1, "support", "Customer Support", "support-operators", routing_rule="key_accounts")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "key_accounts.py").write_text(BLOCKS["key_accounts.py"])
    return tmp_path


async def test_it_is_found_configured_and_asked(folder: Path) -> None:
    homeserver = '[homeserver]\nurl = "http://127.0.0.1:8008"\nserver_name = "example.org"\n'
    settings = parse_settings(BLOCKS["plugin.toml"] + homeserver, folder / "plugin.toml")
    switches = {name: HookSwitch(hook.enabled, hook.options) for name, hook in settings.hooks.items()}
    hooks = Hooks(load_hooks(find_hooks(REPOSITORY / "hooks", [folder]), switches))

    rules = await hooks.register("livechat_register_routing_rules", RoutingRule, lambda rule: rule.name)
    assert {"key_accounts", "first_response", "assigned_to"} == {rule.name for rule in rules}
    for server, route, priority in (
        ("acme.example", AssignTo("@anna:example.org"), Priority.HIGH),
        ("example.net", OfferToGroup(), None),
    ):
        customer = Account(1, "matrix", f"@carla:{server}", "Carla")
        arguments = {"session": None, "live_chat": LIVE_CHAT, "customer": customer}
        assert await hooks.choose("livechat_choose_route", (OfferToGroup, AssignTo), **arguments) == route
        assert await hooks.choose("livechat_choose_priority", Priority, **arguments) == priority


def test_its_test_passes(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(folder)
    names: dict[str, object] = {}
    try:
        exec(compile(BLOCKS["test_key_accounts.py"], "docs/hooks.md", "exec"), names)  # noqa: S102 - our own page
    finally:
        sys.modules.pop("key_accounts", None)
    tests = [test for name, test in names.items() if name.startswith("test_")]
    assert len(tests) == 2
    for test in tests:
        assert inspect.iscoroutinefunction(test)
        asyncio.run(test())


def test_a_package_names_the_right_entry_point() -> None:
    project = tomllib.loads(BLOCKS["pyproject.toml"])["project"]
    assert project["entry-points"] == {
        ENTRY_POINT_GROUP: {"key_accounts": "livechat_key_accounts:KeyAccounts"}
    }


async def test_the_receiver_keeps_what_the_hook_sends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVECHAT_WEBHOOK_APPS_SECRET", "a-secret-of-at-least-32-characters")
    names: dict[str, Any] = {"__name__": "crm"}
    exec(compile(BLOCKS["crm.py"], "docs/hooks.md", "exec"), names)  # noqa: S102 - our own page
    configured = tomllib.loads(BLOCKS["plugin.toml with webhook_apps"])["hooks"]["webhook_apps"]
    customer = Account(1, "matrix", "@carla:example.org", "Carla")
    async with serving_application(names["application"]) as address:
        configured |= {"url": f"{address}/livechat", "allow_private_addresses": True}
        manager = load_hooks(
            find_hooks(REPOSITORY / "hooks"), {"webhook_apps": HookSwitch(settings=configured)}
        )
        hook: Any = manager.get_plugin("webhook_apps")
        [app] = hook.livechat_register_account_apps()
        to = (app, customer)
        assert await hook.livechat_choose_account_item(*to) is None
        made = await hook.livechat_choose_linked_item(*to, None, {"name": "Carla Corp"}, "@anna:x", "token")
        assert (
            await hook.livechat_choose_linked_item(*to, None, {"name": "Carla Corp"}, "@anna:x", "token")
            == made
        )
        assert await hook.livechat_choose_linked_item(*to, made.id, {}, "@anna:x", "another") == made
        assert await hook.livechat_choose_account_item(*to) == made
        assert await hook.livechat_choose_account_candidates(app, "corp") == [made]
        with pytest.raises(InvalidItem, match="there is a contact of this name"):
            await hook.livechat_choose_linked_item(*to, None, {"name": "Carla Corp"}, "@anna:x", "new")
        with pytest.raises(InvalidItem, match="there is no such contact"):
            await hook.livechat_choose_linked_item(*to, "99", {}, "@anna:x", "new")
        monkeypatch.setattr(hook._client, "_secret", b"another secret")
        with pytest.raises(Exception, match="HTTP 401"):
            await hook.livechat_choose_account_item(*to)
    assert len(names["CONTACTS"]) == 1
