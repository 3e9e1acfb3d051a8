"""What operators are told about items and customers: everything is named, and no title can break the HTML."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from livechat_plugin import Item
from livechat_plugin.core import wording
from livechat_plugin.core.customer_information import CustomerInformation, Registered
from livechat_plugin.core.links import MessageRegistration
from tests.unit.crm import COMPLAINTS, CONTACTS
from tests.unit.test_wording import ACTIVE, ANNA, CARLA, CHAT, CLOSED, EVIL, WAITING, read

ITEM = Item("contacts", "17", "Carla Corp", link="https://crm.example.org/17")
AT = datetime(2026, 11, 22, 14, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("told", "parts"),
    [
        (wording.account_linked(CARLA, ITEM, CONTACTS, ANNA), ["Carla", "Carla Corp", "Contacts", ANNA]),
        (wording.message_registered(ITEM, COMPLAINTS, ANNA), ["Complaints", "Carla Corp", ANNA]),
        (
            wording.item_refused("Not connected", CONTACTS, {"phone": "is taken"}),
            ["Phone: is taken", "Contacts"],
        ),
        (
            wording.item_refused("Not connected", CONTACTS, {"item_id": "is not there"}),
            ["Item: is not there"],
        ),
        (wording.found_items(CONTACTS, "carla", [ITEM], 10), ["#17 Carla Corp", "!connect #17", "carla"]),
        (wording.found_items(CONTACTS, "carla", [], 10), ["nothing like 'carla'", "!connect new"]),
        (wording.message_apps([COMPLAINTS]), ["complaints", "Complaints (text, photo)"]),
        (wording.message_apps([]), ["registers no items"]),
    ],
)
def test_text_and_html_tell_the_same(told: tuple[str, str], parts: list[str]) -> None:
    text, html = told
    for part in parts:
        assert part in text
        assert part in read(html).text


@pytest.mark.parametrize("title", [EVIL, ""])
def test_no_title_breaks_the_html(title: str) -> None:
    item = replace(ITEM, title=title, link='https://x/"><img src=x>')
    app = replace(CONTACTS, name=EVIL)
    for _, html in (
        wording.account_linked(replace(CARLA, display_name=EVIL), item, app, ANNA),
        wording.message_registered(item, app, ANNA),
        wording.found_items(app, EVIL, [item], 10),
        wording.found_items(app, EVIL, [], 10),
        wording.item_refused("Not connected", app, {EVIL: EVIL}),
        wording.message_apps([app]),
    ):
        assert set(read(html).seen) <= {"a", "ul", "li", "code"}
    assert wording.item_name(" ", "17") == "#17"


@pytest.mark.parametrize("link", [None, "javascript:alert(1)", "mxc://x/y", "//evil"])
def test_only_addresses_for_browsers_are_links(link: str | None) -> None:
    assert wording.item_pill("Carla", "17", link) == "Carla"


def test_a_full_page_of_results_says_that_there_may_be_more() -> None:
    assert "more than these 2" in wording.found_items(CONTACTS, "c", [ITEM, ITEM], 2)[0]
    assert "more than" not in wording.found_items(CONTACTS, "c", [ITEM], 2)[0]


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        (wording.app_away("Not connected", CONTACTS, "no route", 5), ["Contacts", "no route", "5 minutes"]),
        (wording.app_away("Not connected", CONTACTS, "no route", None), ["Contacts", "no route", "later"]),
        (wording.app_failed("Not connected", CONTACTS), ["Not connected", "Contacts", "administrators"]),
        (wording.app_unstored("Not connected", CONTACTS), ["nothing stores Contacts"]),
        (wording.registered_before(ITEM, COMPLAINTS), ["Carla Corp", "Complaints", "already"]),
        (wording.question_failed("no memory"), ["no memory", "Nothing was changed"]),
        (wording.LAST_FILE_HELP, ["last", "address"]),
        (wording.NO_SUCH_FILE, ["nobody has sent a file"]),
        (wording.NOT_CONNECTED, ["Not connected"]),
        (wording.NOT_REGISTERED, ["Not registered"]),
        (wording.NOT_FOUND, ["Not searched"]),
    ],
)
def test_words_tell_what_and_why(words: str, parts: list[str]) -> None:
    for part in parts:
        assert part in words


FULL = CustomerInformation(
    CARLA,
    CHAT,
    "Contacts",
    ITEM,
    (("Phone", "+49 30 123456"),),
    (ACTIVE, replace(CLOSED, number=11, outcome="Refused."), replace(WAITING, number=10)),
    (
        Registered(
            MessageRegistration(1, 11, 1, "complaints", "3", "Broken", "https://crm/3", ANNA, AT),
            "Complaints",
        ),
    ),
)


def test_customer_information_has_everything() -> None:
    text, html = wording.customer_information(FULL)
    for part in (
        f"Carla · Matrix · {CARLA.external_id}",
        "Carla Corp (Contacts #17)",
        "Phone: +49 30 123456",
        f"#12 2026-01-01 00:00 UTC {ANNA}: My bicycle is late (active)",
        "#11 2026-01-01 00:00 UTC",
        "(Refused.)",
        "nobody: My bicycle is late (waiting)",
        "Complaints: Broken, session #11, 2026-11-22 14:30 UTC",
    ):
        assert part in text
        assert part in read(html).text
    assert ITEM.link is not None
    assert ITEM.link in text


@pytest.mark.parametrize("words", [EVIL])
def test_nothing_breaks_the_html_of_customer_information(words: str) -> None:
    evil = CustomerInformation(
        replace(CARLA, display_name=words, network=words, external_id=words),
        replace(CHAT, name=words),
        words,
        replace(ITEM, title=words, id=words),
        ((words, words),),
        (replace(ACTIVE, subject=words, operator=words, outcome=words),),
        (Registered(MessageRegistration(1, 11, 1, words, words, words, words, words, AT), words),),
    )
    for info in (evil, replace(evil, item=None), replace(evil, app=None)):
        _, html = wording.customer_information(info)
        assert set(read(html).seen) <= {"a", "ul", "li", "code", "b", "p"}


def test_an_app_that_does_not_answer_is_named() -> None:
    assert wording.app_does_not_answer(CONTACTS) == "Contacts does not answer now"


def test_a_page_is_told_what_became_of_its_form() -> None:
    assert wording.connected(CARLA, ITEM) == f"{CARLA.display_name} is connected to Carla Corp."
    assert wording.registered(replace(ITEM, title=""), COMPLAINTS) == "Registered in Complaints: #17."


def test_why_an_item_cannot_be_worked_with_names_the_way_out() -> None:
    assert "live chats that use Contacts" in wording.not_of_the_app("Contacts")
    assert "change them there" in wording.stored_elsewhere("Contacts")
    reasons = [wording.item_connected(CARLA), wording.item_registered(12)]
    reasons.append(wording.item_referred_to(COMPLAINTS, replace(ITEM, title="Broken")))
    words = wording.item_in_use(ITEM, reasons)
    assert words.startswith("Carla Corp stays: ")
    for part in (CARLA.external_id, "session #12", "Broken of Complaints refers to it"):
        assert part in words
