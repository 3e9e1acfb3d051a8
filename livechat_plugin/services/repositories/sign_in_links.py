"""Links into the console, as the use cases see them."""

from datetime import datetime
from typing import Protocol

from livechat_plugin.core.signing_in import SignInLink


class SignInLinkRepository(Protocol):
    """The links that people were sent, by the digest of what stands in them."""

    async def add(self, link: SignInLink) -> None:
        """Keep a new link; those that its person had before end now. A link that is known already stays as it is."""
        ...

    async def get(self, digest: str) -> SignInLink | None:
        """A link."""
        ...

    async def use(self, digest: str, at: datetime) -> bool:
        """Use it up, if it is still good at this time; of any number who try, one gets True."""
        ...

    async def asked_since(self, user_id: str, since: datetime) -> int:
        """How many links somebody asked for since then."""
        ...

    async def forget(self, before: datetime) -> None:
        """Forget those that ended before this time."""
        ...
