"""What people did in a room, and what arrived of it in the other: as plain, comparable values."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tests.chaos.client import WRITTEN
from tests.chaos.reading import Event


@dataclass(frozen=True)
class Act:
    """One thing that somebody did, told by words alone, so that both sides can be compared.

    Attributes:
        kind: say, edit or react.
        what: the words, or the emoji.
        about: the words of the message that it answers, edits or reacts to.
    """

    kind: str
    what: str
    about: str

    def __str__(self) -> str:
        return f"{self.kind} {self.what!r}" + (f" about {self.about!r}" if self.about else "")


TAKEN_BACK = Act("taken back", "", "")


@dataclass(frozen=True)
class Done:
    """An act and its event; `message_id` is the event of the message that it edits, or its own."""

    act: Act
    event_id: str
    message_id: str


def done_by(timeline: Sequence[Event], senders: Iterable[str]) -> Iterator[Done]:
    """What these did, in the order of the room, without commands and words of the plugin's own."""
    bodies = {event["event_id"]: _body(event) for event in timeline}
    wanted = frozenset(senders)
    for event in timeline:
        if event["sender"] in wanted and (done := _done(event, bodies)) is not None:
            yield done


def _done(event: Event, bodies: dict[str, str]) -> Done | None:
    event_id, content = event["event_id"], event.get("content", {})
    relation = content.get("m.relates_to", {})
    if event["type"] == "m.reaction":
        target = relation.get("event_id", "")
        about = bodies.get(target, "?")
        return Done(Act("react", relation.get("key", ""), about), event_id, event_id) if about else None
    if event["type"] != "m.room.message":
        return None
    if not content:
        return Done(TAKEN_BACK, event_id, event_id)
    if relation.get("rel_type") == "m.replace":
        words, target = content["m.new_content"]["body"], relation["event_id"]
        return (
            Done(Act("edit", words, bodies.get(target, "?")), event_id, target) if _is_ours(words) else None
        )
    if not _is_ours(content.get("body", "")):
        return None
    answered = relation.get("m.in_reply_to", {}).get("event_id")
    return Done(
        Act("say", content["body"], bodies.get(answered, "?") if answered else ""), event_id, event_id
    )


def told_about(timeline: Sequence[Event], senders: Iterable[str]) -> Counter[str]:
    """How often somebody was told of a message of theirs that it did not reach the other side."""
    wanted = frozenset(senders)
    told: Counter[str] = Counter()
    for event in timeline:
        content = event.get("content", {})
        words = content.get("body", "") if event["type"] == "m.room.message" else ""
        if event["sender"] in wanted and words.startswith(("Not sent to the customer", "This did not reach")):
            told[content.get("m.relates_to", {}).get("m.in_reply_to", {}).get("event_id", "")] += 1
    return told


def _body(event: Event) -> str:
    words = event.get("content", {}).get("body")
    return words if isinstance(words, str) else ""


def _is_ours(words: str) -> bool:
    return WRITTEN.match(words) is not None
