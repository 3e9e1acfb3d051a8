"""Points in the plugin's work at which it can be made to kill itself, hooked in from outside.

A point is chosen by its name and a number: `after commit:3` kills at the third passage from now. It costs nothing
until then but a look into a dictionary.
"""

import asyncio
import importlib
import os
import signal
import threading
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event
from starlette.background import BackgroundTask

_chosen: dict[str, int] = {}

KILLED_AT = "chaos: killed at: "
"""How the line begins that it leaves in its log."""

BEFORE, AFTER = "before", "after"

POINTS: dict[str, tuple[str, str, str]] = {
    # name: module, what, when
    "before a commit": ("livechat_plugin.store.unit_of_work", "SqlUnitOfWork.commit", BEFORE),
    "after a commit": ("livechat_plugin.store.unit_of_work", "SqlUnitOfWork.commit", AFTER),
    "a transaction comes": ("livechat_plugin.services.inbox", "Inbox.receive", BEFORE),
    "after the commit, before the 200": ("livechat_plugin.services.inbox", "Inbox.receive", AFTER),
    "before a send": ("livechat_plugin.matrix.speaking", "Speaking._put_event", BEFORE),
    "after a send, before its mark": ("livechat_plugin.matrix.speaking", "Speaking._put_event", AFTER),
    "in the ledger's commit": ("livechat_plugin.services.ledger", "Ledger._strike", AFTER),
    "before the ledger's commit": ("livechat_plugin.services.ledger", "Ledger._commit", BEFORE),
    "after the ledger's commit": ("livechat_plugin.services.ledger", "Ledger._commit", AFTER),
    "a room is made, not kept": ("livechat_plugin.matrix.gateway", "MatrixHomeserver.create_room", AFTER),
    "in making a session room": (
        "livechat_plugin.services.delivering.session_rooms",
        "SessionRoomDelivery._make",
        AFTER,
    ),
    "joined a room, not kept": ("livechat_plugin.matrix.gateway", "MatrixHomeserver.join", AFTER),
    "before joining a room": ("livechat_plugin.matrix.gateway", "MatrixHomeserver.join", BEFORE),
    "read the history of a room": ("livechat_plugin.matrix.watching", "Watching.recent", AFTER),
    "in joining a customer": ("livechat_plugin.services.delivering.doors", "DoorDelivery._joined", AFTER),
    "in routing": ("livechat_plugin.services.delivering.opening", "Opening._decide", AFTER),
    "routed, not kept": ("livechat_plugin.services.delivering.opening", "Opening._keep", AFTER),
    "a hook answers": ("livechat_plugin.hookcalls", "Hooks.choose", AFTER),
    "taking": ("livechat_plugin.services.assignments", "Assignments.take", AFTER),
    "inviting": ("livechat_plugin.matrix.gateway", "MatrixHomeserver.invite", AFTER),
    "in a transfer": ("livechat_plugin.services.handovers", "Handovers._give", AFTER),
    "clearing a room": ("livechat_plugin.matrix.gateway", "MatrixHomeserver.remove", AFTER),
    "closing": ("livechat_plugin.services.assignments", "Assignments.close", AFTER),
    "tidying": ("livechat_plugin.services.delivering.session_rooms", "SessionRoomDelivery.tidy", AFTER),
    "saying good-bye": ("livechat_plugin.services.delivering.opening", "Opening.farewell", AFTER),
    "posting a card": ("livechat_plugin.services.delivering.cards", "CardDelivery.show", AFTER),
}
"""Points that traffic passes."""

START_POINTS: dict[str, tuple[str, str, str]] = {
    "preparing the database": ("livechat_plugin.bootstrap.plugin", "Plugin.prepare", BEFORE),
    "prepared the database": ("livechat_plugin.bootstrap.plugin", "Plugin.prepare", AFTER),
    "beginning to reconcile": ("livechat_plugin.services.reconciliation", "Reconciliation._fetch", BEFORE),
    "reconciling": ("livechat_plugin.services.inbox", "Turn.receive", BEFORE),
    "in the middle of reconciling": ("livechat_plugin.services.inbox", "Turn.receive", AFTER),
    "looking for what is owed": ("livechat_plugin.services.dispatcher", "Dispatcher._look", BEFORE),
    "found what is owed": ("livechat_plugin.services.dispatcher", "Dispatcher._look", AFTER),
}
"""Points that every start passes, with traffic or without."""

