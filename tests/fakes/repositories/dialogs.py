import json
from dataclasses import replace
from datetime import datetime

from livechat_plugin.services.repositories.dialogs import Dialog
from tests.fakes.stored import Repository, in_utc


class FakeDialogs(Repository):
    async def get(self, room_id: str, user_id: str) -> Dialog | None:
        return self._all.dialogs.get((room_id, user_id))

    async def keep(self, dialog: Dialog) -> None:
        context, answers = json.loads(json.dumps([dict(dialog.context), dict(dialog.answers)]))
        kept = replace(dialog, at=in_utc(dialog.at), context=context, answers=answers)
        self._all.dialogs[dialog.room_id, dialog.user_id] = kept

    async def end(self, room_id: str, user_id: str) -> bool:
        return self._all.dialogs.pop((room_id, user_id), None) is not None

    async def forget(self, before: datetime) -> None:
        for key, dialog in list(self._all.dialogs.items()):
            if dialog.at < before:
                del self._all.dialogs[key]
