"""What the audit log says."""

from datetime import UTC, datetime

from livechat_plugin.core import wording
from livechat_plugin.core.audit import AuditEntry

AT = datetime(2026, 11, 22, 12, 5, 59, tzinfo=UTC)


def test_an_entry_fits_in_one_line() -> None:
    entry = AuditEntry(7, AT, "@ada:x", "hook.configured", "greeting", {"keys": ["a\nb", "c"]}, "support")
    line = wording.audit_line(entry)
    assert line == "7. 2026-11-22 12:05 UTC @ada:x: hook.configured greeting in support (keys: a b c)"


def test_a_live_chat_is_not_named_twice() -> None:
    entry = AuditEntry(7, AT, "@ada:x", "hook.configured", "support", {}, "support")
    assert wording.audit_line(entry).endswith("hook.configured support")


def test_a_page_tells_how_to_get_the_next() -> None:
    assert wording.audit_goes_on(120).endswith("!audit before=120")


def test_details_read_like_words() -> None:
    details: dict[str, object] = {
        "show_name": False,
        "from": None,
        "to": "@b:x",
        "groups": [],
        "limits": {"each": 3},
    }
    told = "show name: no, from: none, to: @b:x, groups: none, limits: (each: 3)"
    assert wording.audit_details(details) == told


def test_details_can_be_read_one_by_one() -> None:
    assert wording.audit_pairs({"show_name": True, "to": None}) == [("Show name", "yes"), ("To", "none")]


def test_an_entry_reads_like_a_sentence() -> None:
    def told(action: str, subject: str) -> str:
        return " ".join(wording.audit_sentence(AuditEntry(7, AT, "@ada:x", action, subject))).strip()

    assert told("session.taken_over", "#12") == "took over #12"
    assert told("app.deleted", "people") == "deleted the app people with all its items"
    assert told("thing.turned_round", "it") == "turned round the thing it", (
        "what nobody has put into words yet"
    )
