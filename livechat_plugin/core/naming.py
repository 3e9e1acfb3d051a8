"""The names that the plugin owns on the homeserver: its users and room aliases, all under one prefix."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Naming:
    """Names in the application service's namespace.

    Attributes:
        prefix: first word of every localpart, `livechat` unless configured otherwise.
        server_name: the homeserver's name, the part after the colon.
    """

    prefix: str
    server_name: str

    @property
    def bot(self) -> str:
        """The registration's own user, which takes commands in a direct chat."""
        return f"@{self.prefix}:{self.server_name}"

    @property
    def watcher(self) -> str:
        """The ghost that watches the homeserver; it is in no room."""
        return f"@{self.prefix}__watcher:{self.server_name}"

    def live_chat(self, slug: str) -> str:
        """The ghost that speaks for a live chat."""
        return f"@{self.prefix}_{slug}:{self.server_name}"

    def customer(self, slug: str, number: int) -> str:
        """The ghost that is a customer as operators see them."""
        return f"@{self.prefix}_{slug}_c{number}:{self.server_name}"

    def operator(self, number: int) -> str:
        """The ghost that is an operator as customers see them; the number tells nothing of who it is."""
        return f"@{self.prefix}_op_{number}:{self.server_name}"

    def is_operator(self, user_id: str) -> bool:
        """Whether the user is an operator's ghost."""
        return self.is_ours(user_id) and user_id.startswith(f"@{self.prefix}_op_")

    def slug_of(self, user_id: str) -> str | None:
        """The slug when the user is a live chat's ghost; None for customers' ghosts, the bot and everybody else."""
        start, end = f"@{self.prefix}_", f":{self.server_name}"
        if not (user_id.startswith(start) and user_id.endswith(end)):
            return None
        slug = user_id[len(start) : -len(end)]
        return None if "_" in slug or not slug else slug

    def is_ours(self, user_id: str) -> bool:
        """Whether this is one of our users, whose events are echoes of what we did ourselves."""
        return user_id == self.bot or (
            user_id.startswith(f"@{self.prefix}_") and user_id.endswith(f":{self.server_name}")
        )

    def customer_space_alias(self, token: str) -> str:
        """Localpart of the alias of a customer's own space."""
        return f"{self.prefix}__space_{token}"

    def customer_room_alias(self, slug: str, token: str) -> str:
        """Localpart of the alias of the room with a live chat that is made ahead for a customer."""
        return f"{self.prefix}__room_{token}_{slug}"

    @property
    def administrators_alias(self) -> str:
        """Localpart of the alias of the room where administrators are told what they must know."""
        return f"{self.prefix}__administrators"

    def is_local(self, user_id: str) -> bool:
        """Whether the user belongs to the homeserver that the plugin is installed in."""
        return user_id.partition(":")[2] == self.server_name

    def queue_alias(self, slug: str) -> str:
        """Localpart of the queue room's alias."""
        return f"{self.prefix}_{slug}"

    def supervisors_alias(self, slug: str) -> str:
        """Localpart of the alias of the supervisors' room."""
        return f"{self.prefix}_{slug}_supervisors"

    def space_alias(self, slug: str) -> str:
        """Localpart of the alias of the live chat's space."""
        return f"{self.prefix}_{slug}_space"

    def session_alias(self, slug: str, number: int) -> str:
        """Localpart of the alias of the session room that belongs to customer ghost `number`."""
        return f"{self.prefix}_{slug}_r{number}"
