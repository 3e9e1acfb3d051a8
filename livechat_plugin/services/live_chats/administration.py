"""Creating, changing and deleting live chats; every interface does it here (requirements S7, S8)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from livechat_plugin.core.errors import LiveChatNotFound, NotConfirmed, StaleLiveChat
from livechat_plugin.core.groups import GroupSource
from livechat_plugin.core.live_chats import LiveChat
from livechat_plugin.services.deliveries import (
    AlignMembers,
    CloseLiveChat,
    ProvisionLiveChat,
    live_chat_lane,
    members_lane,
)
from livechat_plugin.services.live_chats.checking import Checked, Checking, check_kept
from livechat_plugin.services.live_chats.form import LiveChatForm, form_of
from livechat_plugin.services.live_chats.showing import Section, sections
from livechat_plugin.services.ports import Clock
from livechat_plugin.services.roles import Roles
from livechat_plugin.services.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Administration:
    """The use cases of administrators. Each changes everything or nothing, and leaves the commit to the caller.

    Call `checking.look` first, outside of any unit of work, since it asks hooks and the homeserver.
    """

    checking: Checking
    roles: Roles
    clock: Clock

    async def create(self, work: UnitOfWork, actor: str, checked: Checked) -> LiveChat:
        """Keep a new live chat, and owe the homeserver its ghost, rooms and memberships.

        Raises:
            NotAnAdministrator: the actor is none.
            InvalidLiveChat: fields are refused; nothing is kept.
        """
        await self.roles.require_administrator(work, actor)
        form = await check_kept(work, checked, None)
        operators, supervisors = await _groups(work, form)
        live_chat = await work.live_chats.add(
            _with(form, LiveChat(0, form.slug, form.name, operators), operators, supervisors)
        )
        await work.outbox.add(live_chat_lane(live_chat.id), ProvisionLiveChat(live_chat.id))
        await work.audit.add(
            self.clock.now(), actor, "live_chat.created", form.slug, live_chat=form.slug, **_details(form)
        )
        return live_chat

    async def edit(
        self, work: UnitOfWork, actor: str, checked: Checked, version: int | None = None
    ) -> LiveChat:
        """Keep a changed live chat; what changed on the homeserver is made there again.

        Args:
            work: the unit of work.
            actor: who changes it.
            checked: the live chat as it is to be; its slug says which one.
            version: of the live chat that they saw; None overwrites what others changed meanwhile.

        Raises:
            NotAnAdministrator: the actor is none.
            LiveChatNotFound: there is none with this slug.
            StaleLiveChat: somebody else changed it meanwhile; nothing is overwritten.
            InvalidLiveChat: fields are refused; nothing is kept.
        """
        await self.roles.require_administrator(work, actor)
        before = await self.find(work, checked.form.slug)
        if version is not None and version != before.version:
            raise StaleLiveChat(before.name)
        form = await _named_as_before(work, await check_kept(work, checked, before), before)
        changes = _changes(form_of(before), form)
        operators, supervisors = await _groups(work, form)
        after = _with(form, before, operators, supervisors)
        if after == before and not changes:
            return before
        after = replace(after, version=before.version + 1)
        await work.live_chats.save(after)
        if after.name != before.name:
            await work.outbox.add(live_chat_lane(after.id), ProvisionLiveChat(after.id))
        elif changes.keys() & {"operators", "supervisors"}:
            await work.outbox.add(members_lane(after.id), AlignMembers(after.id))
        await work.audit.add(
            self.clock.now(), actor, "live_chat.changed", form.slug, live_chat=form.slug, **changes
        )
        return after

    async def delete(self, work: UnitOfWork, actor: str, slug: str, name: str) -> LiveChat:
        """Close a live chat for good: open sessions end with a word to the customer, everybody leaves its rooms.

        What was said stays for administrators, and the slug stays taken.

        Args:
            work: the unit of work.
            actor: who deletes it.
            slug: which one.
            name: its name, written again to confirm it.

        Raises:
            NotAnAdministrator: the actor is none.
            LiveChatNotFound: there is none with this slug.
            NotConfirmed: the name is another one.
        """
        await self.roles.require_administrator(work, actor)
        live_chat = await self.find(work, slug)
        if " ".join(name.split()) != live_chat.name:
            raise NotConfirmed(live_chat.name)
        now = self.clock.now()
        deleted = replace(live_chat, deleted_at=now, version=live_chat.version + 1)
        await work.live_chats.save(deleted)
        await work.outbox.add(live_chat_lane(deleted.id), CloseLiveChat(deleted.id))
        await work.audit.add(now, actor, "live_chat.deleted", slug, live_chat=slug, name=deleted.name)
        return deleted

    async def show(self, work: UnitOfWork, actor: str, slug: str) -> Sequence[Section]:
        """Everything that is set about a live chat; who looks at one that was deleted is let in to its history.

        Raises:
            NotAnAdministrator: the actor is none.
            LiveChatNotFound: there is none with this slug.
        """
        await self.roles.require_administrator(work, actor)
        live_chat = await work.live_chats.by_slug(slug)
        if live_chat is None:
            raise LiveChatNotFound(slug)
        if live_chat.deleted_at is not None:  # there may be other administrators than when it was deleted
            await work.outbox.add(members_lane(live_chat.id), AlignMembers(live_chat.id))
        return await sections(work, live_chat, self.checking.naming, self.checking.catalogue.known)

    async def present(self, work: UnitOfWork, live_chat: LiveChat) -> LiveChatForm:
        """A live chat as it is, to be changed; the people of its own lists are named one by one."""
        form = form_of(live_chat)
        for key, group in (("operators", live_chat.operators), ("supervisors", live_chat.supervisors)):
            if group is not None and group == f"{live_chat.slug}-{key}":
                known = await work.groups.get(group)
                if known is not None and known.source is GroupSource.LIST:
                    members = tuple(sorted(await work.groups.members(group)))
                    form = replace(form, **{key: members})  # type: ignore[arg-type]  # both are tuples of texts
        return form

    async def find(self, work: UnitOfWork, slug: str) -> LiveChat:
        """The live chat with this slug.

        Raises:
            LiveChatNotFound: there is none, or no more.
        """
        live_chat = await work.live_chats.by_slug(slug)
        if live_chat is None or live_chat.deleted_at is not None:
            raise LiveChatNotFound(slug)
        return live_chat


async def _named_as_before(work: UnitOfWork, form: LiveChatForm, before: LiveChat) -> LiveChatForm:
    """The same form, with the name of the live chat's group in place of exactly its members."""
    for key, group in (("operators", before.operators), ("supervisors", before.supervisors)):
        named: tuple[str, ...] = getattr(form, key)
        is_own = group is not None and group == f"{before.slug}-{key}"
        if group is not None and is_own and frozenset(named) == await work.groups.members(group):
            form = replace(form, **{key: (group,)})  # type: ignore[arg-type]  # both are tuples of texts
    return form


