from livechat_plugin.core import wording
from livechat_plugin.core.content import Location, Media, Text

EVIL = "<img src=x onerror=alert(1)>"
ESCAPED = "&lt;img src=x onerror=alert(1)&gt;"


def test_what_an_operator_wrote_stands_behind_their_name() -> None:
    assert wording.as_told_by(EVIL, Text(f"a\n{EVIL}")) == Text(
        f"{EVIL}: a\n{EVIL}", f"<strong>{ESCAPED}:</strong> a<br>{ESCAPED}"
    )
    assert wording.as_told_by("Anna", Text("x", "<b>x</b>")) == Text(
        "Anna: x", "<strong>Anna:</strong> <b>x</b>"
    )
    picture = Media("image", "mxc://x/y", "pump.png", info={"size": 3})
    assert wording.as_told_by("Anna", picture) == Media(
        "image", "mxc://x/y", "pump.png", "Anna", info={"size": 3}
    )
    assert wording.as_told_by("Anna", Media("file", "mxc://x/y", "a", "Look")) == Media(
        "file", "mxc://x/y", "a", "Anna: Look"
    )
    assert wording.as_told_by("Anna", Location("geo:1,2", "Here")) == Location("geo:1,2", "Here")


def test_a_note_is_marked_as_one() -> None:
    note = wording.as_note_by(EVIL, f"{EVIL}\nx")
    assert note.body == f"📝 {EVIL}: {EVIL}\nx"
    assert note.html == f"📝 <strong>{ESCAPED}:</strong> {ESCAPED}<br>x"
    assert note.style == "notice"


def test_refusals_tell_the_limit() -> None:
    assert "60 MB" in wording.file_too_large("film.mp4", "60 MB", "50 MB")
    assert "at most 50 MB" in wording.file_too_large("film.mp4", "60 MB", "50 MB")
    assert "10 files" in wording.too_many_files(10)
    assert "at most 9 can" in wording.too_long(10, 9)


def test_what_changed_meanwhile_is_told() -> None:
    words = wording.changed_meanwhile(12, "It is served by @boris:example.org now.")
    assert words.startswith("Session #12 was changed meanwhile. It is served by @boris:example.org now.")
    assert "Nothing was done" in words
