"""Erasing one customer's data: who may, what it would do, and the report (requirement E18)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from livechat_plugin.core.conversations import Account
from livechat_plugin.core.erasure import ErasureReport, pseudonym
from livechat_plugin.core.errors import NotConfirmed, Refused
from livechat_plugin.core.moments import show_moment
from livechat_plugin.core.wording import erasure as wording
from livechat_plugin.services.deliveries import EraseCustomer, erasure_lane
from livechat_plugin.services.ports import Clock
from livechat_plugin.services.repositories.erasure import Surroundings
from livechat_plugin.services.roles import Roles
from livechat_plugin.services.unit_of_work import UnitOfWork

NOTE = "erasure:"
"""How the notes begin that hold reports."""


class CustomerNotFound(Refused):
    """No customer has this id, or several networks know one."""


@dataclass(frozen=True, slots=True)
class ErasurePlan:
    """What an erasure would do.

    Attributes:
        rows: how many are the customer's, by table.
        remains: what would stay, with the reason.
    """

    account: Account
    rows: Mapping[str, int]
    remains: Sequence[str]


@dataclass(frozen=True, slots=True)
class Erasure:
    """Lets administrators erase a customer's data."""

    roles: Roles
    clock: Clock

    async def plan(self, work: UnitOfWork, actor: str, who: str, *, with_items: bool = False) -> ErasurePlan:
        """What there is of a customer, named by the number of their account or their id on its network.

        Raises:
            NotAnAdministrator: who asks is none.
            CustomerNotFound: there is no such customer, or it could be several.
        """
        await self.roles.require_administrator(work, actor)
        account = await _find(work, who)
        around = await work.erasure.surroundings(account)
        rows = await work.erasure.count(account)
        return ErasurePlan(account, rows, remains(around, with_items=with_items))

    async def order(
        self, work: UnitOfWork, actor: str, who: str, name: str, *, with_items: bool = False
    ) -> Account:
        """Begin to erase a customer's data; it goes on by itself, whatever happens meanwhile.

        Args:
            work: the unit of work.
            actor: who orders it.
            who: as for `plan`.
            name: the customer's name or id as they wrote it to confirm.
            with_items: whether items of our own database go, too.

        Raises:
            NotAnAdministrator: who asks is none.
            CustomerNotFound: there is no such customer, or it could be several.
            NotConfirmed: the name is another.
            Refused: it is under way already.
        """
        await self.roles.require_administrator(work, actor)
        account = await _find(work, who)
        if name not in {account.display_name, account.external_id}:
            raise NotConfirmed(account.display_name)
        if await work.inbox.note(f"{NOTE}{account.id}") is not None:
            raise Refused(f"The erasure of account {account.id} is under way already.")
        around = await work.erasure.surroundings(account)
        now = self.clock.now()
        by = pseudonym(account.id) if actor == account.external_id else actor
        report = ErasureReport(account.id, by, show_moment(now))
        await keep_report(work, replace(report, remains=tuple(remains(around, with_items=with_items))))
        await work.outbox.add(erasure_lane(account.id), EraseCustomer(account.id, with_items))
        await work.audit.add(now, actor, "customer.erased", pseudonym(account.id))
        return account

    async def report(self, work: UnitOfWork, actor: str, account_id: int) -> ErasureReport:
        """What became of an erasure.

        Raises:
            NotAnAdministrator: who asks is none.
            Refused: no erasure has this number.
        """
        await self.roles.require_administrator(work, actor)
        report = await read_report(work, account_id)
        if report is None:
            raise Refused(f"There is no erasure of an account {account_id}.")
        return report


def remains(around: Surroundings, *, with_items: bool) -> Sequence[str]:
    """What an erasure leaves, with the reason."""
    lines = [
        wording.item_remains(item.app, item.item_id, is_ours=item.is_ours)
        for item in around.items
        if not (with_items and item.is_ours)
    ]
    # What names the customer's item may name them, but not their names in groups: those are ids.
    lines += [wording.named_in(where) for where in around.named_in]
    if around.is_employee:
        lines.append(wording.IS_EMPLOYEE)
    return lines


async def keep_report(work: UnitOfWork, report: ErasureReport) -> None:
    """In place of the one before."""
    await work.inbox.keep_note(f"{NOTE}{report.account_id}", json.dumps(asdict(report), ensure_ascii=False))


async def read_report(work: UnitOfWork, account_id: int) -> ErasureReport | None:
    """As it stands now."""
    kept = await work.inbox.note(f"{NOTE}{account_id}")
    if kept is None:
        return None
    fields = json.loads(kept)
    return ErasureReport(**{**fields, "remains": tuple(fields["remains"]), "files": tuple(fields["files"])})


async def _find(work: UnitOfWork, who: str) -> Account:
    account = await work.erasure.account(int(who)) if who.isdecimal() and len(who) < 10 else None
    found = [account] if account is not None else list(await work.erasure.find(who))
    if len(found) != 1:
        numbers = ", ".join(str(one.id) for one in found)
        known = f" Several accounts have this id: name one by its number, {numbers}." if found else ""
        raise CustomerNotFound(
            f"There is no customer {who[:100]!r}.{known}" if not found else f"Which customer?{known}"
        )
    return found[0]
