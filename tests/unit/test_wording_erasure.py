"""What administrators read about the erasure of a customer's data."""

from livechat_plugin.core.conversations import Account
from livechat_plugin.core.erasure import ErasureReport
from livechat_plugin.core.wording import erasure as wording

CARLA = Account(7, "matrix", "@carla:example.org", "Carla")


def test_a_plan_names_who_it_is_about_and_what_would_go_and_stay() -> None:
    assert wording.erasure_planned(CARLA, {"messages": 3}, ["an item"]).splitlines() == [
        "The data of Carla (@carla:example.org, account 7):",
        "  3 in messages",
        "  stays: an item",
    ]


def test_who_orders_one_is_told_where_its_report_will_be() -> None:
    assert "livechat customers report 7" in wording.erasure_ordered(7)


def test_a_report_tells_what_is_gone_and_what_remains_and_names_nobody() -> None:
    report = ErasureReport(
        7, "@ada:example.org", "2026-01-01 10:00", None, {"messages": 3}, ("a copy",), ("mxc://a/b",)
    )
    text = wording.erasure_report(report)
    assert "still under way" in text
    assert "erased: 3 messages" in text
    assert "remains: a copy" in text
    assert wording.files_remain(["mxc://a/b"]) in text
    assert "done at 2026-01-02 10:00" in wording.erasure_report(
        ErasureReport(7, "@ada:example.org", "2026-01-01 10:00", "2026-01-02 10:00")
    )


def test_what_remains_says_where_and_what_to_do_about_it() -> None:
    assert wording.files_remain(["mxc://a/b"]).startswith("1 file stays")
    assert wording.files_remain(["mxc://a/b", "mxc://a/c"]).startswith("2 files stay")
    assert "!gone" in wording.room_out_of_reach("!gone")
    assert wording.redactions_refused(3, "!room").startswith("3 events in !room")
    assert "--items" in wording.item_remains("contacts", "12", is_ours=True)
    assert "kept elsewhere" in wording.item_remains("contacts", "12", is_ours=False)
    assert wording.named_in("audit log") == "They are named in the audit log: change it there."
