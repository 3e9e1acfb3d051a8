"""Writing down all that is configured, and making a written document true in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from livechat_plugin.core.errors import InvalidLiveChat, Refused
from livechat_plugin.core.groups import Group, GroupSource
from livechat_plugin.services.apps import Apps
from livechat_plugin.services.group_look import GroupLook, Looked
from livechat_plugin.services.groups import Groups
from livechat_plugin.services.live_chats.administration import Administration
from livechat_plugin.services.live_chats.checking import Checked
from livechat_plugin.services.live_chats.documents import Document, GroupEntry, Step, steps, told
from livechat_plugin.services.live_chats.form import LiveChatForm, form_of
from livechat_plugin.services.ports import Store
from livechat_plugin.services.unit_of_work import UnitOfWork


class InvalidDocument(Refused):
    """What a document wants is not possible; `errors` tells why by the place in the document."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        self.errors = dict(errors)
        super().__init__("\n".join(f"{where}: {reason}" for where, reason in errors.items()))


class ChangedMeanwhile(Refused):
    """What the plan was made for is not there any more."""

    def __init__(self) -> None:
        super().__init__("Something was changed while you looked at the plan. Nothing is applied; try again.")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document looked at from all sides that need no unit of work, with the plan that follows from it.

    Attributes:
        before: what was configured; the live chats in `checked` are made of it and of the document.
    """

    document: Document
    before: Document
    plan: Sequence[Step]
    checked: Mapping[str, Checked]
    rooms: Mapping[str, tuple[Group, Looked]]
    prune: bool


@dataclass(frozen=True, slots=True)
class Applying:
    """For administrators, as everything that it does."""

    store: Store
    administration: Administration
    apps: Apps
    groups: Groups
    looking: GroupLook

    async def export(self, work: UnitOfWork, actor: str) -> Document:
        """Everything that is configured.

        Raises:
            NotAnAdministrator: the actor is none.
        """
        await self.administration.roles.require_administrator(work, actor)
        groups = {
            group.name: GroupEntry(group.source, await _members(work, group), group.room)
            for group in await work.groups.all()
        }
        chats = sorted(await work.live_chats.all(), key=lambda chat: chat.slug)
        return Document(
            {chat.slug: told(form_of(chat)) for chat in chats},
            groups,
            {app.key: app for app in await work.apps.all()},
        )

    async def prepare(self, actor: str, document: Document, *, prune: bool) -> Prepared:
        """Look at a document, and plan; nothing is changed.

        Raises:
            NotAnAdministrator: the actor is none.
            InvalidDocument: a group's room cannot be followed.
        """
        async with self.store.read() as work:
            now = await self.export(work, actor)
        plan = steps(now, document, prune=prune)
        rooms: dict[str, tuple[Group, Looked]] = {}
        checked: dict[str, Checked] = {}
        for step in plan:
            if step.kind == "group":
                entry = document.groups[step.name]
                if entry.source in {GroupSource.ROOM, GroupSource.UNIT}:
                    rooms[step.name] = await self._room(step.name, entry)
            elif step.kind == "live chat" and step.action != "delete":
                present = now.live_chats.get(step.name)
                form = LiveChatForm(step.name, "").changed(present or {})
                form = form.changed(document.live_chats[step.name])
                checked[step.name] = await self.administration.checking.look(form, document.apps)
        return Prepared(document, now, plan, checked, rooms, prune)

    async def apply(self, work: UnitOfWork, actor: str, prepared: Prepared) -> None:
        """Make the document true: all of it or, with an error, nothing; the commit is left to the caller.

        Raises:
            NotAnAdministrator: the actor is none.
            ChangedMeanwhile: the plan that was looked at is not the one that would be carried out.
            InvalidDocument: with what is wrong in each place.
        """
        await self.administration.roles.require_administrator(work, actor)
        await work.live_chats.alone()  # before any app is locked
        now = await self.export(work, actor)
        if steps(now, prepared.document, prune=prepared.prune) != prepared.plan or _differ(now, prepared):
            raise ChangedMeanwhile
        errors: dict[str, str] = {}
        for step in prepared.plan:
            where = f"{step.kind.replace(' ', '_')}s.{step.name}"
            try:
                await self._carry_out(work, actor, prepared, step)
            except InvalidLiveChat as error:
                errors |= {f"{where}.{key}": reason for key, reason in error.errors.items()}
            except Refused as error:
                wrong: Mapping[str, str] = getattr(error, "errors", None) or {"": str(error)}
                errors |= {f"{where}.{key}".rstrip("."): reason for key, reason in wrong.items()}
        if errors:
            raise InvalidDocument(errors)

    async def _carry_out(self, work: UnitOfWork, actor: str, prepared: Prepared, step: Step) -> None:
        document = prepared.document
        match step.kind:
            case "app":
                await self.apps.put(work, actor, document.apps[step.name], beside=document.apps.keys())
            case "group":
                await self._group(work, actor, prepared, step)
            case "live chat" if step.action == "delete":
                found = await self.administration.find(work, step.name)
                await self.administration.delete(work, actor, step.name, found.name)
            case "live chat" if step.action == "create":
                await self.administration.create(work, actor, prepared.checked[step.name])
            case "live chat":
                await self.administration.edit(work, actor, prepared.checked[step.name])

    async def _group(self, work: UnitOfWork, actor: str, prepared: Prepared, step: Step) -> None:
        entry, present = prepared.document.groups[step.name], await work.groups.get(step.name)
        if entry.source is GroupSource.DIRECTORY:
            raise Refused("comes from a directory; switch its hook on")
        if present is not None and (present.source is GroupSource.LIST) != (entry.source is GroupSource.LIST):
            raise Refused(
                f"is a group of the source {present.source.value}; delete it before you make another one"
            )
        if step.name in prepared.rooms:
            group, looked = prepared.rooms[step.name]
            await self.groups.keep_followed(work, actor, group, looked, is_new=present is None)
        elif present is None:
            await self.groups.make_list(work, actor, step.name, entry.members)
        else:
            before = await work.groups.members(step.name)
            added, removed = set(entry.members) - before, before - set(entry.members)
            await self.groups.change_list(
                work, actor, step.name, added=sorted(added), removed=sorted(removed)
            )

    async def _room(self, name: str, entry: GroupEntry) -> tuple[Group, Looked]:
        try:
            group = Group(name, entry.source, await self.looking.resolve(entry.room or ""))
            return group, await self.looking.look(group, is_strict=True)
        except Refused as error:
            raise InvalidDocument({f"groups.{name}.room": str(error)}) from None


def _differ(now: Document, prepared: Prepared) -> bool:
    """Whether a live chat was changed, also where the document says nothing: it would be put back as it was."""
    before = prepared.before.live_chats
    return any(now.live_chats.get(slug) != before.get(slug) for slug in prepared.checked)


async def _members(work: UnitOfWork, group: Group) -> tuple[str, ...]:
    """Those that are kept here; the others come and go elsewhere."""
    if group.source is not GroupSource.LIST:
        return ()
    return tuple(sorted(await work.groups.members(group.name)))


def shown(value: Any) -> str:
    """A value of a plan, for people."""
    if value is None or value in ((), [], {}, ""):
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(map(shown, value))
    if isinstance(value, Mapping):
        return ", ".join(f"{key}={shown(one)}" for key, one in value.items())
    return str(value)
