import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from livechat_plugin.core.item_requests import ItemRequest, RequestState
from tests.fakes.stored import Repository, in_utc, must_exist, visible


class FakeItemRequests(Repository):
    async def add(self, request: ItemRequest) -> bool:
        must_exist(self._all.conversations, request.conversation_id)
        must_exist(self._all.accounts, request.account_id)
        known = self._all.item_requests.get(request.token)
        if known is not None and (known.state is not RequestState.REFUSED or known.actor != request.actor):
            return False
        values, errors = json.loads(json.dumps([dict(request.values), dict(request.errors)]))
        self._all.item_requests[request.token] = replace(
            request, at=in_utc(request.at), values=values, errors=errors, told=visible(request.told)
        )
        return True

    async def get(self, token: str, actor: str) -> ItemRequest | None:
        found = self._all.item_requests.get(token)
        return found if found is not None and found.actor == actor else None

    async def answer(
        self, token: str, state: RequestState, told: str, errors: Mapping[str, str] | None = None
    ) -> None:
        if token in self._all.item_requests:
            known = self._all.item_requests[token]
            answered = replace(known, state=state, told=visible(told), errors=dict(errors or {}))
            self._all.item_requests[token] = answered

    async def forget(self, before: datetime) -> None:
        for token, request in list(self._all.item_requests.items()):
            if request.at < before:
                del self._all.item_requests[token]
