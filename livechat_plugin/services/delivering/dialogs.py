"""Going on with guided questions: the next one, or what the form is for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from livechat_plugin.core import wording
from livechat_plugin.core.apps import Field
from livechat_plugin.core.command_lines import nearest
from livechat_plugin.core.errors import Refused
from livechat_plugin.services.app_catalogue import AppCatalogue, OfferedApps
from livechat_plugin.services.deliveries import ContinueDialog, Delivery
from livechat_plugin.services.delivering.outcome import Done
from livechat_plugin.services.dialogs.forms import (
    Answered,
    Filled,
    Form,
    Keep,
    Wrong,
    standing,
    without,
)
from livechat_plugin.services.dialogs.telling import Telling
from livechat_plugin.services.items.values import find_field
from livechat_plugin.services.ports import Store
from livechat_plugin.services.repositories.dialogs import Dialog
from livechat_plugin.services.repositories.rooms import RoomKind
from livechat_plugin.services.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class DialogDelivery:
    """Asks, and finishes. Hooks are asked first; what follows from it is kept afterwards, if nobody ended it."""

    store: Store
    telling: Telling
    forms: Mapping[str, Form]
    catalogue: AppCatalogue

    async def go_on(self, _: Delivery, to: ContinueDialog) -> Done:
        """One step: an answer, or the beginning, leads to the next question or to the end."""
        async with self.store.read() as work:
            dialog = await work.dialogs.get(to.room_id, to.user_id)
        if dialog is None:
            return Done()  # ended meanwhile
        form = self.forms.get(dialog.form)
        if form is None:
            return self._end(to, dialog, wording.FORM_IS_GONE)
        try:
            fields, answered = await self._answered(form, dialog, to)
            if answered.question is None:
                filled = Filled(replace(dialog, answers=answered.answers), answered.values, to.event_id)
                try:
                    keep = await form.finish(filled)
                except Wrong as error:
                    answered = _sent_back(answered, fields, error, dialog)
                else:
                    return self._finish(to, dialog, fields, answered, keep)
        except Refused as error:
            return self._end(to, dialog, str(error))
        return self._ask(to, dialog, answered)

    async def _answered(
        self, form: Form, dialog: Dialog, to: ContinueDialog
    ) -> tuple[Sequence[Field], Answered]:
        """How far it is with the answer that came, if one came.

        Another process may have given an app a field a moment ago, so nobody hears that something is wrong before the
        hooks were asked for their apps anew.
        """
        before = self.catalogue.known
        fields = await form.fields(dialog)
        given = _with_answer(dialog, fields, to.answer)
        try:
            fields, answered = await self._standing(form, dialog, to, fields, given)
        except Refused:
            if not await self._has_news(before):
                raise
        else:
            if not answered.errors or not await self._has_news(before):
                return fields, answered
        return await self._standing(form, dialog, to, await form.fields(dialog), given)

    async def _has_news(self, before: OfferedApps) -> bool:
        await self.catalogue.renew()
        return self.catalogue.known != before

    async def _standing(
        self,
        form: Form,
        dialog: Dialog,
        to: ContinueDialog,
        fields: Sequence[Field],
        given: Mapping[str, str],
    ) -> tuple[Sequence[Field], Answered]:
        if to.answer is None:
            _refuse_unknown(fields, given)
        answered = standing(dialog, fields, given)
        if not answered.errors:
            # What is asked may depend on the answer.
            fields = await form.fields(replace(dialog, answers=answered.answers))
            answered = standing(dialog, fields, answered.answers)
        try:
            await form.check(replace(dialog, answers=answered.answers), answered.values)
        except Wrong as error:
            answered = _sent_back(answered, fields, error, dialog)
        return fields, answered

    def _ask(self, to: ContinueDialog, dialog: Dialog, answered: Answered) -> Done:
        async def keep(work: UnitOfWork) -> None:
            now = await self._unchanged(work, dialog)
            if now is not None:
                await self._ask_now(work, to, now, answered)

        return Done(keep)

    async def _ask_now(
        self, work: UnitOfWork, to: ContinueDialog, dialog: Dialog, answered: Answered
    ) -> None:
        binding = (await work.rooms.bindings({to.room_id})).get(to.room_id)
        if binding is None or answered.question is None:
            await work.dialogs.end(to.room_id, to.user_id)
            return
        again = {*dialog.again, *answered.errors} - answered.answers.keys()
        await work.dialogs.keep(replace(dialog, answers=answered.answers, again=tuple(sorted(again))))
        words = wording.question(
            answered.question, answered.errors, is_among_colleagues=binding.kind is RoomKind.SESSION
        )
        await self.telling.tell(work, to, binding, *words)

    def _finish(
        self,
        to: ContinueDialog,
        dialog: Dialog,
        fields: Sequence[Field],
        answered: Answered,
        do: Keep,
    ) -> Done:
        async def keep(work: UnitOfWork) -> None:
            now = await self._unchanged(work, dialog)
            if now is None:
                return
            await work.dialogs.end(to.room_id, to.user_id)
            try:
                words = await do(work)
            except Wrong as error:
                try:
                    await self._ask_now(work, to, now, _sent_back(answered, fields, error, dialog))
                    return
                except Refused as refused:
                    words = str(refused)
            except Refused as error:
                words = str(error)
            text, html = (words, None) if isinstance(words, str | None) else words
            if text is not None:
                await self._tell(work, to, text, html)

        return Done(keep)

    def _end(self, to: ContinueDialog, dialog: Dialog, words: str) -> Done:
        async def keep(work: UnitOfWork) -> None:
            if await self._unchanged(work, dialog) is not None:
                await work.dialogs.end(to.room_id, to.user_id)
                await self._tell(work, to, words)

        return Done(keep)

    async def _tell(self, work: UnitOfWork, to: ContinueDialog, text: str, html: str | None = None) -> None:
        binding = (await work.rooms.bindings({to.room_id})).get(to.room_id)
        if binding is not None:
            await self.telling.tell(work, to, binding, text, html)

    async def _unchanged(self, work: UnitOfWork, dialog: Dialog) -> Dialog | None:
        """The dialog as it is now; None if it was ended or begun anew while we were away."""
        now = await work.dialogs.get(dialog.room_id, dialog.user_id)
        return now if now is not None and replace(now, at=dialog.at) == dialog else None


def _sent_back(answered: Answered, fields: Sequence[Field], error: Refused, dialog: Dialog) -> Answered:
    """The standing after a refusal that names fields.

    Raises:
        Refused: none of them is asked here.
    """
    errors: Mapping[str, str] = getattr(error, "errors", {})
    if not any(find_field(fields, name) for name in errors):
        raise Refused(str(error))
    return without(dialog, fields, answered, errors)


def _with_answer(dialog: Dialog, fields: Sequence[Field], answer: str | None) -> Mapping[str, str]:
    """The answers, with this one to the question that was asked."""
    asked = standing(dialog, fields, dialog.answers).question
    if answer is None or asked is None:
        return dialog.answers
    return {**dialog.answers, asked.key: answer}


def _refuse_unknown(fields: Sequence[Field], given: Mapping[str, str]) -> None:
    unknown = [name for name in given if find_field(fields, name) is None]
    if unknown:
        keys = ", ".join(field.key for field in fields)
        near = nearest(unknown[0].casefold(), [each.key for each in fields])
        hint = f" Did you mean {near}=…?" if near else ""
        raise Refused(f"There is no field {', '.join(map(repr, unknown))} here; there are: {keys}.{hint}")
