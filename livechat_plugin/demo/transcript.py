"""A conversation as each side saw it at the end, side by side: what is the same on both stands in one row."""

from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from livechat_plugin.demo.person import Person, RoomEvent

_MARKS = {"m.image": "📷 ", "m.file": "📎 ", "m.audio": "🎵 ", "m.video": "🎬 ", "m.location": "📍 "}
_VOICE = "org.matrix.msc3245.voice"


def describe(event: RoomEvent) -> str:
    """A message on one line, as a client shows it."""
    content = event["content"]
    body = " ".join(str(content.get("body", "")).split())
    if event["type"] == "m.sticker":
        return f"[{body}]"
    if content.get("msgtype") == "m.emote":
        return f"* {body}"
    if _VOICE in content:
        return f"🎤 {body}"
    caption = content.get("filename", body) if content.get("msgtype") in _MARKS else body
    named = body if caption == body else f"{caption}: {body}"
    return _MARKS.get(content.get("msgtype"), "") + named


@dataclass(slots=True)
class Line:
    """One message as it stands at the end."""

    at: int
    speaker: str
    words: str
    notes: list[str] = field(default_factory=list)
    answered: "Line | None" = None

    @property
    def key(self) -> tuple[str, ...]:
        """What is the same on both sides: everything but who says it."""
        return (self.words, *self.notes)

    def shown(self) -> str:
        """The line in the table."""
        quoted = f"[dim]↪ {escape(_cut(self.answered.words, 60))}[/]\n" if self.answered else ""
        notes = f" [dim]{escape(' '.join(self.notes))}[/]" if self.notes else ""
        return f"{quoted}[bold]{escape(self.speaker)}[/] {escape(_cut(self.words, 240))}{notes}"


def transcript(left: tuple[str, list[Line]], right: tuple[str, list[Line]]) -> Table:
    """Both sides in one table.

    Args:
        left: heading and lines of the customer's side.
        right: the same of the operators' side.
    """
    table = Table(box=SIMPLE_HEAD, expand=True, pad_edge=False)
    table.add_column(left[0], ratio=1)
    table.add_column(right[0], ratio=1)
    customers, operators = left[1], right[1]
    matches = SequenceMatcher(
        None, [line.key for line in customers], [line.key for line in operators], autojunk=False
    )
    for tag, begin, end, other_begin, other_end in matches.get_opcodes():
        if tag == "equal":
            for customers_line, operators_line in zip(
                customers[begin:end], operators[other_begin:other_end], strict=True
            ):
                table.add_row(customers_line.shown(), operators_line.shown())
        else:
            alone = [(line.at, line.shown(), "") for line in customers[begin:end]]
            alone += [(line.at, "", line.shown()) for line in operators[other_begin:other_end]]
            for _, ours, theirs in sorted(alone, key=lambda row: row[0]):
                table.add_row(ours, theirs)
    return table


def lines(person: Person, room: str, began: int) -> list[Line]:
    """What a person sees in a room at the end: edits made, reactions attached, what was taken back gone.

    Args:
        person: who looks.
        room: where.
        began: where the transcript begins, in milliseconds.
    """
    names: dict[str, str | None] = {}
    shown: dict[str, Line] = {}
    for event in person.events(room):
        content: dict[str, Any] = event["content"]
        if event["type"] == "m.room.member":
            names[event["state_key"]] = content.get("displayname")
        if event["origin_server_ts"] >= began:
            _show(event, names.get(event["sender"]), shown)
    return list(shown.values())


def _show(event: RoomEvent, speaker: str | None, shown: dict[str, Line]) -> None:
    """Take one event into what is shown so far, by event id."""
    content, speaker = event["content"], speaker or event["sender"]
    relation = content.get("m.relates_to", {})
    target = shown.get(relation.get("event_id", ""))
    match event["type"]:
        case "m.reaction" if target:
            target.notes.append(relation["key"])
        case "m.room.redaction":
            if taken_back := shown.get(event.get("redacts") or content.get("redacts") or ""):
                taken_back.words = "(taken back)"
        case "m.room.message" if relation.get("rel_type") == "m.replace":
            if target:
                target.words = describe({**event, "content": content["m.new_content"]})
                target.notes.append("(edited)")
        case "m.room.message" | "m.sticker":
            line = Line(event["origin_server_ts"], speaker, describe(event) if content else "(taken back)")
            if relation.get("rel_type") == "m.thread":
                line.speaker = f"{speaker} (in a thread)"
            else:
                line.answered = shown.get(relation.get("m.in_reply_to", {}).get("event_id", ""))
            shown[event["event_id"]] = line


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1].rstrip()}…"
