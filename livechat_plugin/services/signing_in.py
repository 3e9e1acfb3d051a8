"""Signing in to the console, without a second password: who can write as somebody is that somebody.

The bot's direct chat is the proof. `!console` there gets a link that is good once and for ten minutes; only its digest
is kept.
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass

from livechat_plugin.core import wording
from livechat_plugin.core.signing_in import (
    AT_MOST,
    GOOD_FOR,
    REMEMBERED_FOR,
    WITHIN,
    KeptFromServing,
    LinkUsed,
    NoRole,
    SignInLink,
    TooManyLinks,
    require_usable,
)
from livechat_plugin.services.ports import Clock
from livechat_plugin.services.roles import Roles
from livechat_plugin.services.standing import Standing, standing_of
from livechat_plugin.services.unit_of_work import UnitOfWork

LONGEST_TOKEN = 100
"""Characters; what is longer is no token of ours and is not even looked up."""


@dataclass(frozen=True, slots=True)
class SigningIn:
    """Makes links into the console, and lets people in with them.

    Attributes:
        key: known to the plugin's processes only; links are made of it.
        public_address: where browsers reach us.
    """

    roles: Roles
    clock: Clock
    key: bytes
    public_address: str

    async def require_role(self, work: UnitOfWork, user_id: str) -> Standing:
        """Go on for those for whom there is something in the console; asked at every request.

        Who is disabled is let in as an administrator only. Who serves a session is let in until it is closed, also
        after they were taken out of the live chat's operators: what was begun is finished.

        Raises:
            NoRole: they are neither operator nor supervisor nor administrator.
            KeptFromServing: an administrator has disabled them.
        """
        standing = await standing_of(work, self.roles, user_id)
        if standing.is_administrator:
            return standing
        whom = wording.whom_to_ask(self.roles.administrators)
        if await work.employees.is_disabled(user_id):
            raise KeptFromServing(whom)
        if not standing.is_anybody and not await work.sessions.served_by(user_id):
            raise NoRole(whom)
        return standing

    async def make_link(self, work: UnitOfWork, user_id: str, seed: str) -> str:
        """A new link for somebody; their earlier ones end. The same seed again makes the same link.

        Args:
            work: where the link is kept; only what is committed signs anybody in.
            user_id: who wrote to the bot.
            seed: unique for ever; without the key nobody learns the link from it.

        Raises:
            NoRole: there is nothing for them in the console.
            KeptFromServing: an administrator has disabled them.
            TooManyLinks: they got several within a minute.
        """
        await self.require_role(work, user_id)
        now = self.clock.now()
        token = _token(self.key, seed)
        digest = _digest(token)
        is_repeated = await work.sign_in_links.get(digest) is not None
        if not is_repeated and await work.sign_in_links.asked_since(user_id, now - WITHIN) >= AT_MOST:
            raise TooManyLinks
        await work.sign_in_links.forget(now - REMEMBERED_FOR)
        await work.sign_in_links.add(SignInLink(digest, user_id, now, now + GOOD_FOR))
        return f"{self.public_address.rstrip('/')}/console/sign-in/{token}"

    async def look(self, work: UnitOfWork, token: str) -> SignInLink:
        """Whose link it is; looking does not use it up, since homeservers and clients do so for their previews.

        Raises:
            LinkNotUsable: it signs nobody in.
        """
        found = await work.sign_in_links.get(_digest(token)) if len(token) <= LONGEST_TOKEN else None
        return require_usable(found, self.clock.now())

    async def use(self, work: UnitOfWork, token: str) -> str:
        """Who is signed in with the link, which is used up now.

        Raises:
            LinkNotUsable: it signs nobody in; somebody may have been faster.
            NoRole: there is nothing for them in the console any more.
            KeptFromServing: an administrator has disabled them meanwhile.
        """
        link = await self.look(work, token)
        await self.require_role(work, link.user_id)
        if not await work.sign_in_links.use(link.digest, self.clock.now()):
            raise LinkUsed
        await work.audit.add(self.clock.now(), link.user_id, "console.signed_in", link.user_id)
        return link.user_id


def _token(key: bytes, seed: str) -> str:
    made = hmac.new(key, f"sign-in link {seed}".encode(), hashlib.sha256).digest()
    return urlsafe_b64encode(made).rstrip(b"=").decode()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
