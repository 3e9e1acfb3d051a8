from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import orjson

from livechat_plugin.core.conversations import Account
from livechat_plugin.core.erasure import mentions
from livechat_plugin.services.files_said import Said, uploader_of
from livechat_plugin.services.repositories.erasure import KeptItem, Surroundings
from livechat_plugin.store.codec import payload_to_json
from tests.fakes.stored import Repository


class FakeErasure(Repository):
    async def account(self, account_id: int) -> Account | None:
        return self._all.accounts.get(account_id)

    async def find(self, external_id: str) -> Sequence[Account]:
        return [known for known in self._all.accounts.values() if known.external_id == external_id]

    async def surroundings(self, account: Account) -> Surroundings:
        every, who = self._all, account.external_id
        sessions = self._sessions(account)
        named = {(link.app, link.item_id) for link in every.links.values() if link.account_id == account.id}
        named |= {
            (one.app, one.item_id) for one in every.registrations.values() if one.account_id == account.id
        }
        named |= {
            (kept.item.app, kept.item.id)
            for kept in every.items.values()
            if (account.network, who) in set(kept.found_by.accounts)
        }
        ours = {(kept.item.app, kept.item.id) for kept in every.items.values()}
        groups = [f"group {name}" for name, members in every.groups.items() if who in members]
        chats = [f"live chat {chat.slug}" for chat in every.live_chats.values() if who in chat.customers]
        space = every.customer_spaces.get(who)
        return Surroundings(
            sessions=sessions,
            since=min((every.sessions[number].opened_at for number in sessions), default=None),
            items=[KeptItem(app, item, (app, item) in ours) for app, item in sorted(named)],
            named_in=[*groups, *chats],
            is_employee=who in every.employees,
            space=space.room_id if space else None,
        )

    async def count(self, account: Account) -> Mapping[str, int]:
        tables = self._theirs(account)
        return {name: len(keys) for name, keys in tables.items() if keys}

    async def is_owed(self, account: Account) -> bool:
        return any(
            delivery.due_at is None and self._is_their_lane(account, delivery.lane)
            for delivery in self._all.deliveries.values()
        )

    async def contents(self, account: Account, after: int, limit: int) -> tuple[Sequence[Said], int | None]:
        said = [self._all.messages[number] for number in self._theirs(account)["messages"]]
        found = [
            Said(one.id, uploader_of(one.direction, one.author), one.content)
            for one in said
            if one.content is not None and one.id > after
        ][:limit]
        return found, found[-1].id if len(found) == limit else None

    async def delete_messages(self, account: Account, limit: int) -> int:
        last = sorted(self._theirs(account)["messages"], reverse=True)[:limit]
        for number in last:
            del self._all.messages[number]
        return len(last)

    async def disguise_audit(self, account: Account, pseudonym: str, after: int, limit: int) -> int | None:
        who, numbers = account.external_id, {f"#{number}" for number in self._sessions(account)}
        entries = [entry for number, entry in self._all.audit.items() if number > after][:limit]
        for entry in entries:
            is_theirs = entry.subject in numbers or who in {entry.actor, entry.subject}
            text = orjson.dumps(dict(entry.details)).decode()
            details: Mapping[str, Any] = orjson.loads(mentions(who).sub(pseudonym, text))
            if is_theirs and (entry.action == "session.renamed" or account.display_name in text):
                details = details if mentions(who).search(text) else {}
            self._all.audit[entry.id] = replace(
                entry,
                actor=pseudonym if entry.actor == who else entry.actor,
                subject=pseudonym if entry.subject == who else entry.subject,
                details=details,
            )
        return entries[-1].id if len(entries) == limit else None

    async def delete_item(self, item: KeptItem) -> None:
        self._all.items.pop(int(item.item_id), None)
        links, registrations = self._all.links, self._all.registrations
        for key in [key for key, one in links.items() if (one.app, one.item_id) == (item.app, item.item_id)]:
            del links[key]
        for number, one in list(registrations.items()):
            if (one.app, one.item_id) == (item.app, item.item_id):
                del registrations[number]

    async def delete_rest(self, account: Account) -> Mapping[str, int]:
        theirs = self._theirs(account)
        self._all.held = [held for held in self._all.held if held[0] not in theirs["conversations"]]
        for name, keys in theirs.items():
            for key in keys:
                del getattr(self._all, name)[key]
        return {name: len(keys) for name, keys in theirs.items() if keys}

    def _sessions(self, account: Account) -> list[int]:
        return self._theirs(account)["sessions"]

    def _is_their_lane(self, account: Account, lane: str) -> bool:
        theirs = self._theirs(account)
        return lane.startswith(tuple(f"conversation:{number}:" for number in theirs["conversations"])) or (
            lane in {f"{kind}:{number}" for kind in ("session", "waiting") for number in theirs["sessions"]}
        )

    def _theirs(self, account: Account) -> dict[str, list[Any]]:
        every, who = self._all, account.external_id
        mine = [one.id for one in every.conversations.values() if one.account_id == account.id]
        rooms = [every.conversations[number].session_room for number in mine]
        sessions = [one.number for one in every.sessions.values() if one.conversation_id in mine]
        lanes = tuple(f"conversation:{number}:" for number in mine)
        named = {f"{kind}:{number}" for kind in ("session", "waiting") for number in sessions}
        named |= {f"slowed:{number}" for number in mine}
        return {
            "deliveries": [
                one.id
                for one in every.deliveries.values()
                if one.lane.startswith(lanes or "none")
                or one.lane in named
                or mentions(who).search(payload_to_json(one.payload))
            ],
            "dialogs": [key for key in every.dialogs if key[1] == who],
            "postponed": [one.id for one in every.postponed.values() if one.conversation_id in mine],
            "rooms": [key for key, one in every.rooms.items() if one.conversation_id in mine],
            "customer_spaces": [key for key in every.customer_spaces if key == who],
            "sign_in_links": [key for key, one in every.sign_in_links.items() if one.user_id == who],
            "read_marks": [key for key in every.read_marks if key[0] in mine],
            "item_requests": [
                key for key, one in every.item_requests.items() if one.account_id == account.id
            ],
            "registrations": [
                key for key, one in every.registrations.items() if one.account_id == account.id
            ],
            "links": [key for key in every.links if key[0] == account.id],
            "messages": [one.id for one in every.messages.values() if one.conversation_id in mine],
            "sessions": sessions,
            "conversations": mine,
            "session_rooms": [room.id for room in rooms if room is not None],
            "accounts": [account.id] if account.id in every.accounts else [],
        }
