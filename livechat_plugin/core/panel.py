"""Why the session panel lets somebody not in."""

from livechat_plugin.core.errors import Refused


class ForeignAccount(Refused):
    """Only the plugin's own homeserver can tell us who somebody is."""

    def __init__(self, theirs: str, ours: str) -> None:
        super().__init__(
            f"Your account is on {theirs}, and this panel is for accounts on {ours}."
            " Everything in it can be done with commands in this room, too: write !help."
        )


class IdentityNotProven(Refused):
    """The client's token is not one of the homeserver's, or too old."""

    def __init__(self) -> None:
        super().__init__("Your homeserver does not confirm who you are. Try again.")


class NoProofOfIdentity(Refused):
    """The homeserver answers nobody who asks whose token it is."""

    def __init__(self) -> None:
        super().__init__(
            "The homeserver tells nobody who you are: its listener lacks the resource openid."
            " Ask an administrator to run `livechat check`."
        )


class NotASessionRoom(Refused):
    """The panel is for rooms in which a customer is served."""

    def __init__(self) -> None:
        super().__init__("This room is not, or no longer, one in which a customer is served.")
