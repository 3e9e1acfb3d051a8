"""Operators, one's own attendance, messengers, hooks and the audit log in the console (E1, S13, S14, S17, E18)."""

import csv
import io
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import timedelta

import pytest
import pytest_asyncio

from livechat_plugin.core import wording
from livechat_plugin.core.audit import ACTIONS, AuditEntry
from livechat_plugin.core.employees import OperatorStatus
from livechat_plugin.core.sessions import SessionState
from livechat_plugin.services.configuration_news import InUse
from livechat_plugin.services.installation import HookView, SettingView
from livechat_plugin.web.console import operators
from livechat_plugin.web.console.audit import NOUNS, harmless, link_to
from tests.unit.console import Console
from tests.unit.desk import ANNA, BORIS, CARLA, SAM, Desk
from tests.unit.wiring import ADA, SERVER


class Known:
    """An installation as a test wants it."""

    def __init__(self) -> None:
        self.is_missing: dict[str, str] = {}
        self.in_use = InUse(is_on=True)
        self.found: list[HookView] = []

    async def missing(self) -> Mapping[str, str]:
        return self.is_missing

    def configuration(self) -> InUse:
        return self.in_use

    def hooks(self) -> Sequence[HookView]:
        return self.found


@pytest.fixture
def known() -> Known:
    return Known()


@pytest_asyncio.fixture
async def desk() -> AsyncIterator[Desk]:
    desk = Desk()
    async with desk.working():
        await desk.set_up()
        yield desk


@pytest_asyncio.fixture
async def console(desk: Desk, known: Known) -> AsyncIterator[Console]:
    async with Console(desk, installation=known) as console:
        console.sign_in(ADA)
        yield console


async def test_operators_are_shown_as_they_stand(console: Console, desk: Desk) -> None:
    await desk.write()
    await desk.take(ANNA)
    await desk.command(BORIS, "!away")
    rows = (await console.get("/operators")).all("tbody tr")
    assert len(rows) == 3
    assert rows[0].startswith(f"A {ANNA} online support 1")
    assert rows[1].startswith(f"B {BORIS} away support 0")
    assert f"{SAM} supervisor" in rows[2]


async def test_an_operator_with_many_sessions_is_shown_with_some_of_them(
    console: Console, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operators, "SERVED_SHOWN", 0)
    await desk.write()
    await desk.take(ANNA)
    page = await console.get("/operators")
    assert page.all("tbody tr")[0].startswith(f"A {ANNA} online support 0+")


async def test_an_administrator_disables_and_enables(console: Console, desk: Desk) -> None:
    await desk.write()
    await desk.take(ANNA)
    page = await console.get("/operators")
    assert "go back to the queue: #1" in page.text
    page = await console.post("/operators", {"user": ANNA, "do": "disable"})
    assert page.goes_to == "/console/operators"
    page = await console.get("/operators")
    assert "Back in the queue: #1." in page.text
    assert desk.session().state is SessionState.WAITING
    assert "disabled" in page.all("tbody tr")[0]
    await console.post("/operators", {"user": ANNA, "do": "enable"})
    assert not desk.stored.employees[ANNA].is_disabled


@pytest.mark.parametrize(
    "fields", [{}, {"user": CARLA, "do": "disable"}, {"user": ANNA}, {"user": "x" * 5_000, "do": "disable"}]
)
async def test_what_cannot_be_is_refused(console: Console, desk: Desk, fields: dict[str, str]) -> None:
    assert (await console.post("/operators", fields)).status == 409
    assert not any(one.is_disabled for one in desk.stored.employees.values())


async def test_colleagues_see_each_other_and_change_nothing(console: Console, desk: Desk) -> None:
    console.sign_in(ANNA)
    page = await console.get("/operators")
    assert [row.split()[1] for row in page.all("tbody tr")] == [ANNA, BORIS, SAM]
    assert page.html.select("button[value=disable]") == []
    assert (await console.post("/operators", {"user": BORIS, "do": "disable"})).status == 403
    assert not any(one.is_disabled for one in desk.stored.employees.values())


