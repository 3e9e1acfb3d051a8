from collections.abc import Sequence
from datetime import datetime

from livechat_plugin.core.apps import Item
from livechat_plugin.core.links import MessageRegistration
from tests.fakes.stored import Repository, in_utc, must_exist, visible


class FakeRegistrations(Repository):
    async def add(self, session_number: int, account_id: int, item: Item, author: str, at: datetime) -> bool:
        must_exist(self._all.sessions, session_number)
        must_exist(self._all.accounts, account_id)
        if any((one.app, one.item_id) == (item.app, item.id) for one in self._all.registrations.values()):
            return False
        number = self._all.next_id("registrations")
        self._all.registrations[number] = MessageRegistration(
            number,
            session_number,
            account_id,
            item.app,
            item.id,
            visible(item.title),
            visible(item.link) if item.link is not None else None,
            author,
            in_utc(at),
        )
        return True

    async def of_item(self, app: str, item_id: str) -> MessageRegistration | None:
        own = [one for one in self._all.registrations.values() if (one.app, one.item_id) == (app, item_id)]
        return own[0] if own else None

    async def of_account(self, account_id: int, limit: int) -> Sequence[MessageRegistration]:
        own = [one for one in self._all.registrations.values() if one.account_id == account_id]
        return sorted(own, key=lambda one: one.id, reverse=True)[:limit]