_REGISTER = "livechat_plugin.store.replica_register"

REPLICA_POINTS: dict[str, tuple[str, str, str]] = {
    "entering the replicas": (_REGISTER, "PostgresRegister.enter", AFTER),
    "renewing its leases": (_REGISTER, "PostgresRegister.renew", BEFORE),
    "renewed its leases": (_REGISTER, "PostgresRegister.renew", AFTER),
    "before claiming slots": (_REGISTER, "PostgresRegister.claim", BEFORE),
    "claimed slots": (_REGISTER, "PostgresRegister.claim", AFTER),
    "before giving slots back": (_REGISTER, "PostgresRegister.give_back", BEFORE),
    "gave slots back": (_REGISTER, "PostgresRegister.give_back", AFTER),
}
"""Points at which replicas divide the work among them; on PostgreSQL."""


def install(orders: str, chosen: str) -> None:
    """Hook all points in; more are chosen by lines that are written into the FIFO `orders`."""
    for name, (module, what, when) in {**POINTS, **START_POINTS, **REPLICA_POINTS}.items():
        owner: Any = importlib.import_module(module)
        *path, attribute = what.split(".")
        for part in path:
            owner = getattr(owner, part)
        setattr(owner, attribute, _hooked(name, getattr(owner, attribute), when))
    _hook_after_answer()
    event.listen(Engine, "before_cursor_execute", _statement)
    _choose(chosen)
    threading.Thread(target=_read, args=(Path(orders),), daemon=True, name="orders").start()


def names() -> list[str]:
    """All points that traffic passes."""
    return [*POINTS, AFTER_200]


def passes(name: str) -> None:
    """The point is passed."""
    left = _chosen.get(name)
    if left is None:
        return
    if left <= 1:
        os.write(2, f"{KILLED_AT}{name}\n".encode())
        os.kill(os.getpid(), signal.SIGKILL)
    _chosen[name] = left - 1


def _hooked(name: str, function: Callable[..., Any], when: str) -> Callable[..., Any]:
    if not asyncio.iscoroutinefunction(function):
        raise TypeError(f"{function} cannot be hooked in: it is not async")

    @wraps(function)
    async def hooked(*arguments: Any, **named: Any) -> Any:
        if when == BEFORE:
            passes(name)
        result = await function(*arguments, **named)
        if when == AFTER:
            passes(name)
        return result

    return hooked


AFTER_200 = "after the 200"
MIGRATION = "a statement of a migration"
"""Only migrations and the process's own connections to PostgreSQL go through an engine of SQLAlchemy's."""


async def _passes_after_answer() -> None:
    """Not in a thread of its own, as what is not async would be: there may be none left."""
    passes(AFTER_200)


def _hook_after_answer() -> None:
    from livechat_plugin.web.transactions import Transactions

    receive = Transactions.receive

    async def hooked(self: Transactions, request: Any) -> Any:
        response = await receive(self, request)
        if response.status_code == 200:
            response.background = BackgroundTask(_passes_after_answer)
        return response

    Transactions.receive = hooked  # type: ignore[method-assign]


def _statement(*_: Any) -> None:
    passes(MIGRATION)


def _read(orders: Path) -> None:
    while True:
        with orders.open(encoding="utf-8") as lines:
            for line in lines:
                _choose(line.strip())


def _choose(order: str) -> None:
    """`name:number`, several of them parted by `|`, or an empty line for none any more."""
    _chosen.clear()
    for one in filter(None, order.split("|")):
        name, _, number = one.rpartition(":")
        _chosen[name] = int(number)
