"""Making and changing the apps of our own database (requirements S9, S10, S21)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from livechat_plugin.core import wording
from livechat_plugin.core.app_definitions import InvalidApp, check_app, field_line
from livechat_plugin.core.apps import App, AppExists, AppInUse, AppNotFound, Field, FieldType
from livechat_plugin.core.errors import Refused
from livechat_plugin.core.live_chats import LiveChat
from livechat_plugin.services.app_catalogue import AppCatalogue
from livechat_plugin.services.deliveries import APPS_LANE, RefreshApps
from livechat_plugin.services.items.addresses import is_region
from livechat_plugin.services.items.converting import Conversion, count_values
from livechat_plugin.services.items.values import find_field
from livechat_plugin.services.ports import Clock
from livechat_plugin.services.roles import Roles
from livechat_plugin.services.unit_of_work import UnitOfWork


class NotConfirmed(Refused):
    """Something is about to be lost, and who asked for it has not said that they know."""


class StaleApp(Refused):
    """Somebody else changed the app after it was looked at; `app` is how it stands now."""

    def __init__(self, app: App) -> None:
        self.app = app
        super().__init__(f"{app.name} was changed by somebody else meanwhile. Look at it again first.")


@dataclass(frozen=True, slots=True)
class AppView:
    """An app with what depends on it: how many items there are, and the live chats that use it."""

    app: App
    items: int
    users: Sequence[LiveChat]


@dataclass(frozen=True, slots=True)
class Apps:
    """Makes, changes and deletes apps, for administrators only. A refusal leaves everything as it was."""

    roles: Roles
    clock: Clock
    catalogue: AppCatalogue

    async def all(self, work: UnitOfWork, actor: str) -> Sequence[App]:
        """Every app that we keep, by name; those that other hooks offer are in the catalogue.

        Raises:
            NotAnAdministrator: the actor is none.
        """
        await self.roles.require_administrator(work, actor)
        return await work.apps.all()

    def offered_by_others(self, ours: Sequence[App]) -> Sequence[App]:
        """The apps of other hooks, as last answered."""
        offered, keys = self.catalogue.known, {app.key for app in ours}
        others = {key: app for key, app in {**offered.account, **offered.message}.items() if key not in keys}
        return [others[key] for key in sorted(others)]

    async def show(self, work: UnitOfWork, actor: str, key: str) -> AppView:
        """One of our own, with what depends on it.

        Raises:
            NotAnAdministrator: the actor is none.
            AppNotFound: there is no such app.
        """
        app = await self.get(work, actor, key)
        return AppView(app, await work.items.count(app.key), await _users(work, app.key))

    async def get(self, work: UnitOfWork, actor: str, key: str) -> App:
        """One of them.

        Raises:
            NotAnAdministrator: the actor is none.
            AppNotFound: there is no such app.
        """
        await self.roles.require_administrator(work, actor)
        return _found(await work.apps.get(key), key)

    async def create(self, work: UnitOfWork, actor: str, app: App, *, beside: Collection[str] = ()) -> App:
        """Make an app.

        Raises:
            NotAnAdministrator: the actor is none.
            InvalidApp: something about it is wrong.
            AppExists: its key is taken, by one of ours or by another hook's.
        """
        await self.roles.require_administrator(work, actor)
        app = await self._checked(work, app, beside)
        offered = self.catalogue.known
        if await work.apps.get(app.key) is None and (
            app.key in offered.account or app.key in offered.message
        ):
            raise AppExists(app.key)
        await work.apps.add(app)
        await self._owe(
            work, actor, "app.created", app.key, name=app.name, fields=list(map(field_line, app.fields))
        )
        return app

    async def put(
        self,
        work: UnitOfWork,
        actor: str,
        app: App,
        *,
        may_lose_values: bool = False,
        beside: Collection[str] = (),
        seen: App | None = None,
    ) -> App:
        """Make the app, or give it this name and these fields if there is one; for files and forms.

        Args:
            work: the unit of work; committing it is left to the caller.
            actor: who does it.
            app: as it is to be.
            may_lose_values: whether values of fields that are gone may be lost.
            beside: keys of apps that are made in the same unit of work, and can be referred to.
            seen: as whoever changes it saw it; without it, what others changed meanwhile is overwritten.

        Raises:
            NotAnAdministrator: the actor is none.
            InvalidApp: something about it is wrong, or items do not fit its fields.
            AppNotFound: the app that was seen is not there any more.
            StaleApp: somebody else changed it since it was seen; nothing is overwritten.
            AppInUse: a live chat needs what would be gone.
            NotConfirmed: items would lose values, and they may not.
        """
        await self.roles.require_administrator(work, actor)
        before = await work.apps.hold(app.key)
        if seen is not None and _found(before, app.key) != seen:
            raise StaleApp(_found(before, app.key))
        if before is None:
            return await self.create(work, actor, app, beside=beside)
        return await self._change(work, actor, before, app, may_lose_values=may_lose_values, beside=beside)

    async def rename(self, work: UnitOfWork, actor: str, key: str, name: str) -> App:
        """Give an app another name; its key stays.

        Raises:
            NotAnAdministrator: the actor is none.
            AppNotFound: there is no such app.
            InvalidApp: the name is empty or too long.
        """
        before = await self._held(work, actor, key)
        return await self._change(work, actor, before, replace(before, name=name))

    async def add_fields(self, work: UnitOfWork, actor: str, key: str, fields: Sequence[Field]) -> App:
        """Add fields at the end. A required one is possible only as long as there are no items.

        Raises:
            NotAnAdministrator: the actor is none.
            AppNotFound: there is no such app.
            InvalidApp: a field is wrong, or its key is taken.
        """
        before = await self._held(work, actor, key)
        known = {field.key for field in before.fields}
        taken = f"{before.name} has this field already; change it instead"
        if errors := {field.key: taken for field in fields if field.key in known}:
            raise InvalidApp(errors)
        return await self._change(work, actor, before, replace(before, fields=(*before.fields, *fields)))

    async def change_fields(self, work: UnitOfWork, actor: str, key: str, fields: Sequence[Field]) -> App:
        """Replace the fields with the same keys. Values are converted; if one cannot be, nothing is changed.

        Raises:
            NotAnAdministrator: the actor is none.
            AppNotFound: there is no such app.
            InvalidApp: it has no such field, a field is wrong, or items do not fit.
            AppInUse: a live chat needs what would be gone.
        """
        before = await self._held(work, actor, key)
        _known_fields(before, [field.key for field in fields])
        new = {field.key: field for field in fields}
        after = replace(before, fields=tuple(new.get(field.key, field) for field in before.fields))
        return await self._change(work, actor, before, after)

    async def remove_fields(
        self, work: UnitOfWork, actor: str, key: str, names: Sequence[str], *, may_lose_values: bool = False
    ) -> App:
        """Remove fields, by their keys or labels, and their values from all items.

        Raises:
            NotAnAdministrator: the actor is none.
            AppNotFound: there is no such app.
            InvalidApp: it has no such field, or no other one.
            AppInUse: a live chat needs the field.
            NotConfirmed: items would lose values, and they may not.
        """
        before = await self._held(work, actor, key)
        gone = _known_fields(before, names)
        after = replace(before, fields=tuple(field for field in before.fields if field not in gone))
        return await self._change(work, actor, before, after, may_lose_values=may_lose_values)

    async def reorder(self, work: UnitOfWork, actor: str, key: str, first: Sequence[str]) -> App:
        """Put these fields first, in this order; the others follow as they were. The first string is the title.

        Raises:
            NotAnAdministrator: the actor is none.
            AppNotFound: there is no such app.
            InvalidApp: it has no such field.
        """
        before = await self._held(work, actor, key)
        named = _known_fields(before, first)
        rest = tuple(field for field in before.fields if field not in named)
        return await self._change(work, actor, before, replace(before, fields=named + rest))

    async def delete(self, work: UnitOfWork, actor: str, key: str, confirmation: str | None) -> int:
        """Delete an app with all its items; returns how many there were.

        Args:
            work: the unit of work; committing it is left to the caller.
            actor: who does it.
            key: the app's key.
            confirmation: the app's key or name again, to say that they mean it.

        Raises:
            NotAnAdministrator: the actor is none.
            AppNotFound: there is no such app.
            AppInUse: a live chat or another app's field needs it.
            NotConfirmed: the confirmation is missing or another one.
        """
        app = await self._held(work, actor, key)
        if users := await _users(work, app.key):
            raise AppInUse(app.name, [wording.app_use(app.key, chat) for chat in users])
        referring = [
            f"the field {field.label} of {other.name} refers to it"
            for other in await work.apps.all()
            if other.key != app.key
            for field in other.fields
            if field.app == app.key
        ]
        if referring:
            raise AppInUse(app.name, referring)
        count = await work.items.count(app.key)
        if (confirmation or "").strip().casefold() not in {app.key.casefold(), app.name.casefold()}:
            raise NotConfirmed(wording.deletion_not_confirmed(app, count))
        await work.items.delete_all(app.key)
        await work.links.forget_all(app.key)
        await work.apps.delete(app.key)
        await self._owe(work, actor, "app.deleted", app.key, name=app.name, items=count)
        return count

    async def _change(
        self,
        work: UnitOfWork,
        actor: str,
        before: App,
        after: App,
        *,
        may_lose_values: bool = False,
        beside: Collection[str] = (),
    ) -> App:
        """Everything is decided before anything is written, since a refusal may be answered in the same unit."""
        after = await self._checked(work, after, beside)
        if after == before:
            return before
        await _check_users(work, before, after)
        gone = frozenset(field.key for field in before.fields) - {field.key for field in after.fields}
        if gone and not may_lose_values:
            counts = await count_values(work, before, gone)
            if any(counts.values()):
                raise NotConfirmed(wording.loss_not_confirmed([pair for pair in counts.items() if pair[1]]))
        conversion = Conversion(before, after)
        await conversion.check(work)
        await work.apps.save(after)
        await conversion.carry_out(work)
        await self._owe(work, actor, "app.changed", after.key, **_difference(before, after))
        return after

    async def _checked(self, work: UnitOfWork, app: App, beside: Collection[str]) -> App:
        app = check_app(app)
        errors: dict[str, str] = {}
        offered = self.catalogue.known
        known = {app.key, *beside, *offered.account, *offered.message}
        for field in app.fields:
            if field.type is FieldType.PHONE and field.locale is not None and not is_region(field.locale):
                errors[field.key] = f"there is no country {field.locale}; write it like phone(DE)"
            if field.app is not None and field.app not in known and await work.apps.get(field.app) is None:
                errors[field.key] = f"there is no app {field.app!r} to refer to"
        if errors:
            raise InvalidApp(errors)
        return app

    async def _held(self, work: UnitOfWork, actor: str, key: str) -> App:
        await self.roles.require_administrator(work, actor)
        return _found(await work.apps.hold(key), key)

    async def _owe(self, work: UnitOfWork, actor: str, action: str, key: str, /, **details: Any) -> None:
        await work.audit.add(self.clock.now(), actor, action, key, **details)
        await work.outbox.add(APPS_LANE, RefreshApps())


async def _users(work: UnitOfWork, key: str) -> Sequence[LiveChat]:
    """The live chats that are bound to an app or register items of it."""
    chats = await work.live_chats.all()
    return [
        chat for chat in chats if chat.deleted_at is None and key in {chat.account_app, *chat.message_apps}
    ]


async def _check_users(work: UnitOfWork, before: App, after: App) -> None:
    """Whether the live chats can go on with it.

    Raises:
        AppInUse: one needs what is gone.
    """
    had, has = _account_keys(before), _account_keys(after)
    gone = {f.key for f in before.user_fields()} - {f.key for f in after.user_fields()}
    if (has or not had) and not gone:
        return
    reasons: list[str] = []
    for chat in await _users(work, before.key):
        if had and not has:
            reasons.append(f"{wording.app_use(before.key, chat)} and needs an Account field")
        needed = sorted(gone & {str(value) for value in chat.routing_settings.values()})
        if needed and chat.account_app == before.key:
            reasons.append(f"{chat.name} ({chat.slug}) routes by its field {needed[0]}")
    if reasons:
        raise AppInUse(before.name, reasons)


def _account_keys(app: App) -> Collection[str]:
    return [field.key for field in app.fields if field.type is FieldType.ACCOUNT]


def _known_fields(app: App, names: Sequence[str]) -> tuple[Field, ...]:
    """The fields with these keys or labels, each once.

    Raises:
        InvalidApp: the app has no such field.
    """
    found = {name: find_field(app.fields, name) for name in names}
    keys = ", ".join(field.key for field in app.fields)
    reason = f"{app.name} has no such field; its fields are: {keys}"
    if errors := {name: reason for name, field in found.items() if field is None}:
        raise InvalidApp(errors)
    return tuple(dict.fromkeys(field for field in found.values() if field is not None))


def _found(app: App | None, key: str) -> App:
    if app is None:
        raise AppNotFound(key)
    return app


def _difference(before: App, after: App) -> dict[str, Any]:
    """What a change was, for the audit log."""
    told: dict[str, Any] = {}
    if before.name != after.name:
        told["name"] = after.name
    old, new = ({field.key: field for field in app.fields} for app in (before, after))
    told["added"] = [field_line(new[key]) for key in new if key not in old]
    told["removed"] = [key for key in old if key not in new]
    told["changed"] = [field_line(new[key]) for key in new if key in old and new[key] != old[key]]
    if [key for key in old if key in new] != [key for key in new if key in old]:
        told["order"] = list(new)
    return {name: value for name, value in told.items() if value}
