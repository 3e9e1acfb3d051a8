from collections.abc import Sequence
from dataclasses import replace

from livechat_plugin.core.apps import App, AppExists
from livechat_plugin.core.errors import ConcurrentChange
from tests.fakes.stored import Repository, visible


class FakeApps(Repository):
    async def add(self, app: App) -> None:
        if app.key in self._all.apps:
            raise AppExists(app.key)
        self._all.apps[app.key] = replace(app, name=visible(app.name))

    async def get(self, key: str) -> App | None:
        return self._all.apps.get(key)

    async def hold(self, key: str) -> App | None:
        return self._all.apps.get(key)

    async def save(self, app: App) -> None:
        if app.key in self._all.apps:
            self._all.apps[app.key] = replace(app, name=visible(app.name))

    async def delete(self, key: str) -> None:
        if any(kept.item.app == key for kept in self._all.items.values()):
            raise ConcurrentChange(f"{key} has items")
        self._all.apps.pop(key, None)

    async def all(self) -> Sequence[App]:
        return sorted(self._all.apps.values(), key=lambda app: (app.name.casefold(), app.key))
