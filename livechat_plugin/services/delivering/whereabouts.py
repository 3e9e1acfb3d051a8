"""Where customers are at this moment."""

import asyncio

from livechat_plugin.services.ports import Store
from livechat_plugin.services.repositories.conversations import ConversationView


class Whereabouts:
    """Looks conversations up; what is asked for during one look is answered by the next, all in one query.

    Nobody gets an answer that is older than their question.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._asked: list[tuple[int, asyncio.Future[ConversationView]]] = []
        self._looking: asyncio.Task[None] | None = None
        self._waiting = 0

    async def view(self, conversation_id: int) -> ConversationView:
        """A conversation as it is now.

        Raises:
            LookupError: there is no such conversation.
            StoreUnavailable: nobody can tell now.
        """
        answer: asyncio.Future[ConversationView] = asyncio.get_running_loop().create_future()
        self._asked.append((conversation_id, answer))
        if self._looking is None:
            self._looking = asyncio.create_task(self._look())
        self._waiting += 1
        try:
            return await answer
        except asyncio.CancelledError:
            if self._waiting == 1 and self._looking is not None:
                self._looking.cancel()  # nobody waits any more, and the store may be closed next
                await asyncio.wait([self._looking])
            raise
        finally:
            self._waiting -= 1

    async def _look(self) -> None:
        try:
            while self._asked:
                asked, self._asked = self._asked, []
                await self._answer([one for one in asked if not one[1].done()])
        finally:
            self._looking = None

    async def _answer(self, asked: list[tuple[int, asyncio.Future[ConversationView]]]) -> None:
        try:
            async with self._store.read() as work:
                await work.conversations.load({number for number, _ in asked})
                for number, answer in asked:
                    try:
                        view = await work.conversations.view(number)
                    except LookupError as error:
                        _fail(answer, error)
                    else:
                        if not answer.done():
                            answer.set_result(view)
        except Exception as error:  # noqa: BLE001 - each of those who asked judges it
            for _, answer in asked:
                _fail(answer, error)
        finally:
            for _, answer in asked:
                answer.cancel()


def _fail(answer: asyncio.Future[ConversationView], error: Exception) -> None:
    if not answer.done():  # who asked may have been cancelled
        answer.set_exception(error)
