"""What the repository of links into the console promises."""

import asyncio
from datetime import timedelta

from livechat_plugin.core.signing_in import SignInLink
from tests.contract.stores import NOW, Kept

ANNA, BORIS = "@anna:x", "@boris:x"
LATER, END = NOW + timedelta(minutes=1), NOW + timedelta(minutes=10)
FIRST = SignInLink("first", ANNA, NOW, END)
SECOND = SignInLink("second", ANNA, LATER, END + timedelta(minutes=1))
OTHER = SignInLink("other", BORIS, NOW, END)


async def keep(kept: Kept, *links: SignInLink) -> None:
    async with kept.store.begin() as unit:
        for link in links:
            await unit.sign_in_links.add(link)
        await unit.commit()


async def found(kept: Kept, digest: str) -> SignInLink | None:
    async with kept.store.read() as unit:
        return await unit.sign_in_links.get(digest)


async def use(kept: Kept, digest: str, at: timedelta = timedelta(minutes=2)) -> bool:
    async with kept.store.begin() as unit:
        is_used = await unit.sign_in_links.use(digest, NOW + at)
        await unit.commit()
        return is_used


async def test_a_link_comes_back_as_it_was(kept: Kept) -> None:
    await keep(kept, FIRST)
    assert await found(kept, "first") == FIRST
    assert await found(kept, "firs") is None


async def test_a_newer_link_ends_the_earlier_ones_of_its_person(kept: Kept) -> None:
    await keep(kept, FIRST, OTHER, SECOND)
    ended = await found(kept, "first")
    assert ended is not None
    assert ended.expires_at == LATER
    assert not await use(kept, "first")
    assert await found(kept, "other") == OTHER
    assert await use(kept, "second")


async def test_a_link_that_is_kept_again_stays_as_it_is(kept: Kept) -> None:
    await keep(kept, FIRST)
    assert await use(kept, "first", timedelta(seconds=1))
    await keep(kept, SignInLink("first", ANNA, LATER, END + timedelta(hours=1)))
    again = await found(kept, "first")
    assert again is not None
    assert again.used_at == NOW + timedelta(seconds=1)
    assert again.expires_at == END


async def test_a_link_is_used_once_and_not_after_its_end(kept: Kept) -> None:
    await keep(kept, FIRST, OTHER)
    assert await use(kept, "first")
    assert not await use(kept, "first")
    used = await found(kept, "first")
    assert used is not None
    assert used.used_at == NOW + timedelta(minutes=2)
    assert not await use(kept, "other", timedelta(minutes=10))
    assert not await use(kept, "unknown")


async def test_of_many_who_use_it_at_once_one_wins(kept: Kept) -> None:
    await keep(kept, FIRST)
    assert sorted(await asyncio.gather(*(use(kept, "first") for _ in range(5)))) == [*[False] * 4, True]


async def test_links_asked_for_are_counted_for_each_person(kept: Kept) -> None:
    await keep(kept, FIRST, OTHER, SECOND)
    async with kept.store.read() as unit:
        assert await unit.sign_in_links.asked_since(ANNA, NOW) == 2
        assert await unit.sign_in_links.asked_since(ANNA, LATER) == 1
        assert await unit.sign_in_links.asked_since(ANNA, LATER + timedelta(seconds=1)) == 0
        assert await unit.sign_in_links.asked_since(BORIS, NOW) == 1


async def test_old_links_are_forgotten(kept: Kept) -> None:
    await keep(kept, FIRST, SECOND)
    async with kept.store.begin() as unit:
        await unit.sign_in_links.forget(END)
        await unit.commit()
    assert await found(kept, "first") is None  # a newer one had ended it
    assert await found(kept, "second") == SECOND
