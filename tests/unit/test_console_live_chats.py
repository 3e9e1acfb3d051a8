"""The live chats workspace: the list, +Add, and the form (requirements S7 to S13)."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
import pytest_asyncio

from livechat_plugin import HookSettings
from livechat_plugin.core.errors import InvalidLiveChat
from livechat_plugin.core.live_chats import check_slug, suggest_slug
from tests.unit.console import Console, Page
from tests.unit.desk import ANNA, BORIS, CARLA, SAM, Desk
from tests.unit.test_administering import Shop
from tests.unit.wiring import ADA, SERVER


@pytest_asyncio.fixture
async def desk() -> AsyncIterator[Desk]:
    desk = Desk(Shop(HookSettings()))
    async with desk.working():
        await desk.set_up()
        yield desk


@pytest_asyncio.fixture
async def console(desk: Desk) -> AsyncIterator[Console]:
    async with Console(desk) as console:
        console.sign_in(ADA)
        yield console


NEW: dict[str, Any] = {
    "name": "IT Help Desk",
    "slug": "it",
    "account_app": "contacts",
    "message_apps": ["complaints"],
    "customers": f"@*:{SERVER}",
    "show_operator_name": "yes",
    "rule": "assigned_to",
    "rule_field": "manager",
    "operators": f"{ANNA}, {BORIS}",
    "supervisors": "support-supervisors",
    "session_name": "{client} #{number}",
    "waiting_alert": "10",
}


def sent(page: Page) -> dict[str, Any]:
    """The fields of the page's form as a browser would send them."""
    fields: dict[str, Any] = {}
    form = page.html.select_one("form.settings-form")
    assert form is not None
    for found in form.select("input, textarea, select"):
        name, kind = str(found.get("name", "")), found.get("type")
        if found.name == "select":
            chosen = found.select_one("option[selected]") or found.select_one("option")
            fields[name] = (chosen.get("value", chosen.get_text()) if chosen else "") or ""
        elif kind == "checkbox":
            if found.has_attr("checked"):
                fields.setdefault(name, []).append(found["value"])
        else:
            fields[name] = (
                found.get("value", "") if found.name == "input" else found.get_text().removeprefix("\n")
            )
    fields.pop("csrf", None)
    return fields


def error_of(page: Page, key: str) -> str:
    """What stands beside a field; it is tied to it for screen readers."""
    [error] = page.html.select(f"#field-{key}-error")
    field = page.html.select_one(f"#field-{key}")
    assert field is not None
    assert f"field-{key}-error" in str(field["aria-describedby"])
    assert field["aria-invalid"] == "true"
    return " ".join(error.get_text(" ").split())


async def test_add_makes_a_live_chat_that_works(console: Console, desk: Desk) -> None:
    page = await console.get("/live-chats/new")
    assert page.status == 200
    assert page.all("legend")[:1] == ["Apps"]
    assert {"Apps", "Customers", "Employees"} <= set(page.all("legend"))
    made = await console.post("/live-chats/new", NEW)
    assert (made.status, made.goes_to) == (303, "/console/live-chats/it")
    page = await console.get("/live-chats/it")
    assert "IT Help Desk is made." in page.text
    await desk.settle()
    [it] = [chat for chat in desk.stored.live_chats.values() if chat.slug == "it"]
    assert (it.account_app, it.message_apps, it.routing_settings) == (
        "contacts",
        ("complaints",),
        {"field": "manager"},
    )
    assert (it.operators, it.supervisors, it.waiting_alert) == ("it-operators", "support-supervisors", 10)
    assert (it.show_operator_name, it.show_operator_name_to_external) == (True, False)
    assert desk.stored.groups["it-operators"] == {ANNA, BORIS}
    assert it.queue_room


async def test_the_page_says_that_it_is_being_set_up_until_its_rooms_are_there(
    console: Console, desk: Desk
) -> None:
    desk.change_live_chat(queue_room=None)
    desk.stored.live_chats[1] = replace(desk.live_chat, queue_room=None)
    page = await console.get("/live-chats/support")
    assert "It is being set up." in page.text
    part = await console.get("/live-chats/support", hx_request="true", hx_target="live-chat-state")
    assert [child.name for child in part.html.find_all(recursive=False)] == ["section"]
    desk.stored.live_chats[1] = replace(desk.live_chat, queue_room="!queue")
    page = await console.get("/live-chats/support")
    links = [str(link["href"]) for link in page.html.select("#live-chat-state a")]
    assert links == [
        f"https://matrix.to/#/@livechat_support:{SERVER}",
        f"https://matrix.to/#/#livechat_support:{SERVER}",
    ]


async def test_a_short_name_is_made_of_the_name_if_none_is_written(console: Console, desk: Desk) -> None:
    await console.post("/live-chats/new", NEW | {"slug": " ", "name": "Büro & Technik 2"})
    assert [chat.slug for chat in desk.stored.live_chats.values()] == ["support", "buro-technik-2"]
    page = await console.post("/live-chats/new", NEW | {"slug": "", "name": "Техника"})
    assert page.status == 422
    assert "must consist of a-z" in error_of(page, "slug")


