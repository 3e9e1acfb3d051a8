"""An installation whose live chat is bound to an app with the customers' managers, kept in a file by a hook."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from livechat_plugin.bootstrap.configuration import configure
from livechat_plugin.cli.storing import with_store
from livechat_plugin.demo.person import Person
from livechat_plugin.store.database import Database
from tests.integration.installation import SLUG, Desk, Installation
from tests.integration.requirements.bound_desk import run

HOOK = """
import json
from pathlib import Path

from livechat_plugin import Account, App, Field, FieldType, Hook, HookSettings, Item, hookimpl

APP = App("contacts", "Contacts", (
    Field("name", "Name", FieldType.STRING),
    Field("manager", "Manager", FieldType.USER),
    Field("account", "Account", FieldType.ACCOUNT),
))


class CompanyContacts(Hook[HookSettings]):
    @hookimpl
    def livechat_register_account_apps(self) -> list[App]:
        return [APP]

    @hookimpl
    def livechat_choose_account_item(self, app: App, customer: Account) -> Item | None:
        known = json.loads((Path(__file__).parent / "contacts.json").read_text()).get(customer.external_id)
        if app.key != "contacts" or known is None:
            return None
        author = known.pop("author", None)
        return Item("contacts", customer.external_id, known["name"], known, author=author)
"""


class Contacts:
    """The customers' data of one installation, and the rule that looks into them."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._folder = installation.config.parent / "company_hooks"

    @classmethod
    async def install(cls, installation: Installation, env: Mapping[str, str] | None = None) -> "Contacts":
        """Give an installation the hook, and let its live chat route by the customer's manager."""
        contacts = cls(installation)
        contacts._folder.mkdir()
        (contacts._folder / "company_contacts.py").write_text(HOOK)
        (contacts._folder / "contacts.json").write_text("{}")
        await installation.end_plugin()
        text = installation.config.read_text()
        assert "hook_folders = []" in text
        installation.config.write_text(text.replace("hook_folders = []", 'hook_folders = ["company_hooks"]'))
        await contacts.set_rule("assigned_to", field="manager")
        await installation.start_plugin(dict(env or {}))
        return contacts

    async def set_rule(self, rule: str, **settings: str) -> None:
        """Let the live chat, bound to the app, have another rule, as an administrator does."""
        options = [f"--rule-setting={key}={value}" for key, value in settings.items()]
        await run(
            self._installation, "chats", "edit", SLUG, "--account-app=contacts", f"--rule={rule}", *options
        )

    async def forget_the_field(self) -> None:
        """Let the rule name a field that the app has no more, as if it had been taken out since."""

        async def change(store: Database) -> None:
            async with store.begin() as work:
                live_chat = await work.live_chats.by_slug(SLUG)
                assert live_chat is not None
                await work.live_chats.save(
                    replace(live_chat, routing_settings={"field": "assistant"}, version=live_chat.version + 1)
                )
                await work.commit()

        await with_store(configure(self._installation.config), change)

    async def hire(self, *names: str) -> None:
        """Let these be operators of the live chat besides anna and boris, as an administrator does."""
        people = [self._installation.user_id(name) for name in ("anna", "boris", *names)]
        await run(self._installation, "chats", "edit", SLUG, *(f"--operator={person}" for person in people))

    def write(self, customer: Person, **values: Any) -> None:
        """Keep a customer's item."""
        file: Path = self._folder / "contacts.json"
        known = json.loads(file.read_text())
        file.write_text(json.dumps({**known, customer.user_id: {"name": "Acme Ltd.", **values}}))


async def card_of_new_session(desk: Desk, customer: Person, words: str) -> tuple[int, str]:
    """A customer writes; number and whole text of the card that comes of it."""
    _, number, card = await desk.write(customer, words)
    [event] = [event for event in desk.anna.events(desk.queue) if event["event_id"] == card]
    return number, str(event["content"]["body"])
