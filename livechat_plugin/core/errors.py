"""Every error the plugin raises on purpose; each message states the fact and, where there is one, the way out."""

from collections.abc import Mapping


class LivechatError(Exception):
    """Something went wrong that a person can be told about in these words."""


class ConfigurationError(LivechatError):
    """A configuration value is refused; names the file, the key and the reason. Commands exit with status 2."""

    def __init__(self, file: str, key: str, reason: str) -> None:
        self.file = file
        self.key = key
        self.reason = reason
        super().__init__(f"{file}: {key}: {reason}" if key else f"{file}: {reason}")


class Refused(LivechatError):
    """What somebody asked for is not possible; the message is for them to read, and nothing was changed."""


class InvalidLiveChat(Refused):
    """Fields of a live chat are refused; `errors` tells the reason for each by its key, all of them at once.

    Made with one field and its reason, or with the mapping alone; `field` and `reason` are the first ones.
    """

    def __init__(self, field: str | Mapping[str, str], reason: str = "") -> None:
        self.errors = {field: reason} if isinstance(field, str) else dict(field)
        self.field, self.reason = next(iter(self.errors.items()))
        super().__init__("\n".join(f"{key}: {why}" for key, why in self.errors.items()))


class StaleLiveChat(Refused):
    """Somebody else changed the live chat after it was looked at."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} was changed by somebody else meanwhile. Look at it again, then repeat your change."
        )


class NotConfirmed(Refused):
    """What cannot be undone is confirmed by writing the name of what it is done to."""

    def __init__(self, name: str) -> None:
        super().__init__(f"Not confirmed: write its name, {name!r}, exactly like this.")


class LiveChatNotFound(Refused):
    """No live chat has this slug."""

    def __init__(self, slug: str) -> None:
        super().__init__(f"There is no live chat {slug!r}.")


class SessionError(Refused):
    """A session cannot do what was asked of it."""

    def __init__(self, number: int, message: str) -> None:
        self.number = number
        super().__init__(message)


class SessionAlreadyTaken(SessionError):
    """Another operator was faster; `operator` says who."""

    def __init__(self, number: int, operator: str) -> None:
        self.operator = operator
        super().__init__(number, f"Session #{number} is already taken by {operator}.")


class SessionClosed(SessionError):
    """The session is over."""

    def __init__(self, number: int) -> None:
        super().__init__(number, f"Session #{number} is closed.")


class SessionNotReady(SessionError):
    """The hooks have not decided yet whether it opens and who gets it."""

    def __init__(self, number: int) -> None:
        super().__init__(number, f"Session #{number} is still being opened. Try again in a moment.")


class SessionNotActive(SessionError):
    """Nobody serves the session."""

    def __init__(self, number: int) -> None:
        super().__init__(number, f"Session #{number} is not being served by anybody.")


class SessionNotFound(SessionError):
    """No session has this number here."""

    def __init__(self, number: int) -> None:
        super().__init__(number, f"There is no session #{number} here.")


class SessionHidden(SessionError):
    """Somebody who has nothing to do with a session wants to see it."""

    def __init__(self, number: int, live_chat: str) -> None:
        super().__init__(
            number,
            f"Session #{number} is seen by its operator, by the supervisors of {live_chat} and, while it waits,"
            " by those who can take it. Ask a supervisor to assign it to you.",
        )


class OwnSession(SessionError):
    """Nobody serves themselves: the session room would show them what is said about them."""

    def __init__(self, number: int, user_id: str) -> None:
        super().__init__(
            number, f"{user_id} is the customer of session #{number}; somebody else must serve it."
        )


class NotItsOperator(SessionError):
    """The session is somebody else's, or nobody's; `operator` says whose, `what` cannot be done with it."""

    def __init__(self, number: int, operator: str | None, what: str) -> None:
        self.operator = operator
        self.what = what
        served = f"Session #{number} is served by {operator}. Only they or a supervisor can {what} it."
        free = f"Nobody has taken session #{number} yet. Take it with !take first."
        super().__init__(number, served if operator else free)


class NotOfTheLiveChat(Refused):
    """Somebody who is neither operator nor supervisor of a live chat gets none of its sessions."""

    def __init__(self, user_id: str, live_chat: str) -> None:
        super().__init__(
            f"{user_id} is neither operator nor supervisor of {live_chat}. Look at the spelling, as in"
            " @anna:example.org, or ask an administrator to add them to a group."
        )


class NotAvailable(Refused):
    """Somebody cannot serve a session now; `hint` tells what can be done about it."""

    def __init__(self, user_id: str, obstacle: str, hint: str) -> None:
        self.user_id = user_id
        self.obstacle = obstacle
        super().__init__(f"{user_id} {obstacle}. {hint}")


class NotAnOperator(Refused):
    """Only the operators of a live chat take its sessions (requirement S15)."""

    def __init__(self, live_chat: str) -> None:
        super().__init__(
            f"Only operators of {live_chat} can take its sessions. An administrator can add you to the group."
        )


class NotASupervisor(Refused):
    """Only the supervisors of a live chat moderate it (requirement S12)."""

    def __init__(self, live_chat: str) -> None:
        super().__init__(
            f"Only supervisors of {live_chat} can do this. An administrator can add you to their group."
        )


class NotAnAdministrator(Refused):
    """Only administrators configure the plugin (requirement S7); `whom` names who can be asked."""

    def __init__(self, whom: str) -> None:
        super().__init__(f"Only administrators can do this. Please ask {whom}.")


class InvalidGroup(Refused):
    """A field of a group is refused; names the field and the reason."""

    def __init__(self, field: str, reason: str) -> None:
        self.field = field
        self.reason = reason
        super().__init__(f"{field}: {reason}")


class RoomNotJoined(InvalidGroup):
    """We are not in a room that a group is to follow, and cannot come into it by ourselves."""

    def __init__(self, room_id: str, reason: str) -> None:
        self.room_id = room_id
        super().__init__("room", reason)


class GroupExists(InvalidGroup):
    """The name of a new group is taken."""

    def __init__(self, name: str) -> None:
        super().__init__("name", f"there is a group {name!r} already; choose another name, or edit that one")


class GroupNotFound(Refused):
    """No group has this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no group {name!r}. !groups and `livechat groups list` show them all.")


