"""The questions for making, changing and deleting a live chat in the bot's chat (requirement S8)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from livechat_plugin.core import wording
from livechat_plugin.core.apps import Field, FieldType
from livechat_plugin.core.errors import InvalidLiveChat
from livechat_plugin.core.naming import Naming
from livechat_plugin.services.dialogs import Filled, Keep
from livechat_plugin.services.live_chats import (
    Administration,
    LiveChatForm,
    Questions,
    changes_from,
    form_of,
)
from livechat_plugin.services.live_chats.checking import check_kept
from livechat_plugin.services.live_chats.fields import RULE_PREFIX
from livechat_plugin.services.ports import Store
from livechat_plugin.services.repositories.dialogs import Dialog
from livechat_plugin.services.unit_of_work import UnitOfWork

ADD = "chats.add"
EDIT = "chats.edit"
DELETE = "chats.delete"

CHANGE = "change"
"""Key of the question what is to change."""


@dataclass(frozen=True, slots=True)
class AddLiveChatForm:
    """Asks for everything that can be said of a new live chat."""

    administration: Administration
    store: Store
    naming: Naming
    name: str = ADD

    async def fields(self, dialog: Dialog) -> Sequence[Field]:
        """The rules that can be chosen depend on the bound app, and the rule's settings on the rule."""
        questions = Questions(self.administration.checking)
        return await questions.all(dialog.answers.get("account_app"), dialog.answers.get("rule"))

    async def check(self, dialog: Dialog, values: Mapping[str, Any]) -> None:  # noqa: ARG002 - as all forms
        """What is wrong with the answers so far is told at once."""
        checked = await self.administration.checking.look(_new(values))
        async with self.store.read() as work:
            try:
                await check_kept(work, checked, None)
            except InvalidLiveChat as error:
                wrong = {key: reason for key, reason in error.errors.items() if key in values}
                if wrong:
                    raise InvalidLiveChat(wrong) from None

    async def finish(self, filled: Filled) -> Keep:
        """Make it."""
        checked = await self.administration.checking.look(_new(filled.values))

        async def keep(work: UnitOfWork) -> str:
            live_chat = await self.administration.create(work, filled.dialog.user_id, checked)
            return wording.live_chat_made(live_chat, self.naming.live_chat(live_chat.slug))

        return keep


@dataclass(frozen=True, slots=True)
class EditLiveChatForm:
    """Asks what is to change, and what it is to be; or takes changes in one line."""

    administration: Administration
    store: Store
    name: str = EDIT

    async def fields(self, dialog: Dialog) -> Sequence[Field]:
        """In one line everything can be changed at once; question by question it is one thing."""
        before = await self._before(dialog)
        rule = dialog.answers.get("rule", before.rule)
        app = dialog.answers.get("account_app", before.account_app)
        questions = await Questions(self.administration.checking).all(app or None, rule or None)
        fields = [replace(one, is_required=False) for one in questions if one.key != "slug"]
        if not dialog.context.get("is_guided"):
            return fields
        what = Field(
            CHANGE,
            "What shall change",
            FieldType.CHOICE,
            is_required=True,
            choices=tuple(one.key for one in fields),
        )
        chosen = dialog.answers.get(CHANGE)
        asked = [
            one for one in fields if chosen and (one.key == chosen or _goes_with(one, chosen, rule, before))
        ]
        return (what, *(replace(one, help=_with_present(one, before)) for one in asked))

    async def check(self, dialog: Dialog, values: Mapping[str, Any]) -> None:
        """All of it is checked in the end, as one field may depend on another."""

    async def finish(self, filled: Filled) -> Keep:
        """Change it, unless somebody else did meanwhile."""
        before = await self._before(filled.dialog)
        emptied = {key: None for key, raw in filled.dialog.answers.items() if not raw}
        values = {**filled.values, **emptied}
        values.pop(CHANGE, None)
        checked = await self.administration.checking.look(before.changed(changes_from(values, before)))

        async def keep(work: UnitOfWork) -> str:
            version = filled.dialog.context["version"]
            after = await self.administration.edit(work, filled.dialog.user_id, checked, version)
            return wording.live_chat_changed(after, is_other=after.version != version)

        return keep

    async def _before(self, dialog: Dialog) -> LiveChatForm:
        async with self.store.read() as work:
            return form_of(await self.administration.find(work, dialog.context["slug"]))


@dataclass(frozen=True, slots=True)
class DeleteLiveChatForm:
    """Asks for the live chat's name, so that nobody deletes another one by mistake."""

    administration: Administration
    name: str = DELETE

    async def fields(self, dialog: Dialog) -> Sequence[Field]:
        """The name is all that is asked."""
        label = f"To delete {dialog.context['name']}, write its name"
        return (Field("name", label, FieldType.STRING, is_required=True, help=wording.WHAT_DELETING_DOES),)

    async def check(self, dialog: Dialog, values: Mapping[str, Any]) -> None:
        """In the end."""

    async def finish(self, filled: Filled) -> Keep:
        """Delete it."""

        async def keep(work: UnitOfWork) -> str:
            slug, name = filled.dialog.context["slug"], filled.values["name"]
            deleted = await self.administration.delete(work, filled.dialog.user_id, slug, name)
            return wording.live_chat_deleted(deleted)

        return keep


def _new(values: Mapping[str, Any]) -> LiveChatForm:
    return LiveChatForm(values.get("slug", ""), values.get("name", "")).changed(
        {key: value for key, value in changes_from(values).items() if key not in {"slug", "name"}}
    )


def _goes_with(one: Field, chosen: str, rule: str | None, before: LiveChatForm) -> bool:
    """A rule's settings are asked with it, when it is another rule or the setting itself is missing."""
    is_missing = rule != before.rule or one.key.removeprefix(RULE_PREFIX) not in before.rule_settings
    return chosen == "rule" and one.key.startswith(RULE_PREFIX) and is_missing


def _with_present(one: Field, before: LiveChatForm) -> str:
    if one.key.startswith(RULE_PREFIX):
        present = before.rule_settings.get(one.key.removeprefix(RULE_PREFIX))
    else:
        present = getattr(before, one.key)
    if isinstance(present, bool):
        present = "yes" if present else "no"
    elif isinstance(present, tuple):
        present = ", ".join(present)
    now = f"Now: {present}." if present not in (None, "") else "Now: empty."
    return f"{one.help} {now}".strip()
