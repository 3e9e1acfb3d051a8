"""What administrators are told about apps."""

from collections.abc import Sequence

from livechat_plugin.core.app_definitions import field_line
from livechat_plugin.core.apps import App
from livechat_plugin.core.live_chats import LiveChat

NO_APPS = "There are no apps yet. Write !apps add to make one."


def apps_listed(ours: Sequence[App], others: Sequence[App]) -> str:
    """The apps that administrators have made, and those that hooks offer."""
    if not ours and not others:
        return NO_APPS
    lines = [f"{app.key}: {app.name} ({', '.join(field.key for field in app.fields)})" for app in ours]
    lines += [f"{app.key}: {app.name}, offered by a hook" for app in others]
    return "\n".join(["Apps:", *lines])


def app_shown(app: App, items: int, users: Sequence[LiveChat]) -> str:
    """An app with its fields as they can be written again."""
    fields = [f"  {field_line(field)}" for field in app.fields]
    return "\n".join([f"{app.name} ({app.key}), {items_counted(items)}", *fields, app_used(app, users)])


def app_used(app: App, users: Sequence[LiveChat]) -> str:
    """Which live chats use it."""
    if not users:
        return "No live chat uses it."
    return "; ".join(app_use(app.key, chat) for chat in users) + "."


def app_use(key: str, chat: LiveChat) -> str:
    """How a live chat uses an app."""
    how = "is bound to it" if chat.account_app == key else "registers messages in it"
    return f"{chat.name} ({chat.slug}) {how}"


def items_counted(count: int) -> str:
    """So many items."""
    return f"{count} item" if count == 1 else f"{count} items"


def app_made(app: App) -> str:
    """It is there now."""
    lacks = not any(field.type.value == "account" for field in app.fields)
    hint = " Without a field of the type account, no live chat can be bound to it." if lacks else ""
    return f"{app.name} ({app.key}) is made.{hint}"


def app_changed(app: App) -> str:
    """It is as it should be."""
    return f"{app.name} ({app.key}) now has the fields {', '.join(field.key for field in app.fields)}."


def app_deleted(key: str, items: int) -> str:
    """It is gone."""
    return f"The app {key} is deleted, with {items_counted(items)}."


def deletion_not_confirmed(app: App, items: int) -> str:
    """Before an app is deleted."""
    lost = f"Its {items_counted(items)} would be gone for ever." if items else "It has no items."
    return f"{app.name} is not deleted yet. {lost} To confirm, repeat its key: {app.key}"


def loss_not_confirmed(lost: Sequence[tuple[str, int]]) -> str:
    """Before values are lost; `lost` counts the items for each field."""
    told = ", ".join(f"{key} in {items_counted(count)}" for key, count in lost)
    return f"Nothing is changed yet. Values would be gone for ever: {told}."
