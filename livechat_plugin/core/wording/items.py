"""What is said about items to operators: connecting customers, registering messages."""

from collections.abc import Mapping, Sequence
from html import escape

from livechat_plugin.core.apps import App, Item
from livechat_plugin.core.conversations import Account
from livechat_plugin.core.disguises import undisguised
from livechat_plugin.core.field_values.words import shortened_to
from livechat_plugin.core.wording.mentions import pill

Told = tuple[str, str]
"""The same as text and as HTML."""

NOT_CONNECTED = "Not connected"
NOT_REGISTERED = "Not registered"
LONGEST_NAME = 200
NOT_FOUND = "Not searched"


def item_name(title: str, item_id: str) -> str:
    """How an item is called, on one line; one without a title, by its id. Customers' words may stand in either."""
    called = " ".join(undisguised(title).split()) or f"#{' '.join(undisguised(item_id).split())}"
    return shortened_to(called, LONGEST_NAME)


def item_pill(title: str, item_id: str, link: str | None) -> str:
    """The same in HTML, as a link where the item has an address for browsers."""
    name = escape(item_name(title, item_id))
    if link is None or not link.startswith(("https://", "http://")):
        return name
    return f'<a href="{escape(link)}">{name}</a>'


def account_linked(account: Account, item: Item, app: App, author: str) -> Told:
    """In the session room, when somebody connected the customer."""
    start, end = f"🔗 {account.display_name} is connected to ", f" ({app.name}), by "
    text = f"{start}{item_name(item.title, item.id)}{end}{author}."
    return text, f"{escape(start)}{item_pill(item.title, item.id, item.link)}{escape(end)}{pill(author)}."


def message_registered(item: Item, app: App, author: str) -> Told:
    """In the session room, when somebody registered an item."""
    start, end = f"🗂 {app.name}: ", " was registered by "
    text = f"{start}{item_name(item.title, item.id)}{end}{author}."
    return text, f"{escape(start)}{item_pill(item.title, item.id, item.link)}{end}{pill(author)}."


def registered_before(item: Item, app: App) -> str:
    """For an operator whose new item turned out to be an old one."""
    return f"{item_name(item.title, item.id)} ({app.name}) was registered already; nothing was made anew."


def item_refused(what: str, app: App, errors: Mapping[str, str]) -> Told:
    """For an operator whose values the place where the app is stored refuses, with the reason for each field."""
    labels = {"item_id": "Item", **{field.key: field.label for field in app.fields}}
    lines = [f"{labels.get(key, key)}: {reason}" for key, reason in errors.items()]
    head = f"{what}. {app.name} refuses it:"
    rows = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return "\n".join([head, *lines]), f"{escape(head)}<ul>{rows}</ul>"


def app_away(what: str, app: App, reason: str, minutes: int | None) -> str:
    """For an operator, when the place where the app is stored cannot be reached; `minutes` of attempts follow."""
    if minutes is None:
        return f"{what}: {app.name} still cannot be reached ({reason}). Nothing was changed here. Try again later."
    return (
        f"{what} yet: {app.name} cannot be reached ({reason}). "
        f"It is tried again for {minutes} minutes; you are told here."
    )


def app_failed(what: str, app: App) -> str:
    """For an operator, when the hook that stores the app failed."""
    return (
        f"{what}: the hook that stores {app.name} failed. Nothing was changed here. "
        "The administrators find the reason in the log."
    )


def app_unstored(what: str, app: App) -> str:
    """For an operator, when no hook stores the app."""
    return f"{what}: nothing stores {app.name}. An administrator can switch on the hook that does."


def found_items(app: App, query: str, items: Sequence[Item], most: int) -> Told:
    """The answer to an operator's search."""
    if not items:
        text = (
            f"{app.name} has nothing like {query!r}. Search for other words, or make a new item: "
            "!connect new asks for its fields."
        )
        return text, escape(text)
    head = f"{app.name} like {query!r}:"
    more = f" There may be more than these {most}; add a word to the search." if len(items) == most else ""
    tail = f"Choose one by its number, as in !connect #{items[0].id}, or make a new one: !connect new.{more}"
    lines = [f"#{item.id} {item_name(item.title, item.id)}" for item in items]
    rows = "".join(
        f"<li><code>#{escape(item.id)}</code> {item_pill(item.title, item.id, item.link)}</li>"
        for item in items
    )
    return "\n".join([head, *lines, tail]), f"{escape(head)}<ul>{rows}</ul>{escape(tail)}"


def message_apps(apps: Sequence[App]) -> Told:
    """Which apps an operator can register items of, with their fields."""
    if not apps:
        text = "This live chat registers no items. An administrator can choose apps for it."
        return text, text
    head = "Register one of these with !register and its name; you are asked for its fields:"
    lines = [f"{app.key}: {app.name} ({_fields(app)})" for app in apps]
    rows = "".join(
        f"<li><code>!register {escape(app.key)}</code> {escape(app.name)} ({escape(_fields(app))})</li>"
        for app in apps
    )
    return "\n".join([head, *lines]), f"{escape(head)}<ul>{rows}</ul>"


def _fields(app: App) -> str:
    account = app.account_field().key
    return ", ".join(field.key for field in app.fields if field.key != account) or "no fields"


LAST_FILE_HELP = "Its address; or last, for the file that was sent last in this session."
"""For an operator who is asked for a file."""

NO_SUCH_FILE = "nobody has sent a file in this session; write its address instead"
"""For an operator who gives the last file as a value where there is none."""


def question_failed(reason: str) -> str:
    """For an operator whose question could not be answered at all."""
    return f"This could not be done: {reason}. Nothing was changed."


def app_does_not_answer(app: App) -> str:
    """For an operator, when the hook that stores the app failed or took too long."""
    return f"{app.name} does not answer now"


def connected(account: Account, item: Item) -> str:
    """In the page where it was asked for."""
    return f"{account.display_name} is connected to {item_name(item.title, item.id)}."


def registered(item: Item, app: App) -> str:
    """In the page where it was asked for."""
    return f"Registered in {app.name}: {item_name(item.title, item.id).removesuffix('.')}."


def not_of_the_app(app: str) -> str:
    """For somebody who works in no live chat that uses an app."""
    return (
        f"Only operators and supervisors of live chats that use {app}, and administrators, work with its items. "
        "An administrator can add you to a group of theirs."
    )


def stored_elsewhere(app: str) -> str:
    """For somebody who looks for the items of an app that another program keeps."""
    return f"The items of {app} are kept by another program. Look at them and change them there."


def item_in_use(item: Item, reasons: Sequence[str]) -> str:
    """Why an item cannot be deleted."""
    return f"{item_name(item.title, item.id)} stays: {'; '.join(reasons)}."


def item_connected(account: Account) -> str:
    """A customer needs the item."""
    return f"{account.display_name} ({account.external_id}) is connected to it, connect them to another item first"


def item_registered(session_number: int) -> str:
    """A session needs the item."""
    return f"it was registered from session #{session_number}, whose history shows it"


def item_referred_to(app: App, item: Item) -> str:
    """Another item needs the item."""
    return f"{item_name(item.title, item.id)} of {app.name} refers to it, change that first"
