"""How far people have read is kept in one order, whatever order their receipts came in."""

import pytest

from livechat_plugin.services import reading
from tests.fakes.clock import FakeClock
from tests.fakes.repositories.reading import FakeReading
from tests.fakes.store import FakeStore


async def test_marks_are_kept_in_one_order_so_that_writers_never_wait_for_each_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept: list[tuple[int, str]] = []

    async def advance(_: FakeReading, conversation_id: int, reader: str, *__: object) -> bool:
        kept.append((conversation_id, reader))
        return False

    monkeypatch.setattr(FakeReading, "advance", advance)
    marks = {(2, "@anna:x"): 5, (1, "@boris:x"): 4, (1, "@anna:x"): 3}
    await reading.keep(FakeStore(lambda _: None, lambda _: None), FakeClock(), marks)
    assert kept == [(1, "@anna:x"), (1, "@boris:x"), (2, "@anna:x")]
