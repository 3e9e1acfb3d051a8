"""What the console says to employees, and what it shows in session rooms for them."""

from html import escape

from livechat_plugin.core.content import Content, Location, Media, Text

SWITCHED_OFF_HERE = (
    "Live chats are switched off at the moment. Nothing was done; try again when they are on again."
)
NOTHING_WRITTEN = "Write something first, or attach a file."
ANSWER_TOO_OLD = "This form is too old. Open the page again; what you have written can be copied."
NOT_YOURS_TO_CHANGE = "You can edit only what you wrote here yourself, and what is still there."
NOT_YOURS_TO_DELETE = "You can delete only what you wrote yourself, and what is still there."
NOTES_ARE_WORDS = "A note has no files. Send them to the customer, or put a link into the note."
NO_NOTES_HERE = "Notes are left by those who work with this live chat."


def as_told_by(name: str, content: Content) -> Content:
    """What an operator wrote in the console, as the session room shows it: with their name before it."""
    match content:
        case Text():
            html = content.html or escape(content.body).replace("\n", "<br>")
            body = f"{name}: {content.body}"
            return Text(body, f"<strong>{escape(name)}:</strong> {html}", content.style, content.mentions)
        case Media():
            caption = f"{name}: {content.caption}" if content.caption else name
            return Media(
                content.media,
                content.url,
                content.filename,
                caption,
                info=content.info,
                voice=content.voice,
                encrypted=content.encrypted,
            )
        case Location():
            return content


def as_note_by(name: str, words: str) -> Text:
    """A note that was left in the console, as the session room shows it."""
    html = f"📝 <strong>{escape(name)}:</strong> {escape(words)}".replace("\n", "<br>")
    return Text(f"📝 {name}: {words}", html, "notice")


def too_long(length: int, most: int) -> str:
    """For somebody who writes more than can be sent at once."""
    return f"This has {length} characters; at most {most} can be sent at once. Send it in parts."


def file_too_large(name: str, size: str, most: str) -> str:
    """For an operator who attaches a file that the homeserver does not take."""
    return f"{name} is too large: it has {size}, and the homeserver takes at most {most}."


def too_many_files(most: int) -> str:
    """For an operator who attaches more at once than one message may bring."""
    return f"At most {most} files can be sent at once."


def changed_meanwhile(number: int, how: str) -> str:
    """For somebody whose page shows a session as it was."""
    return f"Session #{number} was changed meanwhile. {how} Nothing was done; look again."