class GroupInUse(Refused):
    """Something is configured with the group, so it stays."""

    def __init__(self, name: str, users: str) -> None:
        super().__init__(f"The group {name!r} is in use: {users}. Choose another group there first.")


class NotAnEmployee(Refused):
    """Only those who work for a live chat say whether they do, and see who does."""

    def __init__(self) -> None:
        super().__init__(
            "You are neither operator nor supervisor here. An administrator can add you to the live chat's group."
        )


class ConcurrentChange(LivechatError):
    """Another writer changed the same row first; the unit of work must be done again from the start."""


class HomeserverUnavailable(LivechatError):
    """The homeserver cannot be reached or is overloaded; the same request may succeed later.

    Attributes:
        retry_after: seconds that the homeserver asked us to wait, if it did.
        is_reachable: whether the homeserver itself answered, with an error of its own; False when it is away,
            or when only an administrator can mend what is wrong.
        errcode: the standard error code of the answer, if it had one.
    """

    def __init__(
        self,
        message: str,
        *,
        retry_after: float | None = None,
        is_reachable: bool = False,
        errcode: str | None = None,
    ) -> None:
        self.retry_after = retry_after
        self.is_reachable = is_reachable
        self.errcode = errcode
        super().__init__(message)


class HomeserverRefused(LivechatError):
    """The homeserver understood the request and said no; repeating it changes nothing.

    Attributes:
        errcode: the standard error code of the Matrix specification, such as `M_FORBIDDEN`.
        status: the HTTP status.
    """

    def __init__(self, errcode: str, message: str, status: int) -> None:
        self.errcode = errcode
        self.status = status
        super().__init__(f"{errcode}: {message}" if message else errcode)


class StoreUnavailable(LivechatError):
    """The database cannot be reached; nothing was changed, and the same may succeed later."""


class Stopping(LivechatError):
    """The process ends: nothing was done, and the next one will do it."""

    def __init__(self) -> None:
        super().__init__("the plugin is being stopped")


class StoreFull(StoreUnavailable):
    """The database answers, and keeps nothing: its disk is full, or it may only be read."""