@pytest.mark.parametrize(
    ("name", "slug"),
    [("IT Help", "it-help"), ("24 h Hotline", "h-hotline"), ("Ünï & çødé", "uni-cde"), ("…", "")],
)
def test_suggested_short_names_are_possible(name: str, slug: str) -> None:
    assert suggest_slug(name) == slug
    assert not slug or check_slug(slug) == slug


def test_no_live_chat_takes_the_place_of_the_page_for_new_ones() -> None:
    with pytest.raises(InvalidLiveChat, match="choose another word"):
        check_slug("new")


WRONG: list[tuple[dict[str, Any], dict[str, str]]] = [
    ({"name": ""}, {"name": "must not be empty"}),
    ({"name": "x" * 101}, {"name": "has 101 characters"}),
    ({"name": "Customer Support"}, {"name": "there is a live chat"}),
    ({"slug": "IT desk!"}, {"slug": "must consist of a-z"}),
    ({"slug": "support", "operators": "support-operators"}, {"slug": "there is a live chat"}),
    ({"account_app": "bare"}, {"account_app": "Account"}),
    ({"account_app": "nothing"}, {"account_app": "There is no app"}),
    ({"message_apps": ["complaints", "nothing"]}, {"message_apps": "There is no app"}),
    ({"customers": "nobody"}, {"customers": "there is no group"}),
    ({"customers": "@x"}, {"customers": "is not a Matrix id"}),
    ({"rule": "dice"}, {"rule": "there is no routing rule"}),
    ({"account_app": ""}, {"rule": "needs an app to be bound"}),
    ({"rule_field": ""}, {"rule_field": "is required"}),
    ({"rule_field": "boss"}, {"rule_field": ""}),
    ({"operators": ""}, {"operators": "needs at least one operator"}),
    ({"operators": "@x:y, nobody"}, {"operators": "must be one group"}),
    ({"supervisors": f"@nobody:{SERVER}"}, {"supervisors": "there is no user"}),
    ({"session_name": "{oops}"}, {"session_name": "there is no placeholder"}),
    ({"session_name": "x" * 201}, {"session_name": "has 201 characters"}),
    ({"waiting_alert": "-1"}, {"waiting_alert": "whole number"}),
    ({"waiting_alert": "1e3"}, {"waiting_alert": "whole number"}),
    ({"waiting_alert": "99999999"}, {"waiting_alert": "must be minutes from 0"}),
    (
        {"name": "", "operators": "", "waiting_alert": "soon"},
        {"name": "", "operators": "", "waiting_alert": ""},
    ),
]


@pytest.mark.parametrize(("wrong", "errors"), WRONG, ids=[str(wrong)[:40] for wrong, _ in WRONG])
async def test_errors_stand_beside_their_fields_and_what_was_written_is_kept(
    console: Console, desk: Desk, wrong: dict[str, Any], errors: dict[str, str]
) -> None:
    written = NEW | wrong
    page = await console.post("/live-chats/new", written)
    assert page.status == 422
    for key, reason in errors.items():
        assert reason.casefold() in error_of(page, key).casefold()
    assert len(page.html.select(".error")) == len(errors)
    kept = sent(page)
    for key in (
        "name",
        "slug",
        "customers",
        "rule",
        "operators",
        "supervisors",
        "session_name",
        "waiting_alert",
    ):
        assert kept[key] == written[key], key
    assert kept["account_app"] in {written["account_app"], ""}
    assert len(desk.stored.live_chats) == 1


async def test_rubbish_is_refused_without_harm(console: Console, desk: Desk) -> None:
    for fields in (
        {},
        {"name": "x" * 300_000, "operators": "\x00" * 100},
        {"name": ["a", "b"], "message_apps": ["", "\x00"], "rule_": "x", "rule_field": "x" * 5_000},
        {"waiting_alert": "٣", "slug": "../../x", "rule": "\U0001f600"},
    ):
        page = await console.post("/live-chats/new", fields)
        assert page.status == 422
        assert "Nothing is saved yet" in page.text
    files = {"name": ("a.txt", b"a file"), "operators": ("b.txt", b"another")}
    assert (await console.post("/live-chats/new", {}, files=files)).status == 422
    assert len(desk.stored.live_chats) == 1


async def test_what_was_written_is_escaped(console: Console) -> None:
    page = await console.post("/live-chats/new", NEW | {"name": '"><script>alert(1)</script>', "slug": "?"})
    assert page.html.select("script:not([src])") == []
    assert sent(page)["name"] == '"><script>alert(1)</script>'


