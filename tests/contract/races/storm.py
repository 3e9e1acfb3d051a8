"""Many things that people do at the same time, at random but from a seed, in several processes on one database."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from random import Random

from livechat_plugin.core.employees import OperatorStatus
from livechat_plugin.core.errors import ConcurrentChange, LivechatError, Refused
from livechat_plugin.core.sessions import Priority
from livechat_plugin.services.again import anew
from livechat_plugin.services.answers import Draft
from livechat_plugin.services.live_chats import form_of
from tests.contract.races.service import ANNA, BORIS, EVE, SAM, Deed, Process, Service
from tests.unit.wiring import ADA, SERVER

CUSTOMERS = [f"@customer{number}:{SERVER}" for number in range(8)]
OPERATORS = [ANNA, BORIS, EVE]


class Storm:
    """What a storm did, and what became of it.

    Attributes:
        written: what each customer has written, in order.
        refused: how often something was refused, by the kind of refusal.
        is_raging: whether it is going on.
        overtaken: who was turned away because somebody else was faster, which nobody may be.
    """

    def __init__(self, service: Service, seed: int) -> None:
        self.service = service
        self.chance = Random(seed)  # noqa: S311 - chance for a test
        self.written: dict[str, list[str]] = defaultdict(list)
        self.refused: Counter[str] = Counter()
        self.overtaken: list[str] = []
        self.is_raging = False
        self._open = [1]

    async def begin(self) -> None:
        """Every customer has written once, and an operator serves every second one."""
        for user in CUSTOMERS:
            self.service.homeserver.introduce(user)
            await self.service.write(user, "0")
            self.written[user].append("0")

    async def rage(self, seconds: float) -> None:
        """Let people do things for so long."""
        self.is_raging = True
        end = asyncio.get_running_loop().time() + seconds
        shares = [
            CUSTOMERS[number :: len(self.service.processes)] for number in range(len(self.service.processes))
        ]
        people = [
            self._people(process, share, end)
            for process, share in zip(self.service.processes, shares, strict=True)
        ]
        clicks = [self._clicks(process, end) for process in self.service.processes for _ in range(2)]
        await asyncio.gather(*people, *clicks, self._office(self.service.processes[-1], end))
        self.is_raging = False
        await self.service.settle()

    async def _people(self, process: Process, customers: list[str], end: float) -> None:
        """What the homeserver brings one process: transactions about many rooms, one after another."""
        service = self.service
        live_chat = await service.live_chat()
        queue, ghost = live_chat.queue_room or "", service.naming.live_chat("support")
        while asyncio.get_running_loop().time() < end:
            for _ in range(self.chance.randint(1, 6)):
                match self.chance.randint(1, 10):
                    case 1 | 2 | 3 | 4 | 5 | 6:
                        customer = self.chance.choice(customers)
                        words = str(len(self.written[customer]))
                        self.written[customer].append(words)
                        await service.people.say(customer, service.chats_of(customer, ghost)[-1], words)
                    case 7:
                        customer = self.chance.choice(customers)
                        await service.people.present(customer, f"Name {self.chance.randint(1, 9)}")
                    case 8 | 9:
                        who, number = self.chance.choice(OPERATORS), self._session()
                        command = self.chance.choice(
                            [f"!take {number}", f"!priority {number} high", "!offline"]
                        )
                        await service.people.say(who, queue, command)
                    case _:
                        command = self.chance.choice(
                            [f"!assign {self._session()} {BORIS}", "!who", "!online"]
                        )
                        await service.people.say(SAM, queue, command)
            events = list(service.homeserver.unpushed)
            service.homeserver.unpushed.clear()
            await service.push(*events, process=process)

    async def _clicks(self, process: Process, end: float) -> None:
        """What people click in the console."""
        while asyncio.get_running_loop().time() < end:
            await self._attempt(self._click(process))

    def _click(  # noqa: PLR0911 - one for each button
        self, process: Process
    ) -> Callable[[], Awaitable[object]]:
        cases, desk = process.use_cases, process.use_cases.session_desk
        who, number = self.chance.choice(OPERATORS), self._session()
        other = self.chance.choice([one for one in OPERATORS if one != who])
        match self.chance.randint(1, 8):
            case 1 | 2:
                return lambda: self._do(process, number, self._take(process, who))
            case 3:
                return lambda: desk.take_over(SAM, number)
            case 4:
                return lambda: desk.transfer(who, number, other, "a note")
            case 5:
                return lambda: desk.close(SAM, number)
            case 6:
                return lambda: desk.rename(SAM, number, f"Name {self.chance.randint(1, 9)}")
            case 7:
                return lambda: desk.prioritize(SAM, number, self.chance.choice(list(Priority)))
            case _:
                token = f"token{self.chance.randint(1, 10**12)}"
                return lambda: cases.answers.send(who, number, Draft(token, "An answer"))

    async def _office(self, process: Process, end: float) -> None:
        """What administrators and employees say of themselves and others."""
        while asyncio.get_running_loop().time() < end:
            await self._attempt(self._act(process, self.chance.choice(OPERATORS)))
            async with process.store.read() as work:
                self._open = [session.number for session in await work.sessions.open_in(1, 100)] or [1]
            await asyncio.sleep(0.01)

    def _act(self, process: Process, who: str) -> Callable[[], Awaitable[object]]:
        match self.chance.randint(1, 3):
            case 1:
                return lambda: self._disable(process, who)
            case 2:
                return lambda: self._status(process, who)
            case _:
                return lambda: self._edit(process)

    async def _attempt(self, act: Callable[[], Awaitable[object]]) -> bool:
        """Do it; whether it was done. What is refused is told, and that is all right."""
        try:
            await act()
        except Refused as error:
            self.refused[type(error).__name__] += 1
            return False
        except ConcurrentChange as error:
            self.overtaken.append(str(error))
            return False
        except LivechatError as error:
            raise AssertionError(f"an error that nobody expects: {error!r}") from error
        return True

    async def _do(self, process: Process, number: int, deed: Deed) -> None:
        refusal = await process.do(number, deed)
        if refusal is not None:
            raise Refused(refusal)

    def _take(self, process: Process, who: str) -> Deed:
        return lambda work, view, session: process.use_cases.assignments.take(work, view, session, who)

    @anew
    async def _disable(self, process: Process, who: str) -> None:
        """Or enable them, if they are disabled."""
        control = process.use_cases.commands.services.operator_control
        async with process.store.begin() as work:
            if await work.employees.is_disabled(who):
                await control.enable(work, ADA, who)
            else:
                await control.disable(work, ADA, who)
            await work.commit()

    @anew
    async def _status(self, process: Process, who: str) -> None:
        async with process.store.begin() as work:
            await process.use_cases.commands.services.attendance.set_status(
                work, who, self.chance.choice([OperatorStatus.ONLINE, OperatorStatus.AWAY])
            )
            await work.commit()

    @anew
    async def _edit(self, process: Process) -> None:
        administration = process.use_cases.administration
        async with process.store.read() as work:
            before = await administration.find(work, "support")
        form = form_of(before).changed({"show_operator_name": not before.show_operator_name})
        checked = await administration.checking.look(form)
        async with process.store.begin() as work:
            await administration.edit(work, ADA, checked, before.version)
            await work.commit()

    def _session(self) -> int:
        """A number that there may be; mostly one of the newest."""
        return self.chance.choice(self._open)
