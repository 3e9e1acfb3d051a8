"""What has just changed, for whoever is looking at it: open pages follow along without asking again and again.

A commit touches topics; each open page subscribes to those that it shows. Nothing is stored and nothing is promised:
a page that was cut off reads everything anew when it comes back.
"""

import asyncio
import secrets
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager

OPERATORS = "operators"
"""The standing of an operator has changed: status, absence, disabled."""

PAGES_EACH = 60
"""Pages that one person may have open at a replica; each costs some memory and a connection."""


class TooManyPages(Exception):
    """Somebody has so many pages open that no further one is told of changes."""


def conversation_topic(conversation_id: int) -> str:
    """Something was said in a conversation, or its session has changed."""
    return f"conversation:{conversation_id}"


def person_topic(user_id: str) -> str:
    """Something for an employee: a session that they serve has changed, or was written in, or they read something."""
    return f"person:{user_id}"


def account_topic(account_id: int) -> str:
    """A customer was connected to an item, or an item was registered for them."""
    return f"account:{account_id}"


def live_chat_topic(live_chat_id: int) -> str:
    """A session of a live chat has changed, or the live chat itself has."""
    return f"live_chat:{live_chat_id}"


class Subscription:
    """One open page. What it missed while it was busy comes together, each topic once.

    Attributes:
        topics: what it shows.
        is_over: whether the page is closed, or is to be.
        followers: how many pages were told of the same as this one, when it took the last changes.
    """

    def __init__(self, topics: Collection[str]) -> None:
        self.topics = topics
        self.is_over = False
        self.followers = 0
        self._most = 0
        self._touched: set[str] = set()
        self._news = asyncio.Event()

    def touch(self, topic: str, followers: int = 1) -> None:
        """A topic of this page, which so many pages follow, has changed."""
        self._most = max(self._most, followers)
        self._touched.add(topic)
        self._news.set()

    def end(self) -> None:
        """Wake whoever waits for changes: there will be none."""
        self.is_over = True
        self._news.set()

    async def changes(self) -> frozenset[str]:
        """Wait until topics have changed, and return them; or until it is over."""
        await self._news.wait()
        self._news.clear()
        touched, self._touched = frozenset(self._touched), set()
        self.followers, self._most = self._most, 0
        return touched


class Live:
    """Tells the pages that are open at this process what has changed, here and in others."""

    def __init__(self) -> None:
        self._by_topic: dict[str, set[Subscription]] = {}
        self._process = secrets.token_hex(4)
        self._count = 0
        self._is_closed = False
        self._open: set[Subscription] = set()
        self._by_person: Counter[str] = Counter()

    @property
    def pages(self) -> int:
        """How many pages are open."""
        return len(self._open)

    @property
    def mark(self) -> str:
        """The moment in which a page begins to be made: it has missed nothing if it is the same afterwards.

        Another process has other marks, so a page that was made there is taken to have missed something.
        """
        return f"{self._process}.{self._count}"

    def publish(self, topics: Collection[str]) -> None:
        """Tell it after a commit; costs nothing but for the pages that show it."""
        self._count += 1
        for topic in topics:
            followers = self._by_topic.get(topic, ())
            for subscription in followers:
                subscription.touch(topic, len(followers))

    def publish_everything(self) -> None:
        """Tell all pages that anything on them may have changed: nobody knows what."""
        self._count += 1
        for subscription in self._open:
            for topic in subscription.topics:
                subscription.touch(topic, len(self._open))

    @contextmanager
    def subscribed(self, topics: Collection[str], person: str | None = None) -> Iterator[Subscription]:
        """Follow topics for as long as a page is open.

        Args:
            topics: what it shows.
            person: who has it open; each may have so many.

        Raises:
            TooManyPages: this person has too many.
        """
        if person is not None:
            if self._by_person[person] >= PAGES_EACH:
                raise TooManyPages
            self._by_person[person] += 1
        subscription = Subscription(topics)
        self._open.add(subscription)
        if self._is_closed:
            subscription.end()
        for topic in topics:
            self._by_topic.setdefault(topic, set()).add(subscription)
        try:
            yield subscription
        finally:
            self._open.discard(subscription)
            if person is not None:
                self._by_person -= Counter((person,))
            for topic in topics:
                followers = self._by_topic[topic]
                followers.discard(subscription)
                if not followers:
                    del self._by_topic[topic]

    def close(self) -> None:
        """Let all open pages go, because the process ends; they come back to whoever serves then."""
        self._is_closed = True
        for subscription in self._open:
            subscription.end()
