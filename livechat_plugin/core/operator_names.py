"""Whether customers see who speaks to them, and as whom (requirement S5)."""

from dataclasses import dataclass

from livechat_plugin.core.live_chats import LiveChat


@dataclass(frozen=True, slots=True)
class OperatorGhost:
    """The ghost that is an operator as customers see them.

    Attributes:
        id: stands in the ghost's Matrix id; counted up, so that it tells nothing of who it is.
        user_id: the operator.
        display_name: the name that the ghost was given last; None if it has none yet.
        avatar_url: the picture that the ghost was given last.
    """

    id: int
    user_id: str
    display_name: str | None = None
    avatar_url: str | None = None


def shows_operator(live_chat: LiveChat, *, is_internal: bool) -> bool:
    """Whether a customer sees the operator's name.

    Args:
        live_chat: the live chat that they write to.
        is_internal: whether the customer has an account of this homeserver and writes from it; everybody else is
            external.
    """
    return live_chat.show_operator_name if is_internal else live_chat.show_operator_name_to_external
