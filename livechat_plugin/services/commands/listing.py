"""Commands that show sessions, those of a live chat and those of one customer, and what is set about a live chat."""

from collections.abc import Mapping
from html import escape

from livechat_plugin.core import wording
from livechat_plugin.core.command_lines import nearest, read_arguments, read_number
from livechat_plugin.core.errors import LiveChatNotFound, Refused
from livechat_plugin.core.help_topics import Topic
from livechat_plugin.core.live_chats import LiveChat
from livechat_plugin.core.moments import read_moment
from livechat_plugin.core.people import read_person
from livechat_plugin.core.sessions import Priority
from livechat_plugin.services.commands.calling import Call, Command, Reply
from livechat_plugin.services.commands.handing_over import EVERYWHERE
from livechat_plugin.services.commands.naming_sessions import argument_with_ids
from livechat_plugin.services.commands.tending import PRIORITIES
from livechat_plugin.services.repositories.rooms import RoomKind
from livechat_plugin.services.repositories.session_lists import LOOKED_THROUGH
from livechat_plugin.services.session_lists import SessionPage, SessionQuery, SessionRow, Shown

KEYS = ("customer", "operator", "priority", "since", "page", "chat")
"""What a list can be narrowed by, besides words."""


async def _sessions(call: Call) -> Reply:
    query, slug = _query(call)
    live_chat = await _live_chat(call, slug)
    page = await call.services.session_lists.page(call.work, call.event.sender, query, live_chat)
    where = live_chat.name if live_chat is not None else "your live chats"
    if not page.rows:
        near = nearest(query.text.lower(), {*Shown}) if query.text else None
        hint = f" Did you mean !sessions {near}?" if near else ""
        return Reply(f"There are no such sessions of {where}.{_cut(page)}{hint}")
    lines = [_line(call, row, with_chat=live_chat is None) for row in page.rows]
    more = f" There are more: add page={query.page + 1}." if page.has_more else ""
    title = f"Sessions of {where}, {query.shown.value}:"
    return Reply(*wording.listed(title, lines, f"{_cut(page)}{more}".strip()))


async def _history(call: Call) -> Reply:
    view = call.place.view
    if view is None:
        raise Refused("Every session room has a history of its own: write !history there.")
    before = read_number(call.argument) if call.argument else None
    if call.argument and before is None:
        raise Refused(f"{call.argument[:50]!r} is not a session number. Write !history, or !history 12.")
    page = await call.services.session_lists.history(call.work, call.event.sender, view, before)
    if not page.sessions:
        return Reply(f"{view.account.display_name} has no earlier sessions.")
    lines = [wording.past_session_line(past.session, past.messages) for past in page.sessions]
    last = page.sessions[-1].session.number
    end = f"Earlier ones: !history {last}" if page.has_more else "What was said stands above, in this room."
    return Reply(*wording.listed(f"Earlier sessions of {view.account.display_name}:", lines, end))


async def _settings(call: Call) -> Reply:
    live_chat = await _live_chat(call, call.argument or None)
    if live_chat is None:
        raise Refused("Which live chat? Write its short name, as in !settings support.")
    by = call.event.sender
    found = await call.services.supervised_settings.show(call.work, by, live_chat)
    shown, html = wording.live_chat_settings([(section.title, section.rows) for section in found])
    hint = wording.settings_hint(live_chat)
    return Reply(f"{shown}\n{hint}", f"{html}{escape(hint)}")


def _query(call: Call) -> tuple[SessionQuery, str | None]:
    """What somebody wants to see, and the live chat if they name one.

    Raises:
        Refused: something is misspelled; names it and what there is.
    """
    arguments = read_arguments(argument_with_ids(call))
    shown = {word.lower() for word in arguments.words} & {*Shown}
    if len(shown) > 1:
        raise Refused(f"Write one of {', '.join(Shown)}, not several.")
    text = " ".join(word for word in arguments.words if word.lower() not in {*Shown})
    named = arguments.named
    unknown = sorted(named.keys() - {*KEYS})
    if unknown:
        raise Refused(f"{unknown[0]}: sessions are not found by this. There are {', '.join(KEYS)}.")
    query = SessionQuery(
        shown=Shown(shown.pop()) if shown else Shown.OPEN,
        operator=_operator(call, named),
        customer=named.get("customer") or None,
        priority=_priority(named),
        since=read_moment("since", named["since"]) if "since" in named else None,
        text=text or None,
        page=_page(named),
    )
    return query, named.get("chat")


def _operator(call: Call, named: Mapping[str, str]) -> str | None:
    if "operator" not in named:
        return None
    if named["operator"].lower() == "me":
        return call.event.sender
    return read_person(named["operator"], call.services.naming.server_name)


def _priority(named: Mapping[str, str]) -> Priority | None:
    if "priority" not in named:
        return None
    if named["priority"].lower() not in PRIORITIES:
        raise Refused(f"priority: {named['priority'][:50]!r} is none of {', '.join(PRIORITIES)}.")
    return PRIORITIES[named["priority"].lower()]


def _page(named: Mapping[str, str]) -> int:
    page = read_number(named.get("page", "1"))
    if page is None:
        raise Refused(f"page: {named['page'][:50]!r} is not a number.")
    return page


async def _live_chat(call: Call, slug: str | None) -> LiveChat | None:
    """The room's live chat; in the bot's chat the named one, or None for all."""
    here = call.place.binding.live_chat_id
    if here is not None:
        return await call.work.live_chats.get(here)
    if slug is None:
        return None
    live_chat = await call.work.live_chats.by_slug(slug)
    if live_chat is None:
        raise LiveChatNotFound(slug)
    return live_chat


def _line(call: Call, row: SessionRow, *, with_chat: bool) -> tuple[str, str]:
    now = call.services.clock.now()
    text, html = wording.session_line(row.session, row.account, row.name, now)
    if with_chat:
        text, html = f"{text} · {row.live_chat.name}", f"{html} · {escape(row.live_chat.name)}"
    if row.room_id is not None:
        link, link_html = wording.room_link(row.room_id, call.services.naming.server_name)
        text, html = f"{text} · {link}", f"{html} · {link_html}"
    return text, html


def _cut(page: SessionPage) -> str:
    return f" The newest {LOOKED_THROUGH} were looked through." if page.is_cut else ""


LISTING = (
    Command(
        "sessions",
        "!sessions [which] [filters]",
        "List sessions: open, waiting, active, closed, mine or all; narrowed by words, customer=, operator=, priority=,"
        " since= and page=. Operators see the queue and their own, supervisors all.",
        EVERYWHERE,
        _sessions,
        Topic.LISTS,
    ),
    Command(
        "history",
        "!history [number]",
        "List the customer's earlier sessions, or those before a number.",
        frozenset({RoomKind.SESSION}),
        _history,
        Topic.CUSTOMER,
    ),
    Command(
        "settings",
        "!settings [live chat]",
        "Show what is set about the live chat.",
        EVERYWHERE,
        _settings,
        Topic.SUPERVISION,
    ),
)
