"""The apps that administrators have made, as the use cases see them."""

from collections.abc import Sequence
from typing import Protocol

from livechat_plugin.core.apps import App


class AppRepository(Protocol):
    """The apps of our own database; those that other hooks offer are not among them."""

    async def add(self, app: App) -> None:
        """Keep a new app.

        Raises:
            AppExists: there is one with this key.
        """
        ...

    async def get(self, key: str) -> App | None:
        """The app with this key. In a writing unit of work, nobody changes it until the commit."""
        ...

    async def hold(self, key: str) -> App | None:
        """The same, to change it: until the commit nobody else makes items of it or decides anything on it."""
        ...

    async def save(self, app: App) -> None:
        """Keep the changed name and fields of an app that is held."""
        ...

    async def delete(self, key: str) -> None:
        """Forget an app that has no items any more."""
        ...

    async def all(self) -> Sequence[App]:
        """Every app, by name."""
        ...
