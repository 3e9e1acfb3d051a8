"""Erasing a customer's data, one part in each delivery: whoever kills us finds the next part owed."""

import asyncio
import hashlib
import re
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta

from livechat_plugin.core.acts import Redact, Target
from livechat_plugin.core.conversations import MATRIX, Account
from livechat_plugin.core.erasure import ErasureStep, mentions, pseudonym
from livechat_plugin.core.errors import HomeserverRefused
from livechat_plugin.core.moments import show_moment
from livechat_plugin.core.naming import Naming
from livechat_plugin.core.wording import erasure as wording
from livechat_plugin.services.assignments import Assignments
from livechat_plugin.services.deliveries import (
    ADMINISTRATORS_LANE,
    DeleteFiles,
    Delivery,
    EraseCustomer,
    TellAdministrators,
    erasure_lane,
)
from livechat_plugin.services.delivering.outcome import Done
from livechat_plugin.services.erasure import keep_report, read_report
from livechat_plugin.services.erasure_places import Place, places_of
from livechat_plugin.services.files_said import Uploader, files_of
from livechat_plugin.services.ports import Clock, Homeserver, Store
from livechat_plugin.services.traces import Trace
from livechat_plugin.services.unit_of_work import UnitOfWork

MESSAGES = 500
"""Rows of messages that are deleted, or looked into for files, in one unit of work."""

ENTRIES = 2_000
"""Entries of the audit log that are looked at in one unit of work."""

SETTLES = 60
"""How often it is looked whether something is still on its way, once in a second; then it is let go."""

CLOCKS = timedelta(days=1)
"""The homeserver's clock may show another time than ours."""

DELETED = "rooms deleted"

AT_ONCE = 8
"""Redactions under way at the same time."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one delivery has done, and what is next."""

    next: EraseCustomer | None
    erased: Mapping[str, int]
    remains: tuple[str, ...] = ()
    files: frozenset[str] = frozenset()
    pause: timedelta | None = None


Kept = Callable[[UnitOfWork], Awaitable[Part]]
"""What is done within the unit of work that strikes the delivery off: it is done and counted once."""