async def _groups(work: UnitOfWork, form: LiveChatForm) -> tuple[str, str | None]:
    """Names of the groups of operators and supervisors; people named one by one become a list of the live chat's own."""
    operators = await _group(work, f"{form.slug}-operators", form.operators)
    return operators or "", await _group(work, f"{form.slug}-supervisors", form.supervisors)


async def _group(work: UnitOfWork, own: str, named: tuple[str, ...]) -> str | None:
    if not named:
        return None
    if not named[0].startswith("@"):
        return named[0]
    await work.groups.set_members(own, named)
    return own


def _with(form: LiveChatForm, live_chat: LiveChat, operators: str, supervisors: str | None) -> LiveChat:
    return replace(
        live_chat,
        name=form.name,
        operators=operators,
        supervisors=supervisors,
        customers=form.customers,
        routing_rule=form.rule,
        routing_settings=dict(form.rule_settings),
        account_app=form.account_app,
        message_apps=form.message_apps,
        show_operator_name=form.show_operator_name,
        show_operator_name_to_external=form.show_operator_name_to_external,
        session_name=form.session_name,
        waiting_alert=form.waiting_alert,
    )


def _changes(before: LiveChatForm, after: LiveChatForm) -> dict[str, Any]:
    """The new values of what is different."""
    was = _details(before)
    return {key: value for key, value in _details(after).items() if value != was[key]}


def _details(form: LiveChatForm) -> dict[str, Any]:
    """Every field but the slug, as JSON can hold it."""
    values: Mapping[str, Any] = {
        one.name: getattr(form, one.name) for one in fields(form) if one.name != "slug"
    }
    return {key: list(value) if isinstance(value, tuple) else value for key, value in values.items()}