async def test_everybody_says_on_any_page_whether_they_work(console: Console, desk: Desk) -> None:
    console.sign_in(ANNA)
    page = await console.get("/attendance")
    [switch] = page.html.select(".side form[action$='/attendance/status']")
    assert [str(one["value"]) for one in switch.select("[aria-pressed=true]")] == ["online"]
    page = await console.post("/attendance/status", {"status": "away", "back": "/attendance"})
    assert page.goes_to == "/console/attendance"
    assert desk.stored.employees[ANNA].status is OperatorStatus.AWAY
    assert "You are away." in (await console.get("/attendance")).text
    for back in ("//evil.example", "https://evil.example", "/\\evil.example", "x", "/a\r\nb: c"):
        page = await console.post("/attendance/status", {"status": "online", "back": back})
        assert page.goes_to == "/console/attendance"
    for status in ("", "dead", "x" * 5_000):
        assert (await console.post("/attendance/status", {"status": status})).status == 409
    assert desk.stored.employees[ANNA].status is OperatorStatus.ONLINE


async def test_absences_are_added_and_taken_back(console: Console, desk: Desk) -> None:
    console.sign_in(ANNA)
    today = desk.clock.now().date()
    last = (today + timedelta(days=3)).isoformat()
    page = await console.post("/attendance", {"first": "", "last": last, "reason": "A  holiday"})
    assert page.status == 303
    page = await console.get("/attendance")
    assert "(A holiday)" in page.text
    await console.post("/attendance/clear", {})
    assert "You are not absent any more." in (await console.get("/attendance")).text
    assert desk.stored.absences == {} or not list(desk.stored.absences)


@pytest.mark.parametrize(
    ("fields", "where", "reason"),
    [
        ({}, "last", "is required"),
        ({"last": "soon"}, "last", "is no day"),
        ({"first": "2026-99-01", "last": "2999-01-01"}, "first", "is no day"),
        ({"first": "2030-01-05", "last": "2030-01-01"}, "last", "before it begins"),
        ({"first": "2001-01-01", "last": "2001-01-02"}, "last", "is over already"),
        ({"last": "9999-12-31"}, "last", "two years"),
        ({"last": "2030-01-01", "reason": "x" * 201}, "reason", "has 201 characters"),
    ],
)
async def test_absences_that_cannot_be_are_refused_beside_their_fields(
    console: Console, desk: Desk, fields: dict[str, str], where: str, reason: str
) -> None:
    console.sign_in(ANNA)
    page = await console.post("/attendance", fields)
    assert page.status == 422
    [error] = page.all(f"#field-{where}-error")
    assert reason.casefold() in error.casefold()


async def test_who_works_nowhere_has_no_attendance(console: Console) -> None:
    page = await console.get("/attendance")
    assert page.status >= 400
    assert "neither operator nor supervisor" in page.text
    assert page.html.select(".side form[action$='/attendance/status']") == []


async def test_messengers_show_what_is_connected_and_whether_it_works(
    console: Console, desk: Desk, known: Known
) -> None:
    rows = (await console.get("/messengers")).all("tbody tr")
    assert rows == [f"@livechat_support:{SERVER} Matrix Customer Support receiving"]
    known.is_missing = {"homeserver": "does not answer"}
    page = await console.get("/messengers")
    assert "The homeserver does not answer." in page.text
    assert "not reachable" in page.all("tbody tr")[0]
    known.is_missing, known.in_use = {}, InUse(is_on=False)
    page = await console.get("/messengers")
    assert "switched off" in page.all("tbody tr")[0]
    assert "The plugin is switched off in plugin.toml." in page.text


async def test_hooks_tell_what_they_are_and_never_a_secret(console: Console, known: Known) -> None:
    known.found = [
        HookView(
            "greeting",
            is_on=True,
            source="ships with the plugin",
            families=["session creation"],
            description="Greets.",
            settings=[SettingView("words", "Hello", "What is said.")],
            left_out=["livechat_choose_greeting"],
            failing={"livechat_on_session_closed": 3},
        ),
        HookView("other", is_on=False, source="your own: other.py"),
    ]
    known.in_use = InUse(
        is_on=True, problem="/etc/x/plugin.toml: hooks.oops: there is no such hook", restart=["web.address"]
    )
    page = await console.get("/hooks")
    assert "there is no such hook" in page.text
    assert "web.address" in page.text
    assert "livechat_choose_greeting kept failing" in page.text
    assert "failed 3 times" in page.text
    assert "[hooks.other] enabled = true" in page.text
    page = await console.get("/live-chats")
    assert "plugin.toml is refused as it stands" in page.text
    console.sign_in(ANNA)
    assert "plugin.toml is refused" not in (await console.get("/attendance")).text


