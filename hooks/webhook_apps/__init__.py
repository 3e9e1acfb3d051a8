"""Webhook apps: a company's CRM or help desk keeps the items, asked through an HTTP API (requirements S9, S10, S19, S20).

The protocol is told in docs/hooks.md, with a receiver as an example.
"""

import os
from collections.abc import Mapping
from typing import Any

from livechat_plugin import Account, App, Hook, Item, Session, hookimpl

from .answers import One, Several, WebhookFailed, read
from .client import Client
from .settings import SECRET, WebhookAppsSettings, as_app


class WebhookApps(Hook[WebhookAppsSettings]):
    """Lets a CRM or help desk keep customers' data and registered items, through signed HTTP requests.

    Off until its table stands in `plugin.toml`. The environment variable `LIVECHAT_WEBHOOK_APPS_SECRET` holds what
    requests are signed with.
    """

    settings_model = WebhookAppsSettings

    def __init__(self, settings: WebhookAppsSettings) -> None:
        super().__init__(settings)
        self._client = Client(
            settings.url,
            os.environ.get(SECRET, "").encode(),
            is_private_allowed=settings.allow_private_addresses,
        )
        self._apps = {app.key: as_app(app) for app in settings.apps}
        self._ours = {
            use: [self._apps[app.key] for app in settings.apps if use in app.uses]
            for use in ("account", "message")
        }

    @hookimpl
    def livechat_register_account_apps(self) -> list[App]:
        """The apps of the configuration."""
        return self._ours["account"]

    @hookimpl
    def livechat_register_message_apps(self) -> list[App]:
        """The apps of the configuration."""
        return self._ours["message"]

    @hookimpl
    async def livechat_choose_account_item(self, app: App, customer: Account) -> Item | None:
        """`POST …/account-item`."""
        if not self._is_ours(app):
            return None
        asked = {"app": app.key, "customer": _customer(customer)}
        answer = await self._client.ask("account-item", asked, self.settings.looking_timeout)
        item = read(One, answer).item
        return item.as_item(app) if item is not None else None

    @hookimpl
    async def livechat_choose_account_candidates(self, app: App, query: str) -> list[Item] | None:
        """`POST …/account-candidates`."""
        if not self._is_ours(app):
            return None
        asked = {"app": app.key, "query": query}
        answer = await self._client.ask("account-candidates", asked, self.settings.storing_timeout)
        return [item.as_item(app) for item in read(Several, answer).items]

    @hookimpl
    async def livechat_choose_linked_item(
        self,
        app: App,
        customer: Account,
        item_id: str | None,
        values: Mapping[str, Any],
        author: str,
        token: str,
    ) -> Item | None:
        """`POST …/linked-item`."""
        if not self._is_ours(app):
            return None
        asked = {
            "app": app.key,
            "customer": _customer(customer),
            "item_id": item_id,
            "values": dict(values),
            "author": author,
        }
        return await self._store("linked-item", app, asked, token)

    @hookimpl
    async def livechat_choose_registered_item(
        self,
        app: App,
        session: Session,
        customer: Account,
        values: Mapping[str, Any],
        author: str,
        token: str,
    ) -> Item | None:
        """`POST …/registered-item`."""
        if not self._is_ours(app):
            return None
        asked = {
            "app": app.key,
            "session": {"number": session.number, "subject": session.subject},
            "customer": _customer(customer),
            "values": dict(values),
            "author": author,
        }
        return await self._store("registered-item", app, asked, token)

    def _is_ours(self, app: App) -> bool:
        return self._apps.get(app.key) == app

    async def _store(self, question: str, app: App, asked: Mapping[str, Any], token: str) -> Item:
        answer = await self._client.ask(question, asked, self.settings.storing_timeout, token)
        item = read(One, answer).item
        if item is None:
            raise WebhookFailed(f"{question}: the answer has no item")
        return item.as_item(app)


def _customer(account: Account) -> dict[str, str]:
    return {
        "network": account.network,
        "id": account.external_id,
        "name": account.display_name,
        "account": f"{account.network}:{account.external_id}",
    }
