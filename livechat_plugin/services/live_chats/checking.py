"""Checking what is said of a live chat: every wrong field is told at once, by its name.

Half of it needs hooks and the homeserver and is looked at before a unit of work is opened; the other half needs what
is kept, and is looked at in the unit of work that keeps the live chat.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, TypeVar

import structlog

from livechat_plugin.core.apps import AccountFieldMissing, App, AppNotFound
from livechat_plugin.core.employees import AccountState
from livechat_plugin.core.errors import HomeserverRefused, HomeserverUnavailable, InvalidLiveChat, Refused
from livechat_plugin.core.groups import GroupSource
from livechat_plugin.core.live_chats import DEFAULT_RULE, LiveChat, check_name, check_principal, check_slug
from livechat_plugin.core.naming import Naming
from livechat_plugin.core.session_names import check_template
from livechat_plugin.services.app_catalogue import AppCatalogue
from livechat_plugin.services.live_chats.form import LiveChatForm
from livechat_plugin.services.ports import Homeserver, Store
from livechat_plugin.services.routing_rules import RoutingRules
from livechat_plugin.services.unit_of_work import UnitOfWork

log = structlog.get_logger()

T = TypeVar("T")

LONGEST_ALERT = 7 * 24 * 60
_PERSON = re.compile(r"@[^\s:*?\[\]]+:[^\s*?\[\]]+")


@dataclass(frozen=True, slots=True)
class Checked:
    """What was said of a live chat, with what was found wrong in it so far.

    Attributes:
        form: with names trimmed and settings in the form in which they are kept.
        errors: the reasons by field.
        own_apps: keys of the apps among those it needs that are ours.
    """

    form: LiveChatForm
    errors: Mapping[str, str] = field(default_factory=dict)
    own_apps: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Checking:
    """Looks at what is said of a live chat."""

    catalogue: AppCatalogue
    rules: RoutingRules
    homeserver: Homeserver
    naming: Naming
    store: Store

    async def look(self, form: LiveChatForm, made_with_it: Mapping[str, App] | None = None) -> Checked:
        """Everything that needs no unit of work: the words themselves, apps, the rule, people. Never refuses.

        Args:
            form: what was said.
            made_with_it: apps that are made in the same transaction, which no hook can know yet.
        """
        beside = made_with_it or {}
        errors: dict[str, str] = {}
        slug = _tried(errors, "slug", check_slug, form.slug, form.slug)
        name = _tried(errors, "name", check_name, form.name, form.name)
        session_name = _tried(errors, "session_name", check_template, form.session_name, form.session_name)
        if not 0 <= form.waiting_alert <= LONGEST_ALERT:
            errors["waiting_alert"] = f"must be minutes from 0, which tells nobody, to {LONGEST_ALERT}"
        app = await self._account_app(errors, form.account_app, beside)
        await self._message_apps(errors, form.message_apps, beside)
        settings = await self._rule(errors, form, app, beside)
        for key in ("operators", "supervisors", "customers"):
            await self._people(errors, key, getattr(form, key))
        trimmed = replace(form, slug=slug, name=name, session_name=session_name, rule_settings=settings)
        return Checked(trimmed, errors, await self._own_apps(form))

    async def _own_apps(self, form: LiveChatForm) -> frozenset[str]:
        async with self.store.read() as work:
            ours = {app.key for app in await work.apps.all()}
        return frozenset(ours & {form.account_app, *form.message_apps})

    async def _account_app(
        self, errors: dict[str, str], key: str | None, beside: Mapping[str, App]
    ) -> App | None:
        if key is None:
            return None
        try:
            if key in beside:
                beside[key].account_field()
                return beside[key]
            return await self.catalogue.account_app(key)
        except Refused as error:
            errors["account_app"] = await self._instead(
                str(error), [a.key for a in await self.catalogue.account_apps()]
            )
            return None

    async def _message_apps(
        self, errors: dict[str, str], keys: tuple[str, ...], beside: Mapping[str, App]
    ) -> None:
        for key in keys:
            try:
                if key in beside:
                    beside[key].account_field()
                else:
                    await self.catalogue.message_app(key)
            except Refused as error:
                known = [app.key for app in await self.catalogue.message_apps()]
                errors["message_apps"] = await self._instead(str(error), known)
                return

    async def _instead(self, reason: str, keys: list[str]) -> str:
        return (
            f"{reason} {'Choose one of: ' + ', '.join(keys) if keys else 'No other app can be chosen yet'}."
        )

    async def _rule(
        self, errors: dict[str, str], form: LiveChatForm, app: App | None, beside: Mapping[str, App]
    ) -> dict[str, Any]:
        if form.rule == DEFAULT_RULE and not form.rule_settings:
            return {}  # it needs no hook: what nobody decides on is offered to the operators
        if form.account_app is not None and app is None:
            return dict(form.rule_settings)  # the app is wrong, and the rule's settings may well depend on it
        try:
            return await self._rule_settings(form, app, beside)
        except InvalidLiveChat as error:
            errors.update(error.errors)
            return dict(form.rule_settings)

    async def _rule_settings(
        self, form: LiveChatForm, app: App | None, beside: Mapping[str, App]
    ) -> dict[str, Any]:
        try:
            return await self.rules.check(form.rule, form.rule_settings, app)
        except InvalidLiveChat:
            if app is None or app.key in beside:
                raise
            # Another process may have given the app the field that the rule goes by.
            await self.catalogue.renew()
            return await self.rules.check(
                form.rule, form.rule_settings, self.catalogue.known_account_app(app.key)
            )

    async def _people(self, errors: dict[str, str], key: str, principals: tuple[str, ...]) -> None:
        """Nobody who does not exist; where the homeserver cannot say, they are taken as they are."""
        for principal in principals:
            if not _PERSON.fullmatch(principal) or not self.naming.is_local(principal):
                continue
            if self.naming.is_ours(principal):
                errors[key] = f"{principal} is one of the live chats' own users"
                return
            try:
                state = await self.homeserver.account_state(principal)
            except (HomeserverUnavailable, HomeserverRefused) as error:
                log.warning("whether somebody exists cannot be found out", user=principal, reason=str(error))
                return
            if state is AccountState.DEACTIVATED:
                errors[key] = f"there is no user {principal} on this homeserver, or no longer"
                return


async def check_kept(work: UnitOfWork, checked: Checked, before: LiveChat | None) -> LiveChatForm:
    """The rest of it, in the unit of work that keeps the live chat; operators and supervisors are groups afterwards.

    Args:
        work: the unit of work; nothing is written in it, and nobody else changes live chats until it is over.
        checked: what was looked at already.
        before: the live chat as it is; None for a new one.

    Raises:
        InvalidLiveChat: with the errors of all fields.
    """
    form, errors = checked.form, dict(checked.errors)
    await work.live_chats.alone()
    groups = await work.groups.names()
    if before is None and "slug" not in errors and (taken := await work.live_chats.by_slug(form.slug)):
        errors["slug"] = _taken(taken)
    if "name" not in errors and await _is_name_taken(work, form.name, before):
        errors["name"] = f"there is a live chat {form.name!r} already"
    for key in ("operators", "supervisors"):
        if key not in errors and (reason := await _wrong_group(work, form, key, before, groups)):
            errors[key] = reason
    await _hold_apps(work, form, errors, checked.own_apps)
    for principal in form.customers:
        _tried(errors, "customers", lambda one: check_principal(one, groups), principal, principal)
    if errors:
        raise InvalidLiveChat({key: errors[key] for key in sorted(errors, key=_place)})
    return form


async def _hold_apps(
    work: UnitOfWork, form: LiveChatForm, errors: dict[str, str], ours: frozenset[str]
) -> None:
    """Let nobody delete our own apps among these, or their Account fields, until the live chat is kept."""
    for key, apps in (("account_app", (form.account_app,)), ("message_apps", form.message_apps)):
        for app in apps:
            held = await work.apps.get(app) if app is not None else None
            if held is None and app in ours:
                errors.setdefault(key, f"{AppNotFound(app)}")  # somebody has just deleted it
            try:
                if held is not None:
                    held.account_field()
            except AccountFieldMissing as error:
                errors.setdefault(key, str(error))


async def _wrong_group(
    work: UnitOfWork, form: LiveChatForm, key: str, before: LiveChat | None, groups: frozenset[str]
) -> str | None:
    named: tuple[str, ...] = getattr(form, key)
    if not named:
        return "a live chat needs at least one operator" if key == "operators" else None
    if all(principal.startswith("@") for principal in named):
        return await _wrong_list(work, form, key, before)
    if len(named) > 1:
        return f"must be one group, or Matrix ids such as @anna:example.org; {', '.join(named)} is neither"
    if named[0] not in groups:
        return f"there is no group {named[0]!r}; Matrix ids look like @anna:example.org"
    if key == "operators" and not await work.groups.members(named[0]):
        return f"the group {named[0]!r} has no members, so nobody could answer; add somebody first"
    return None


async def _wrong_list(work: UnitOfWork, form: LiveChatForm, key: str, before: LiveChat | None) -> str | None:
    """People who are named one by one become a group; not in place of one that means something else."""
    named: tuple[str, ...] = getattr(form, key)
    wrong = next((one for one in named if not _PERSON.fullmatch(one) or not one.isprintable()), None)
    if wrong is not None:
        return f"{wrong!r} is not a Matrix id such as @anna:example.org"
    own = f"{form.slug}-{key}"
    group = await work.groups.get(own)
    used = {before.operators, before.supervisors} if before is not None else set()
    if group is None or (own in used and group.source is GroupSource.LIST):
        return None
    return f"these people would become the group {own!r}, which is there already; name a group instead"


def _taken(live_chat: LiveChat) -> str:
    if live_chat.deleted_at is not None:
        return (
            f"{live_chat.slug!r} belonged to {live_chat.name}, which was deleted and whose history is kept; "
            "choose another one"
        )
    return f"there is a live chat {live_chat.slug!r} already"


async def _is_name_taken(work: UnitOfWork, name: str, before: LiveChat | None) -> bool:
    return any(
        other.name.casefold() == name.casefold() and (before is None or other.id != before.id)
        for other in await work.live_chats.all()
    )


def _tried(errors: dict[str, str], key: str, check: Callable[[str], T], value: str, otherwise: T) -> T:
    """The checked value; what is wrong with it is noted under the key, the first reason if there are several."""
    try:
        return check(value)
    except InvalidLiveChat as error:
        errors.setdefault(key, error.reason)
        return otherwise


_ORDER = [one.name for one in fields(LiveChatForm)]


def _place(key: str) -> int:
    """Errors are told in the order of the form."""
    return _ORDER.index(key) if key in _ORDER else len(_ORDER)