@pytest.mark.parametrize("path", ["/messengers", "/hooks", "/audit", "/audit/export"])
@pytest.mark.parametrize("user", [ANNA, SAM])
async def test_administration_is_for_administrators(console: Console, path: str, user: str) -> None:
    console.sign_in(user)
    assert (await console.get(path)).status == 403


async def audit(desk: Desk, *actors: str, **details: str) -> None:
    async with desk.store.begin() as work:
        for actor in actors:
            await work.audit.add(
                desk.clock.now(), actor, "session.taken", "#1", live_chat="support", **details
            )
        await work.commit()


async def test_the_audit_log_reads_like_sentences_with_links(console: Console, desk: Desk) -> None:
    await desk.write()
    await desk.take(ANNA)
    await console.post("/operators", {"user": BORIS, "do": "disable"})
    page = await console.get("/audit")
    lines = page.all(".audit-entry p:first-child")
    assert lines[0] == f"{ADA} disabled {BORIS}"
    assert f"{ANNA} took #1 in support" in lines
    assert page.html.select('.audit-entry a[href="/console/sessions/1"]') != []
    assert page.html.select(".audit-entry time") != []


async def test_the_audit_log_is_filtered_and_paged(console: Console, desk: Desk) -> None:
    await audit(desk, *[ANNA] * 60, *[BORIS] * 3)
    page = await console.get("/audit")
    assert len(page.html.select(".audit-entry")) == 50
    [older] = page.html.select("a[rel=next]")
    page = await console.get(str(older["href"]).removeprefix("/console"))
    assert len(page.html.select(".audit-entry")) == 13
    assert page.html.select("a[rel=next]") == []
    page = await console.get(f"/audit?actor={BORIS}&action=session&live_chat=support")
    assert len(page.html.select(".audit-entry")) == 3
    tomorrow = (desk.clock.now() + timedelta(days=1)).date().isoformat()
    assert (await console.get(f"/audit?since={tomorrow}")).html.select(".audit-entry") == []
    assert (await console.get("/audit?live_chat=nothing")).html.select(".audit-entry") == []


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("action=rockets", 422),
        ("since=soon", 422),
        ("before=x", 200),
        ("before=" + "9" * 400, 200),
        ("actor=" + "x" * 4_000, 200),
        ("actor=%00&live_chat=%F0%9F%98%80", 200),
    ],
)
async def test_rubbish_filters_are_told_or_passed_over(console: Console, query: str, status: int) -> None:
    assert (await console.get(f"/audit?{query}")).status == status


async def test_the_export_holds_everything_and_no_formula(console: Console, desk: Desk) -> None:
    await audit(desk, *[ANNA] * 2_100, name="=HYPERLINK(1)")
    await audit(desk, "=cmd|' /C calc'!A0", group="+49")
    page = await console.get("/audit/export?action=session.taken")
    assert page.response.headers["content-type"].startswith("text/csv")
    assert "attachment" in page.response.headers["content-disposition"]
    rows = list(csv.reader(io.StringIO(page.response.text)))
    assert len(rows) == 2_102
    assert rows[0][:3] == ["id", "at", "actor"]
    assert rows[1][2] == "'=cmd|' /C calc'!A0"
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows[1:] for cell in row)


def test_cells_that_would_be_formulas_are_made_harmless() -> None:
    for cell in ("=1", "+1", "-1", "@a", "\t=1", "\r=1"):
        assert harmless(cell) == f"'{cell}"
    assert harmless("a=1") == "a=1"


def test_every_action_has_a_sentence_a_filter_and_a_link_that_fits(desk: Desk) -> None:
    for action in ACTIONS:
        assert action.partition(".")[0] in NOUNS
        entry = AuditEntry(1, desk.clock.now(), ADA, action, "#1")
        before, subject, _ = wording.audit_sentence(entry)
        assert before
        assert "." not in before
        assert subject == "#1"
        link = link_to(entry)
        assert link is None or link.startswith("/")
