"""Customer Information, as operators read it in the session room (requirement S18)."""

from html import escape

from livechat_plugin.core.customer_information import CustomerInformation, Registered
from livechat_plugin.core.moments import show_moment
from livechat_plugin.core.session_names import CHANNELS
from livechat_plugin.core.sessions import Session, SessionState
from livechat_plugin.core.wording.items import Told, item_name, item_pill
from livechat_plugin.core.wording.mentions import pill


def customer_information(info: CustomerInformation) -> Told:
    """Everything about the customer, as text and as HTML."""
    account = info.account
    network = CHANNELS.get(account.network, account.network)
    head = f"{account.display_name} · {network} · {account.external_id}"
    parts = [
        _part("Account", [_item(info), *(_value(label, value) for label, value in info.values)]),
        _part("Sessions", [_session(session) for session in info.sessions] or [("none", "none")]),
        _part("Registered", [_registered(one) for one in info.registered] or [("nothing", "nothing")]),
    ]
    html = f"<b>{escape(account.display_name)}</b> · {escape(network)} · <code>{escape(account.external_id)}</code>"
    return "\n".join([head, *(text for text, _ in parts)]), html + "".join(part for _, part in parts)


def _value(label: str, value: str) -> Told:
    text = f"{label}: {value}"
    return text, escape(text)


def _part(title: str, lines: list[Told]) -> Told:
    text = "\n".join([f"{title}:", *(f"- {line}" for line, _ in lines)])
    return text, f"<p><b>{title}</b></p><ul>{''.join(f'<li>{line}</li>' for _, line in lines)}</ul>"


def _item(info: CustomerInformation) -> Told:
    if info.app is None:
        text = f"{info.live_chat.name} is bound to no app"
        return text, escape(text)
    if info.item is None:
        text = f"not connected to {info.app}; connect with !connect"
        return text, escape(text)
    item = info.item
    link = f" {item.link}" if item.link else ""
    text = f"{item_name(item.title, item.id)} ({info.app} #{item.id}){link}"
    return text, f"{item_pill(item.title, item.id, item.link)} ({escape(info.app)} #{escape(item.id)})"


def _session(session: Session) -> Told:
    start = f"#{session.number} {show_moment(session.opened_at)} "
    who = session.operator or ""
    state = session.outcome or ("closed" if session.state is SessionState.CLOSED else session.state.value)
    end = f": {session.subject} ({state})"
    if not who:
        return f"{start}nobody{end}", f"{escape(start)}nobody{escape(end)}"
    return f"{start}{who}{end}", f"{escape(start)}{pill(who)}{escape(end)}"


def _registered(one: Registered) -> Told:
    made = one.registration
    link = f" {made.link}" if made.link else ""
    start, end = f"{one.app}: ", f", session #{made.session_number}, {show_moment(made.at)}"
    text = f"{start}{item_name(made.title, made.item_id)}{end}{link}"
    return text, f"{escape(start)}{item_pill(made.title, made.item_id, made.link)}{escape(end)}"
