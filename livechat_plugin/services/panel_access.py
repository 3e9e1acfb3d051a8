"""Who may see the session panel of a room: who it is, the homeserver says; what they may, their role there."""

from dataclasses import dataclass

from livechat_plugin.core.errors import HomeserverRefused, NotOfTheLiveChat
from livechat_plugin.core.naming import Naming
from livechat_plugin.core.panel import ForeignAccount, IdentityNotProven, NoProofOfIdentity, NotASessionRoom
from livechat_plugin.core.sessions import Session
from livechat_plugin.services.ports import Homeserver, Store
from livechat_plugin.services.repositories.conversations import ConversationView
from livechat_plugin.services.repositories.rooms import RoomKind
from livechat_plugin.services.signing_in import SigningIn
from livechat_plugin.services.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class PanelSight:
    """What somebody sees in the panel of a room.

    Attributes:
        view: the room's conversation.
        session: the open one, or else the last.
    """

    view: ConversationView
    session: Session


@dataclass(frozen=True, slots=True)
class PanelAccess:
    """Lets people into the panel."""

    store: Store
    homeserver: Homeserver
    naming: Naming
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
            NotOfTheLiveChat: they have nothing to do with it.
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

    async def look(self, work: UnitOfWork, user_id: str, conversation_id: int) -> PanelSight:
        """What somebody sees in the panel; asked at every request.

        Raises:
            NotASessionRoom: nothing was ever served there.
            NotOfTheLiveChat: they have nothing to do with it.
        """
        view = await work.conversations.view(conversation_id)
        session = view.session or next(iter(await work.sessions.latest(conversation_id, 1)), None)
        if session is None:
            raise NotASessionRoom
        groups = await work.groups.of(user_id)
        chat = view.live_chat
        if not session.is_served_by(user_id) and not groups & {
            chat.operators,
            chat.supervisors,
            session.offered_to,
        }:
            raise NotOfTheLiveChat(user_id, chat.name)
        return PanelSight(view, session)
