"""What ought to be, as simply as it can be said; the life cycle is tried against it."""

from dataclasses import dataclass, field, replace
from typing import Literal

from livechat_plugin.core.sessions import Priority
from tests.contract.races.service import ANNA, BORIS, EVE, SAM

State = Literal["opening", "waiting", "active", "closed"]
Status = Literal["online", "away", "offline"]
Chat = tuple[str, str]
"""A customer, and the slug of the live chat that they write to."""


@dataclass(frozen=True)
class ModelSession:
    """One session."""

    number: int
    chat: Chat
    state: State = "opening"
    operator: str | None = None
    offered_to: str | None = None
    name: str | None = None
    priority: Priority = Priority.NONE


@dataclass
class Model:
    """The service, in a few dictionaries.

    Attributes:
        texts: what each customer wrote, in order.
        answers: what is to have reached each customer, in order.
        status: what operators say of themselves.
        disabled: those whom administrators keep from serving.
        groups: their members.
    """

    sessions: dict[int, ModelSession] = field(default_factory=dict)
    texts: dict[Chat, list[str]] = field(default_factory=dict)
    answers: dict[Chat, list[str]] = field(default_factory=dict)
    status: dict[str, Status] = field(default_factory=dict)
    disabled: set[str] = field(default_factory=set)
    groups: dict[str, set[str]] = field(
        default_factory=lambda: {
            "support": {ANNA, BORIS, EVE},
            "sales": {ANNA, BORIS},
            "second": {BORIS, EVE},
        }
    )

    def open_in(self, chat: Chat) -> ModelSession | None:
        """The open session of a conversation."""
        found = [one for one in self.sessions.values() if one.chat == chat and one.state != "closed"]
        assert len(found) <= 1
        return found[0] if found else None

    def wrote(self, chat: Chat, text: str) -> None:
        """A customer's message is in the open session, or opens one."""
        self.texts[chat].append(text)
        if self.open_in(chat) is None:
            number = len(self.sessions) + 1
            self.sessions[number] = ModelSession(number, chat)

    def route(self) -> None:
        """New sessions are in the queue."""
        for number, one in self.sessions.items():
            if one.state == "opening":
                self.sessions[number] = replace(one, state="waiting")

    def is_on_duty(self, who: str) -> bool:
        """Whether somebody may take sessions and answer."""
        return who not in self.disabled and self.status.get(who) != "offline"

    def is_available(self, who: str) -> bool:
        """Whether somebody is given sessions."""
        return self.is_on_duty(who) and self.status.get(who) != "away"

    def take(self, number: int, who: str) -> bool:
        """Whether somebody can take a session; then it is theirs."""
        one = self.sessions[number]
        entitled = self.groups[one.chat[1]] | self.groups.get(one.offered_to or "", set())
        if one.state != "waiting" or who not in entitled or not self.is_on_duty(who):
            return False
        return self._give(one, who)

    def assign(self, number: int, who: str, *, anyway: bool = False) -> bool:
        """Whether a supervisor can give somebody a session, or its operator hand it to them."""
        one = self.sessions[number]
        works = who in self.groups[one.chat[1]] | {SAM}
        is_there = self.is_available(who) or (anyway and self.is_on_duty(who))
        if one.state not in {"waiting", "active"} or one.operator == who or not works or not is_there:
            return False
        return self._give(one, who)

    def hand_to(self, number: int, group: str) -> bool:
        """Whether a session can be handed to a group."""
        one = self.sessions[number]
        if one.state not in {"waiting", "active"}:
            return False
        self.sessions[number] = replace(one, state="waiting", operator=None, offered_to=group)
        return True

    def give_back(self, who: str) -> None:
        """Somebody's sessions wait again."""
        for number, one in self.sessions.items():
            if one.state == "active" and one.operator == who:
                self.sessions[number] = replace(one, state="waiting", operator=None, offered_to=None)

    def close(self, number: int) -> bool:
        """Whether a session can be closed."""
        one = self.sessions[number]
        if one.state == "closed":
            return False
        self.sessions[number] = replace(one, state="closed", offered_to=None)
        return True

    def change(self, number: int, *, name: str | None = None, priority: Priority | None = None) -> bool:
        """Whether a session can be called otherwise, or be more or less urgent."""
        one = self.sessions[number]
        if one.state == "closed":
            return False
        self.sessions[number] = replace(one, name=name or one.name, priority=priority or one.priority)
        return True

    def _give(self, one: ModelSession, who: str) -> bool:
        self.sessions[one.number] = replace(one, state="active", operator=who, offered_to=None)
        return True
