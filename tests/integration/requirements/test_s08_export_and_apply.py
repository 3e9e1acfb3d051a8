"""S8: what is configured is a readable file; applying it shows a plan, is one transaction, and can be repeated."""

import tomllib
from pathlib import Path

import pytest

from tests.integration.installation import Desk, Installation
from tests.integration.requirements.administrators import BotChat, configured, run, serve

pytestmark = pytest.mark.asyncio(loop_scope="session")

WANTED = """
[live_chats.filed]
name = "From a File"
customers = ["@*:{server}"]
operators = ["filed-people"]
account_app = "filed_contacts"
rule = "assigned_to"
rule_settings = {{ field = "manager" }}

[groups.filed-people]
members = ["{anna}"]

[apps.filed_contacts]
name = "Filed Contacts"
fields = [
  {{ key = "name", type = "string", required = true }},
  {{ key = "manager", type = "user" }},
  {{ key = "account", type = "account" }},
]
"""


async def test_a_file_makes_a_live_chat_that_works_and_applying_it_again_does_nothing(
    installation: Installation, desk: Desk, tmp_path: Path
) -> None:
    file = tmp_path / "wanted.toml"
    words = {"server": installation.homeserver.server_name, "anna": installation.user_id("anna")}
    file.write_text(WANTED.format(**words))
    plan = await run(installation, "chats", "apply", str(file), "--yes")
    for part in ("create", "live chat filed", "group filed-people", "app filed_contacts", "Applied: 3 of 3."):
        assert part in plan
    after = configured(installation)
    assert "like this already" in await run(installation, "chats", "apply", str(file), "--yes")
    assert configured(installation)["audit"] == after["audit"]
    await serve(installation, "filed", desk.anna, "Hello file")
    ada = await BotChat.open(installation, "ada")
    assert "Bind account: Filed Contacts" in await ada.say("!chats show filed")

    export = tmp_path / "export.toml"
    await run(installation, "chats", "export", "--output", str(export))
    exported = tomllib.loads(export.read_text())
    assert exported["live_chats"]["filed"]["rule_settings"] == {"field": "manager"}
    assert "like this already" in await run(installation, "chats", "apply", str(export), "--yes")


async def test_a_file_with_something_wrong_changes_nothing(
    installation: Installation, desk: Desk, tmp_path: Path
) -> None:
    file = tmp_path / "wrong.toml"
    words = {"server": installation.homeserver.server_name, "anna": installation.user_id("anna")}
    wrong = WANTED.format(**words).replace("filed", "wrong").replace('type = "account"', 'type = "text"')
    file.write_text(wrong.replace('["wrong-people"]', '["nobody-at-all"]'))
    before = configured(installation)
    told = await run(installation, "chats", "apply", str(file), "--yes", status=2)
    assert f"error: {file}: live_chats.wrong.operators: there is no group 'nobody-at-all'" in told
    assert "has no field of the type Account" in told
    file.write_text("[live_chats.wrong]\nnane = 'x'\n")
    told = await run(installation, "chats", "apply", str(file), "--yes", status=2)
    assert "live_chats.wrong.nane: unknown key: did you mean name?" in told
    assert configured(installation) == before
