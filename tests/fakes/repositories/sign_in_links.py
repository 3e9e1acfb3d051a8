from dataclasses import replace
from datetime import datetime

from livechat_plugin.core.signing_in import SignInLink
from tests.fakes.stored import Repository, in_utc


class FakeSignInLinks(Repository):
    async def add(self, link: SignInLink) -> None:
        now = in_utc(link.asked_at)
        for other in list(self._all.sign_in_links.values()):
            if other.user_id == link.user_id and other.digest != link.digest and other.expires_at > now:
                self._all.sign_in_links[other.digest] = replace(other, expires_at=now)
        kept = replace(link, asked_at=now, expires_at=in_utc(link.expires_at))
        self._all.sign_in_links.setdefault(link.digest, kept)

    async def get(self, digest: str) -> SignInLink | None:
        return self._all.sign_in_links.get(digest)

    async def use(self, digest: str, at: datetime) -> bool:
        link = self._all.sign_in_links.get(digest)
        if link is None or link.used_at is not None or link.expires_at <= at:
            return False
        self._all.sign_in_links[digest] = replace(link, used_at=in_utc(at))
        return True

    async def asked_since(self, user_id: str, since: datetime) -> int:
        links = self._all.sign_in_links.values()
        return len([link for link in links if link.user_id == user_id and link.asked_at >= since])

    async def forget(self, before: datetime) -> None:
        for digest, link in list(self._all.sign_in_links.items()):
            if link.expires_at < before:
                del self._all.sign_in_links[digest]