async def test_apps_that_cannot_be_bound_say_why(console: Console) -> None:
    page = await console.get("/live-chats/new")
    [bare] = page.html.select("#field-account_app option[value=bare]")
    assert bare.has_attr("disabled")
    assert "has no field of the type Account" in bare.get_text()
    [contacts] = page.html.select("#field-account_app option[value=contacts]")
    assert not contacts.has_attr("disabled")
    offered = {str(found["value"]) for found in page.html.select("[name=message_apps]:not([disabled])")}
    assert offered == {"complaints"}


async def test_assigned_to_is_offered_only_when_an_app_is_bound(console: Console) -> None:
    page = await console.post("/live-chats/new/rule", {"account_app": ""})
    [rule] = page.html.select("#field-rule option[value=assigned_to]")
    assert rule.has_attr("disabled")
    page = await console.post("/live-chats/new/rule", {"account_app": "contacts", "rule": "assigned_to"})
    [rule] = page.html.select("#field-rule option[value=assigned_to]")
    assert rule.has_attr("selected")
    assert page.html.select("#field-rule_field option[value=manager], #field-rule_field option") != []
    assert page.html.select("#rule-part[open]") != []
    assert page.html.select("html") == []


async def test_another_rule_drops_what_was_set_about_the_one_before(console: Console, desk: Desk) -> None:
    await console.post("/live-chats/new", NEW | {"rule": "first_response"})
    [it] = [chat for chat in desk.stored.live_chats.values() if chat.slug == "it"]
    assert (it.routing_rule, it.routing_settings) == ("first_response", {})


async def test_the_list_shows_what_goes_on(console: Console, desk: Desk) -> None:
    await desk.write()
    page = await console.get("/live-chats")
    [row] = page.html.select("tbody tr")
    text = " ".join(row.get_text(" ").split())
    assert text.startswith(f"Customer Support @livechat_support:{SERVER} 1 0 First Response")
    assert "support-operators 2 people" in text
    assert "support-supervisors 1 person" in text
    await desk.take()
    row = (await console.get("/live-chats")).html.select("tbody tr")[0]
    assert "0 1 First Response" in " ".join(row.get_text(" ").split())
    assert page.html.select('a[href="/console/live-chats/new"]') != []


async def test_an_empty_workspace_says_what_to_do(console: Console, desk: Desk) -> None:
    desk.stored.live_chats.clear()
    assert "Make the first one" in (await console.get("/live-chats")).text


async def test_supervisors_read_what_administrators_set(console: Console, desk: Desk) -> None:
    console.sign_in(SAM)
    page = await console.get("/live-chats")
    assert page.status == 200
    assert page.html.select('a[href="/console/live-chats/new"]') == []
    page = await console.get("/live-chats/support")
    assert page.status == 200
    assert "First Response" in page.text or "first_response" in page.text
    assert page.html.select("main form, main input, main select, main textarea") == []
    desk.stored.live_chats[2] = replace(desk.live_chat, id=2, slug="other", name="Other", supervisors="else")
    assert (await console.get("/live-chats/other")).status == 403


@pytest.mark.parametrize("user", [ANNA, SAM, CARLA])
@pytest.mark.parametrize(
    "path", ["/live-chats/new", "/live-chats/new/rule", "/live-chats/support", "/live-chats/support/delete"]
)
async def test_nobody_but_administrators_changes_anything(
    console: Console, desk: Desk, user: str, path: str
) -> None:
    console.sign_in(user)
    page = await console.post(path, NEW | {"version": "1", "confirmation": "Customer Support"})
    assert page.status == 403
    assert ADA in page.text, "whom to ask"
    assert (desk.live_chat.version, desk.live_chat.deleted_at, len(desk.stored.live_chats)) == (1, None, 1)


@pytest.mark.parametrize("path", ["/live-chats", "/live-chats/new", "/live-chats/support"])
async def test_operators_are_told_that_the_workspace_is_not_theirs(console: Console, path: str) -> None:
    console.sign_in(ANNA)
    page = await console.get(path)
    assert page.status == 403


@pytest.mark.parametrize("slug", ["nothing", "%00", "..%2Fx", "x" * 5_000, "%F0%9F%98%80"])
async def test_what_does_not_exist_is_not_found(console: Console, slug: str) -> None:
    assert (await console.get(f"/live-chats/{slug}")).status == 404
    assert (await console.post(f"/live-chats/{slug}", NEW)).status == 404


@pytest.mark.parametrize(
    ("template", "shown"),
    [
        ("{client} #{number}", "Carla Weber #42"),
        ("{live_chat} {channel}", "IT & Co Matrix"),
        ("{oops}", "There is no placeholder {oops}"),
        ("", "Must not be empty"),
        ("<b>x</b>", "<b>x</b>"),
    ],
)
async def test_a_template_of_names_shows_what_it_makes(console: Console, template: str, shown: str) -> None:
    asked = httpx.QueryParams({"session_name": template, "name": "IT & Co"})
    page = await console.get(f"/live-chats/new/name?{asked}", hx_request="true", hx_target="name-example")
    assert page.status == 200
    assert page.text.startswith(shown)
    assert page.html.select("*") == [], "words alone"
