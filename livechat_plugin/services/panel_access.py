"""Who may see the session panel of a room: who it is, the homeserver says; what they may, their role there."""

from dataclasses import dataclass

from livechat_plugin.core.errors import HomeserverRefused
from livechat_plugin.core.naming import Naming
from livechat_plugin.core.panel import ForeignAccount, IdentityNotProven, NoProofOfIdentity, NotASessionRoom
from livechat_plugin.services.ports import Homeserver, Store
from livechat_plugin.services.repositories.rooms import RoomKind
from livechat_plugin.services.session_pages import SessionPages, SessionSight
from livechat_plugin.services.signing_in import SigningIn
from livechat_plugin.services.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class PanelAccess:
    """Lets people into the panel."""

    store: Store
    homeserver: Homeserver
    naming: Naming
    sessions: SessionPages
    signing_in: SigningIn

    async def sign_in(self, token: str, server_name: str, room_id: str) -> tuple[str, int]:
        """Who showed an OpenID token, and the conversation whose panel they may see.

        Only our own homeserver is asked, at the address of the configuration: the name that a client tells is
        compared and nothing else, so nobody can make us call, or believe, a server of theirs. Not to be called
        within a unit of work.

        Raises:
            ForeignAccount: the client is on another homeserver.
            IdentityNotProven: the token is not the homeserver's, or too old.
            NoProofOfIdentity: the homeserver does not answer such questions.
            NotASessionRoom: no conversation has this room.
            NotOfTheLiveChat: they have nothing to do with its live chat.
            SessionHidden: the session is somebody else's.
            KeptFromServing: an administrator has disabled them.
        """
        if server_name != self.naming.server_name:
            raise ForeignAccount(server_name, self.naming.server_name)
        try:
            user_id = await self.homeserver.verify_openid(token)
        except HomeserverRefused as error:
            raise NoProofOfIdentity from error
        if user_id is None or self.naming.is_ours(user_id):
            raise IdentityNotProven
        async with self.store.read() as work:
            binding = (await work.rooms.bindings([room_id])).get(room_id)
            if binding is None or binding.kind is not RoomKind.SESSION or binding.conversation_id is None:
                raise NotASessionRoom
            await self.look(work, user_id, binding.conversation_id)
            await self.signing_in.require_role(work, user_id)
        return user_id, binding.conversation_id

    async def look(self, work: UnitOfWork, user_id: str, conversation_id: int) -> SessionSight:
        """What somebody sees in the panel: the open session, or else the last one. Asked at every request.

        Raises:
            NotASessionRoom: nothing was ever served there.
            NotOfTheLiveChat: they have nothing to do with its live chat.
            SessionHidden: it is somebody else's.
        """
        latest = next(iter(await work.sessions.latest(conversation_id, 1)), None)
        if latest is None:
            raise NotASessionRoom
        return await self.sessions.look(work, user_id, latest.number)
