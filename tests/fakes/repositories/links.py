from collections.abc import Sequence
from dataclasses import replace

from livechat_plugin.core.conversations import Account
from livechat_plugin.core.links import AccountLink
from tests.fakes.stored import Repository, in_utc, must_exist, visible


class FakeLinks(Repository):
    async def set(self, link: AccountLink) -> None:
        must_exist(self._all.accounts, link.account_id)
        self._all.links[link.account_id, link.app] = replace(
            link,
            title=visible(link.title),
            link=visible(link.link) if link.link is not None else None,
            linked_at=in_utc(link.linked_at),
        )

    async def get(self, account_id: int, app: str) -> AccountLink | None:
        return self._all.links.get((account_id, app))

    async def accounts(self, app: str, item_id: str, limit: int) -> Sequence[Account]:
        linked = sorted(
            link.account_id for link in self._all.links.values() if (link.app, link.item_id) == (app, item_id)
        )
        return [self._all.accounts[number] for number in linked[:limit]]

    async def retitle(self, app: str, item_id: str, title: str) -> None:
        for key, link in self._all.links.items():
            if (link.app, link.item_id) == (app, item_id):
                self._all.links[key] = replace(link, title=visible(title))

    async def forget_all(self, app: str) -> None:
        for key in [key for key in self._all.links if key[1] == app]:
            del self._all.links[key]
