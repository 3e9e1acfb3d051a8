"""The form of a live chat as questions: for guided dialogs, for one line, for every other interface that asks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from livechat_plugin.core.apps import App, Field, FieldType, InvalidItem
from livechat_plugin.core.session_names import PLACEHOLDERS
from livechat_plugin.services.live_chats.checking import Checking
from livechat_plugin.services.live_chats.form import LiveChatForm, read_keys, read_people

RULE_PREFIX = "rule_"
"""What the keys of a routing rule's own settings begin with."""

_PEOPLE = "The name of a group, or Matrix ids with commas between them."

SLUG = Field(
    "slug",
    "Short name",
    FieldType.STRING,
    is_required=True,
    help="It becomes part of Matrix ids, as in @livechat_support, and never changes: a-z, 0-9 and -.",
)
NAME = Field("name", "Name", FieldType.STRING, is_required=True, help="As customers and operators see it.")
CUSTOMERS = Field(
    "customers",
    "Internal customers",
    FieldType.STRING,
    help="Who of this homeserver may write: Matrix ids, patterns such as @*:example.org, groups, units, with commas.",
)
SHOW_NAME = Field(
    "show_operator_name",
    "Show the operator's name",
    FieldType.BOOLEAN,
    help="Yes: customers of this homeserver see who speaks to them.",
)
SHOW_NAME_TO_EXTERNAL = Field(
    "show_operator_name_to_external",
    "Show the operator's name to external customers too",
    FieldType.BOOLEAN,
    help="Yes: customers from other places see it as well.",
)
OPERATORS = Field("operators", "Operators", FieldType.STRING, is_required=True, help=_PEOPLE)
SUPERVISORS = Field("supervisors", "Supervisors", FieldType.STRING, help=_PEOPLE)
SESSION_NAME = Field(
    "session_name",
    "Names of sessions",
    FieldType.STRING,
    help="A template; these stand for the session's own: "
    + ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
    + ".",
)
WAITING_ALERT = Field(
    "waiting_alert",
    "Waiting alert",
    FieldType.NUMBER,
    help="After how many minutes supervisors are told that a session still waits; 0 tells nobody.",
)


@dataclass(frozen=True, slots=True)
class Questions:
    """Asks hooks what can be chosen, so it is used outside of units of work only."""

    checking: Checking

    async def all(self, account_app: str | None, rule: str | None) -> Sequence[Field]:
        """Every field, in the order of the sections Apps, Customers, Employees.

        Args:
            account_app: what is answered for that so far, on which the rules depend.
            rule: what is answered for the routing rule, on which its settings depend.
        """
        app = await self._app(account_app)
        rules = await self.checking.rules.available(app)
        rule = next((one.name for one in rules if rule and one.name.casefold() == rule.casefold()), None)
        described = " ".join(f"{one.name}: {one.description}" for one in rules)
        return (
            SLUG,
            NAME,
            await self._account_apps(),
            await self._message_apps(),
            CUSTOMERS,
            SHOW_NAME,
            SHOW_NAME_TO_EXTERNAL,
            Field(
                "rule",
                "Routing rule",
                FieldType.STRING,
                choices=tuple(one.name for one in rules),
                help=described,
            ),
            *await self._settings(rule, app),
            OPERATORS,
            SUPERVISORS,
            SESSION_NAME,
            WAITING_ALERT,
        )

    async def _account_apps(self) -> Field:
        keys = tuple(app.key for app in await self.checking.catalogue.account_apps())
        told = "The app that keeps customers' data." + ("" if keys else " There is none yet.")
        # Suggestions only: why an app cannot be bound is better told by the check.
        return Field("account_app", "Bind account", FieldType.STRING, choices=keys, help=told)

    async def _message_apps(self) -> Field:
        keys = [app.key for app in await self.checking.catalogue.message_apps()]
        told = f"with commas, out of: {', '.join(keys)}." if keys else "but there are none yet."
        told = f"The apps whose items operators register from a chat, {told}"
        return Field("message_apps", "Register messages", FieldType.STRING, help=told)

    async def _settings(self, rule: str | None, app: App | None) -> Sequence[Field]:
        if rule is None:
            return ()
        return [
            replace(one, key=f"{RULE_PREFIX}{one.key}")
            for one in await self.checking.rules.settings_fields(rule, app)
        ]

    async def _app(self, key: str | None) -> App | None:
        apps = await self.checking.catalogue.account_apps()
        return next((app for app in apps if key and app.key.casefold() == key.casefold()), None)


def changes_from(values: Mapping[str, Any], before: LiveChatForm | None = None) -> dict[str, Any]:
    """Answers, as `read_values` or `read_changes` make them, as changes of a form; None stands for what is emptied.

    Raises:
        InvalidItem: the minutes of the alert are no whole number.
    """
    changes = {key: value for key, value in values.items() if not _is_setting(key)}
    for key in ("operators", "supervisors", "customers"):
        if isinstance(written := changes.get(key), str):
            changes[key] = read_people(written)
    if isinstance(written := changes.get("message_apps"), str):
        changes["message_apps"] = read_keys(written)
    minutes = changes.get("waiting_alert")
    if isinstance(minutes, float) and not minutes.is_integer():
        raise InvalidItem({"waiting_alert": "must be a whole number of minutes"})
    if minutes is not None:
        changes["waiting_alert"] = int(minutes)
    settings = {key.removeprefix(RULE_PREFIX): value for key, value in values.items() if _is_setting(key)}
    if settings:
        stays = before is not None and changes.get("rule", before.rule) == before.rule
        kept = dict(before.rule_settings) if before is not None and stays else {}
        changes["rule_settings"] = {k: v for k, v in (kept | settings).items() if v is not None}
    return changes


def _is_setting(key: str) -> bool:
    return key.startswith(RULE_PREFIX)