@dataclass(frozen=True, slots=True)
class ErasingDelivery:
    """Makes the deliveries of an erasure."""

    store: Store
    homeserver: Homeserver
    assignments: Assignments
    naming: Naming
    clock: Clock

    async def erase(self, _: Delivery, payload: EraseCustomer) -> Done:
        """One part of it."""
        async with self.store.read() as work:
            account = await work.erasure.account(payload.account_id)
        if account is None:
            return Done()
        part = await self._part(account, payload)

        async def keep(work: UnitOfWork) -> None:
            await self._keep(work, payload, part if isinstance(part, Part) else await part(work))

        return Done(keep)

    async def _part(self, account: Account, payload: EraseCustomer) -> Part | Kept:
        steps: Mapping[ErasureStep, Callable[[Account, EraseCustomer], Awaitable[Part | Kept]]] = {
            ErasureStep.CLOSE: self._close,
            ErasureStep.SETTLE: self._settle,
            ErasureStep.FILES: self._files,
            ErasureStep.ROOMS: self._rooms,
            ErasureStep.GHOSTS: self._ghosts,
            ErasureStep.ITEMS: self._items,
            ErasureStep.AUDIT: self._audit,
            ErasureStep.MESSAGES: self._messages,
            ErasureStep.ROWS: self._rows,
        }
        return await steps[payload.step](account, payload)

    async def _keep(self, work: UnitOfWork, payload: EraseCustomer, part: Part) -> None:
        report = await read_report(work, payload.account_id)
        if report is None:  # a database restored to before it was ordered
            return
        report = report.with_more(part.erased, part.remains, part.files)
        if part.next is None:
            report = replace(report, ended_at=show_moment(self.clock.now()))
            words = TellAdministrators(wording.erasure_report(report))
            await work.outbox.add(ADMINISTRATORS_LANE, words)
        else:
            due_at = self.clock.now() + part.pause if part.pause is not None else None
            await work.outbox.add(erasure_lane(payload.account_id), part.next, due_at)
        await keep_report(work, report)

    async def delete_files(self, _: Delivery, payload: DeleteFiles) -> Done:
        """Files of what went because it was old; without an admin token they stay."""
        await self._delete_files({Uploader(payload.by, payload.or_us): set(payload.files)})
        return Done()

    # --- steps ---

    async def _close(self, account: Account, payload: EraseCustomer) -> Kept:
        """No session goes on, and what comes from the customer's rooms is not ours any more."""

        async def close(work: UnitOfWork) -> Part:
            closed = 0
            for known in await work.conversations.of_customer(account.network, account.external_id):
                view = await work.conversations.view(known.id)
                if view.session is not None:
                    await self.assignments.close(work, view, view.session, reason=wording.ERASED)
                    closed += 1
                await work.inbox.release(known.id)  # passed on later, it would open another session
                await work.conversations.slow(known.id, is_slowed=False)
                if known.customer_room is not None:
                    await work.rooms.forget(known.customer_room)
            return Part(_next(payload, ErasureStep.SETTLE), {"sessions closed": closed})

        return close

    async def _settle(self, account: Account, payload: EraseCustomer) -> Part:
        async with self.store.read() as work:
            is_owed = await work.erasure.is_owed(account)
        if is_owed and payload.number < SETTLES:
            again = replace(payload, number=payload.number + 1)
            return Part(again, {}, pause=timedelta(seconds=1))
        return Part(_next(payload, ErasureStep.FILES), {})

    async def _files(self, account: Account, payload: EraseCustomer) -> Part:
        async with self.store.read() as work:
            said, after = await work.erasure.contents(account, payload.number, MESSAGES)
        deleted, files_left = await self._delete_files(files_of(said))
        following = replace(payload, number=after) if after is not None else None
        return Part(
            following or _next(payload, ErasureStep.ROOMS), {"files deleted": deleted}, files=files_left
        )

    async def _rooms(self, account: Account, payload: EraseCustomer) -> Part:
        async with self.store.read() as work:
            places = await places_of(work, self.naming, account)
            around = await work.erasure.surroundings(account)
        if payload.number >= len(places):
            return Part(_next(payload, ErasureStep.GHOSTS), {}, self._about_homeserver(account, places))
        place = places[payload.number]
        next_place = replace(payload, number=payload.number + 1, page=None)
        try:
            page = await self.homeserver.traces(place.room_id, place.owner, payload.page)
        except HomeserverRefused:
            left = await self._leave(account, place)
            is_deleted = DELETED in left
            remains = () if is_deleted else (wording.room_out_of_reach(place.room_id),)
            return Part(next_place, left if is_deleted else {}, remains)
        named = _naming(account, around.sessions)
        traces = [trace for trace in page.traces if place.is_ours_to_erase(trace, named, self.naming)]
        deleted, files = 0, frozenset[str]()
        if not place.is_shared:
            deleted, files = await self._delete_files(self._files_in(account, place, traces))
        refused = redacted = 0
        if not await self._can_purge(account, place):
            refused = await self._redact(place, traces)
            redacted = len(traces) - refused
        erased = {"events redacted": redacted, "files deleted": deleted}
        remains = (wording.redactions_refused(refused, place.room_id),) if refused else ()
        is_before = place.is_shared and (
            around.since is None
            or (page.oldest is not None and page.oldest < (around.since - CLOCKS).timestamp())
        )
        if page.end is not None and not is_before:
            return Part(replace(payload, page=page.end), erased, remains, files)
        return Part(next_place, {**erased, **await self._leave(account, place)}, remains, files)

    async def _ghosts(self, account: Account, payload: EraseCustomer) -> Part:
        async with self.store.read() as work:
            places = await places_of(work, self.naming, account)
        retired = 0
        for place in places:
            if place.customer_ghost is not None:
                await self.homeserver.retire(place.customer_ghost)
                retired += 1
        return Part(_next(payload, ErasureStep.ITEMS), {"ghosts deactivated": retired})

    async def _items(self, account: Account, payload: EraseCustomer) -> Kept:
        async def delete(work: UnitOfWork) -> Part:
            items = (await work.erasure.surroundings(account)).items if payload.with_items else ()
            ours = [item for item in items if item.is_ours]
            for item in ours:
                await work.erasure.delete_item(item)
            return Part(_next(payload, ErasureStep.AUDIT), {"items": len(ours)})

        return delete

    async def _audit(self, account: Account, payload: EraseCustomer) -> Kept:
        async def disguise(work: UnitOfWork) -> Part:
            name = pseudonym(account.id)
            after = await work.erasure.disguise_audit(account, name, payload.number, ENTRIES)
            following = replace(payload, number=after) if after is not None else None
            return Part(following or _next(payload, ErasureStep.MESSAGES), {})

        return disguise

    async def _messages(self, account: Account, payload: EraseCustomer) -> Kept:
        async def delete(work: UnitOfWork) -> Part:
            gone = await work.erasure.delete_messages(account, MESSAGES)
            following = payload if gone == MESSAGES else _next(payload, ErasureStep.ROWS)
            return Part(following, {"rows of messages": gone})

        return delete

    async def _rows(self, account: Account, _: EraseCustomer) -> Kept:
        async def delete(work: UnitOfWork) -> Part:
            gone = await work.erasure.delete_rest(account)
            return Part(None, {f"rows of {name}": number for name, number in gone.items()})

        return delete

    # --- what they need ---

    async def _can_purge(self, account: Account, place: Place) -> bool:
        """Not what others have made their own: customers can let anybody into their room when we are gone."""
        if not self.homeserver.is_administrator or place.is_shared:
            return False
        if place.is_our_own:
            return True
        with suppress(HomeserverRefused):
            present = await self.homeserver.present(place.room_id)
            return all(self.naming.is_ours(user) or user == account.external_id for user in present)
        return False

    def _files_in(
        self, account: Account, place: Place, traces: Sequence[Trace]
    ) -> Mapping[Uploader, set[str]]:
        files: dict[Uploader, set[str]] = {}
        for trace in traces:
            if trace.sender == place.customer_ghost:
                uploader = Uploader(account.external_id)
            else:
                uploader = Uploader(trace.sender, or_we=True)
            files.setdefault(uploader, set()).update(trace.files)
        return files

    def _about_homeserver(self, account: Account, places: Sequence[Place]) -> tuple[str, ...]:
        lines = []
        if account.network == MATRIX and not self.naming.is_local(account.external_id):
            lines.append(wording.FEDERATED)
        if not self.homeserver.is_administrator:
            lines += [wording.OWN_MESSAGES, wording.WITHOUT_ADMINISTRATOR]
        return tuple(lines) if places else ()

    async def _delete_files(self, files: Mapping[Uploader, set[str]]) -> tuple[int, frozenset[str]]:
        """How many went, and those that we may not delete; files of others stay, whoever has named them."""
        here = f"mxc://{self.naming.server_name}/"
        ours = sorted(
            {(url, of) for of, urls in files.items() for url in urls if url.startswith(here)}, key=str
        )
        if not self.homeserver.is_administrator:
            return 0, frozenset(url for url, _ in ours)
        deleted, left = 0, set()
        for url, of in ours:
            try:
                who = await self.homeserver.uploader(url)
                if who is not None and (who == of.user_id or (of.or_we and self.naming.is_ours(who))):
                    deleted += await self.homeserver.delete_file(url)
            except HomeserverRefused:
                left.add(url)
        return deleted, frozenset(left)

    async def _redact(self, place: Place, traces: Sequence[Trace]) -> int:
        """Take events back; returns how many the room does not let us."""
        refused = 0
        for begin in range(0, len(traces), AT_ONCE):
            some = traces[begin : begin + AT_ONCE]
            refused += sum(await asyncio.gather(*(self._is_refused(place, trace) for trace in some)))
        return refused

    async def _is_refused(self, place: Place, trace: Trace) -> bool:
        token = hashlib.sha256(f"erase {trace.event_id}".encode()).hexdigest()[:16]
        redact = Redact(Target(None, trace.event_id))
        ghosts = [place.owner]
        if self.naming.is_ours(trace.sender) and trace.sender != place.owner:
            ghosts.insert(0, trace.sender)
        for ghost in ghosts:
            with suppress(HomeserverRefused):
                await self.homeserver.act(place.room_id, ghost, redact, token)
                return False
        return True

    async def _leave(self, account: Account, place: Place) -> Mapping[str, int]:
        """Nobody finds anything of ours there; a room of our own is empty after it."""
        if place.is_shared:
            return {}
        homeserver, room_id = self.homeserver, place.room_id
        with suppress(HomeserverRefused):
            if place.is_our_own:
                if place.space is not None:
                    await homeserver.put_into_space(place.space, place.owner, room_id, is_in=False)
                await homeserver.rename_room(room_id, place.owner, wording.ERASED_ROOM)
                for user_id in sorted(await homeserver.members(room_id, place.owner)):
                    if not self.naming.is_ours(user_id):
                        await homeserver.remove(room_id, place.owner, user_id, wording.ERASED)
        if await self._can_purge(account, place):
            with suppress(HomeserverRefused):
                await homeserver.purge(room_id)
                return {DELETED: 1}
        for ghost in place.ghosts:
            await homeserver.leave(room_id, ghost, "")
            await homeserver.forget(room_id, ghost)
        return {"rooms left": 1}


def _next(payload: EraseCustomer, step: ErasureStep) -> EraseCustomer:
    return replace(payload, step=step, number=0, page=None)


def _naming(account: Account, sessions: Collection[int]) -> re.Pattern[str]:
    """What tells that something said in a queue room is about the customer: their id, their sessions' numbers."""
    numbers = "|".join(map(str, sorted(sessions)))
    about = [mentions(account.external_id).pattern, *([rf"#(?:{numbers})(?!\d)"] if numbers else [])]
    return re.compile("|".join(about))
