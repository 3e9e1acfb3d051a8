"""One customer's rows, in every table."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Table, Text, delete, func, select, type_coerce, union, update

from livechat_plugin.core.conversations import Account
from livechat_plugin.core.erasure import mentions
from livechat_plugin.services.files_said import Said, uploader_of
from livechat_plugin.services.repositories.erasure import KeptItem, Surroundings
from livechat_plugin.store import tables
from livechat_plugin.store.codec import Unreadable, content_from_json
from livechat_plugin.store.connections import SLOW, SqlConnection
from livechat_plugin.store.repositories import rows
from livechat_plugin.store.repositories.erasure_rules import (
    DELETED,
    TEXTS,
    Customer,
    conversations_of,
    letters_in,
    owed_now,
    sessions_of,
)
from livechat_plugin.store.repositories.views import Views

_SLOWLY = {SLOW: True}


class SqlErasure:
    """Erasure in SQL; `erasure_rules` says what happens to each table."""

    def __init__(self, db: SqlConnection, views: Views) -> None:
        self._db = db
        self._views = views

    async def account(self, account_id: int) -> Account | None:
        """By its id."""
        found = await self._db.execute(select(*rows.ACCOUNT).where(tables.accounts.c.id == account_id))
        row = found.one_or_none()
        return rows.account_from(row) if row is not None else None

    async def find(self, external_id: str) -> Sequence[Account]:
        """Among all accounts, because the network is not known."""
        wanted = select(*rows.ACCOUNT).where(tables.accounts.c.external_id == external_id)
        found = await self._db.execute(wanted.order_by(tables.accounts.c.id).execution_options(**_SLOWLY))
        return [rows.account_from(row) for row in found]

    async def surroundings(self, account: Account) -> Surroundings:
        """A handful of looks."""
        sessions, spaces = tables.sessions, tables.customer_spaces
        found = (
            await self._db.execute(
                select(sessions.c.number, sessions.c.opened_at).where(
                    sessions.c.number.in_(sessions_of(account))
                )
            )
        ).all()
        space = await self._db.execute(
            select(spaces.c.room_id).where(spaces.c.user_id == account.external_id)
        )
        employees = tables.employees
        employed = await self._db.execute(
            select(employees.c.user_id).where(employees.c.user_id == account.external_id)
        )
        return Surroundings(
            sessions=[row[0] for row in found],
            since=min((row[1] for row in found), default=None),
            items=await self._items(account),
            named_in=await self._named_in(account),
            is_employee=employed.first() is not None,
            space=space.scalar_one_or_none(),
        )

    async def count(self, account: Account) -> Mapping[str, int]:
        """Table by table."""
        customer = await self._everywhere(account)
        counted = {}
        for table, rule in DELETED.items():
            counted[table.name] = await self._number(table, rule(customer))
        return {name: number for name, number in counted.items() if number}

    async def is_owed(self, account: Account) -> bool:
        """By their lanes."""
        owed = owed_now(await self._customer(account))
        return await self._number(tables.deliveries, owed) > 0

    async def contents(self, account: Account, after: int, limit: int) -> tuple[Sequence[Said], int | None]:
        """By id; what cannot be read is passed over."""
        messages = tables.messages
        found = (
            await self._db.execute(
                select(messages.c.id, messages.c.direction, messages.c.author, messages.c.content)
                .where(
                    messages.c.conversation_id.in_(conversations_of(account)),
                    messages.c.id > after,
                    messages.c.content.is_not(None),
                )
                .order_by(messages.c.id)
                .limit(limit)
                .execution_options(**_SLOWLY)
            )
        ).all()
        read: list[Said] = []
        for number, direction, author, text in found:
            try:
                read.append(Said(number, uploader_of(direction, author), content_from_json(text)))
            except Unreadable:
                continue
        return read, found[-1][0] if len(found) == limit else None

    async def delete_messages(self, account: Account, limit: int) -> int:
        """From the end: parts of a long message point at its first one."""
        messages = tables.messages
        last = (
            select(messages.c.id)
            .where(messages.c.conversation_id.in_(conversations_of(account)))
            .order_by(messages.c.id.desc())
            .limit(limit)
        )
        gone = delete(messages).where(messages.c.id.in_(last)).execution_options(**_SLOWLY)
        return (await self._db.execute(gone)).rowcount

    async def disguise_audit(self, account: Account, pseudonym: str, after: int, limit: int) -> int | None:
        """Entry by entry, in the order of their ids."""
        audit = tables.audit
        customer = await self._customer(account)
        found = (
            await self._db.execute(
                select(audit.c.id, audit.c.actor, audit.c.action, audit.c.subject, audit.c.details)
                .where(audit.c.id > after)
                .order_by(audit.c.id)
                .limit(limit)
                .execution_options(**_SLOWLY)
            )
        ).all()
        for number, *before in found:
            now = _disguised(customer, pseudonym, *before)
            if now != before:
                values = dict(zip(("actor", "action", "subject", "details"), now, strict=True))
                await self._db.execute(update(audit).where(audit.c.id == number).values(values))
        return found[-1][0] if len(found) == limit else None

    async def delete_item(self, item: KeptItem) -> None:
        """With the accounts in it and the links to it."""
        number, items = int(item.item_id), tables.items
        await self._db.execute(delete(tables.item_accounts).where(tables.item_accounts.c.item_id == number))
        for table in (tables.account_links, tables.registrations):
            to_it = (table.c.app == item.app) & (table.c.item_id == item.item_id)
            await self._db.execute(delete(table).where(to_it))
        await self._db.execute(delete(items).where(items.c.id == number, items.c.app == item.app))

    async def delete_rest(self, account: Account) -> Mapping[str, int]:
        """In the order of `DELETED`, which foreign keys ask for."""
        customer = await self._everywhere(account)
        gone = {}
        for table, rule in DELETED.items():
            statement = delete(table).where(rule(customer)).execution_options(**_SLOWLY)
            gone[table.name] = (await self._db.execute(statement)).rowcount
        self._views.forget()
        return {name: number for name, number in gone.items() if number}

    async def _customer(self, account: Account) -> Customer:
        conversations, rooms = tables.conversations, tables.session_rooms
        found = (
            await self._db.execute(
                select(conversations.c.id, rooms.c.id, rooms.c.room_id, conversations.c.customer_room)
                .select_from(conversations.outerjoin(rooms, conversations.c.session_room_id == rooms.c.id))
                .where(conversations.c.id.in_(conversations_of(account)))
            )
        ).all()
        numbers = await self._db.execute(sessions_of(account))
        return Customer(
            account,
            tuple(row[0] for row in found),
            tuple(row[1] for row in found if row[1] is not None),
            tuple(room for row in found for room in row[2:] if room is not None),
            tuple(numbers.scalars()),
        )

    async def _everywhere(self, account: Account) -> Customer:
        """With the rows that name them: SQL finds the letters of an id, which may be those of a longer one."""
        customer, it = await self._customer(account), mentions(account.external_id)
        named: dict[Table, list[tuple[Any, ...]]] = {}
        for table, names in TEXTS.items():
            key = list(table.primary_key)
            texts = [type_coerce(table.c[name], Text) for name in names]
            wanted = select(*key, *texts).where(letters_in(table, account.external_id))
            found = await self._db.execute(wanted.execution_options(**_SLOWLY))
            named[table] = [
                tuple(row[: len(key)]) for row in found if any(it.search(text) for text in row[len(key) :])
            ]
        return replace(customer, named_in=named)

    async def _number(self, table: Table, condition: ColumnElement[bool]) -> int:
        statement = select(func.count()).select_from(table).where(condition)
        counted: int = (await self._db.execute(statement.execution_options(**_SLOWLY))).scalar_one()
        return counted

    async def _items(self, account: Account) -> Sequence[KeptItem]:
        links, registrations, accounts = tables.account_links, tables.registrations, tables.item_accounts
        held = (accounts.c.network == account.network) & (accounts.c.external_id == account.external_id)
        by_hooks = union(
            select(links.c.app, links.c.item_id).where(links.c.account_id == account.id),
            select(registrations.c.app, registrations.c.item_id).where(
                registrations.c.account_id == account.id
            ),
        )
        ours = select(accounts.c.app, accounts.c.item_id).where(held)
        named = {(app, str(item)) for app, item in await self._db.execute(ours)}
        named |= {(app, item) for app, item in await self._db.execute(by_hooks)}
        items = []
        for app, item in sorted(named):
            there = None
            if item.isdecimal():
                is_it = (tables.items.c.app == app) & (tables.items.c.id == int(item))
                there = (await self._db.execute(select(tables.items.c.id).where(is_it))).first()
            items.append(KeptItem(app, item, there is not None))
        return items

    async def _named_in(self, account: Account) -> Sequence[str]:
        who, members, chats = account.external_id, tables.group_members, tables.live_chats
        groups = await self._db.execute(select(members.c.group_name).where(members.c.user_id == who))
        named = [f"group {name}" for name in groups.scalars()]
        for slug, customers in await self._db.execute(select(chats.c.slug, chats.c.customers)):
            if who in customers:
                named.append(f"live chat {slug}")
        return named


def _disguised(
    customer: Customer, pseudonym: str, actor: str, action: str, subject: str, details: Mapping[str, Any]
) -> list[Any]:
    """An entry of the audit log without the customer."""
    who = customer.account.external_id
    is_session = subject in {f"#{number}" for number in customer.sessions}
    is_theirs = is_session or who in {actor, subject}
    text = orjson.dumps(dict(details)).decode()
    kept: Mapping[str, Any] = details
    if is_session and action == "session.renamed":
        kept = {}
    elif (it := mentions(who)).search(text):
        kept = orjson.loads(it.sub(pseudonym, text))
    elif is_theirs and customer.is_named_in(text):
        kept = {}
    return [pseudonym if actor == who else actor, action, pseudonym if subject == who else subject, kept]
