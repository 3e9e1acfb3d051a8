from dataclasses import replace

from livechat_plugin.services.repositories.customer_spaces import CustomerSpace
from tests.fakes.stored import Repository


class FakeCustomerSpaces(Repository):
    async def get(self, user_id: str) -> CustomerSpace | None:
        return self._all.customer_spaces.get(user_id)

    async def ensure(self, user_id: str) -> CustomerSpace:
        new = CustomerSpace(user_id, f"t{self._all.next_id('customer_spaces')}")
        return self._all.customer_spaces.setdefault(user_id, new)

    async def made(self, user_id: str, room_id: str) -> None:
        if user_id in self._all.customer_spaces:
            known = self._all.customer_spaces[user_id]
            self._all.customer_spaces[user_id] = replace(known, room_id=room_id)
