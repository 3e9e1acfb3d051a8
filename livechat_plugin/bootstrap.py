"""Putting everything together: the only place that knows every part and reads the configuration."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pluggy
import structlog
from fastapi import FastAPI

from livechat_plugin.channels.matrix import MatrixChannel
from livechat_plugin.core.apps import App
from livechat_plugin.core.errors import ConfigurationError, HomeserverRefused, LivechatError, StoreUnavailable
from livechat_plugin.core.naming import Naming
from livechat_plugin.core.routing import RoutingRule
from livechat_plugin.hookcalls import Hooks
from livechat_plugin.matrix.client import AppserviceClient
from livechat_plugin.matrix.events import MatrixEventReader
from livechat_plugin.matrix.gateway import MatrixHomeserver
from livechat_plugin.matrix.registration import AppserviceRegistration
from livechat_plugin.plugins import HookSwitch, find_hooks, load_hooks
from livechat_plugin.resources import bundled
from livechat_plugin.services.announcements import Announcements
from livechat_plugin.services.assignments import Assignments
from livechat_plugin.services.background import Background, end
from livechat_plugin.services.bot_chats import BotChats
from livechat_plugin.services.commands import Commands, Services
from livechat_plugin.services.customers import CustomerSide
from livechat_plugin.services.deliveries import (
    ActForCustomer,
    ActInSessionRoom,
    AdmitOperator,
    Delivery,
    JoinCustomerRoom,
    JoinRoom,
    LeaveRoom,
    Payload,
    PrepareSessionRoom,
    PrepareSpareRoom,
    ProvisionLiveChat,
    RouteSession,
    SayFarewell,
    SayInRoom,
    ShowCard,
    TidySession,
)
from livechat_plugin.services.delivering.acts import ActDelivery
from livechat_plugin.services.delivering.cards import CardDelivery
from livechat_plugin.services.delivering.doors import DoorDelivery
from livechat_plugin.services.delivering.giving_up import GivingUp
from livechat_plugin.services.delivering.live_chats import LiveChatDelivery
from livechat_plugin.services.delivering.opening import Opening
from livechat_plugin.services.delivering.session_rooms import SessionRoomDelivery
from livechat_plugin.services.dispatcher import Dispatcher, Handler
from livechat_plugin.services.inbox import Inbox
from livechat_plugin.services.invitations import MATRIX, Invitations
from livechat_plugin.services.ledger import Ledger
from livechat_plugin.services.operators import OperatorSide
from livechat_plugin.services.ports import Channel, Clock, Homeserver
from livechat_plugin.services.queue_room import QueueRoom
from livechat_plugin.services.reconciliation import Reconciliation
from livechat_plugin.services.relay import Relay
from livechat_plugin.services.signals import SignalRelay
from livechat_plugin.services.terms import Terms
from livechat_plugin.settings import Settings, load_settings
from livechat_plugin.store.database import Database
from livechat_plugin.store.leadership import open_leadership
from livechat_plugin.web.application import create_application
from livechat_plugin.web.metrics import PrometheusMeter
from livechat_plugin.web.transactions import Transactions

log = structlog.get_logger()

FIRST_ANSWER = 2.0
"""Seconds for which the start waits to learn whether another process is at work."""

SPARE_ROOMS = 4
"""Session rooms kept ready for each live chat, so that opening a session waits for no room to be made."""


class SystemClock:
    """Implements the `Clock` port."""

    def now(self) -> datetime:
        """The present moment."""
        return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Configuration:
    """The configuration file and what it leads to, before anything is started."""

    file: Path
    settings: Settings
    registration: AppserviceRegistration
    naming: Naming


def configure(file: Path) -> Configuration:
    """Read the configuration and the registration that it names.

    Raises:
        ConfigurationError: either is missing, broken or refused.
    """
    settings = load_settings(file)
    registration = AppserviceRegistration.load(settings.homeserver.registration)
    naming = Naming(settings.homeserver.user_prefix, settings.homeserver.server_name)
    return Configuration(file, settings, registration, naming)


def load_configured_hooks(file: Path, settings: Settings) -> pluggy.PluginManager:
    """The hooks that are switched on.

    Raises:
        ConfigurationError: one cannot be loaded or its settings are refused.
    """
    found = find_hooks(bundled("hooks"), settings.plugin.hook_folders)
    switches = {name: HookSwitch(hook.enabled, hook.options) for name, hook in settings.hooks.items()}
    return load_hooks(found, switches, str(file))


async def routing_rules(hooks: Hooks) -> list[RoutingRule]:
    """The routing rules that the hooks offer."""
    return await hooks.register("livechat_register_routing_rules", RoutingRule, lambda rule: rule.name)


async def check_registrations(hooks: Hooks) -> None:
    """Ask every `livechat_register_…` hook once, so that a wrong one stops the start.

    Raises:
        ConfigurationError: a hook fails, two entries share a key, or an app has no Account field.
    """
    await routing_rules(hooks)
    for name in ("livechat_register_account_apps", "livechat_register_message_apps"):
        for app in await hooks.register(name, App, lambda app: app.key):
            try:
                app.account_field()
            except LivechatError as error:
                raise ConfigurationError("plugin.toml", f"hooks ({name})", str(error)) from error


async def migrate(settings: Settings) -> None:
    """Bring the database up to date; quick if it is.

    Raises:
        StoreUnavailable: it cannot be reached.
    """
    store = Database(settings.database.async_url, lambda _: None, lambda _: None)
    try:
        if await store.is_current():
            return
    finally:
        await store.close()
    from livechat_plugin.store.migrate import upgrade  # noqa: PLC0415 - loading alembic takes its time

    await upgrade(settings.database.async_url, bundled("migrations"))


class Plugin:
    """Everything that runs in one process, connected.

    Args:
        configuration: as read by `configure`.
    """

    def __init__(self, configuration: Configuration) -> None:
        settings, naming = configuration.settings, configuration.naming
        administrators = tuple(settings.access.administrators)
        clock: Clock = SystemClock()
        self.configuration = configuration
        self.meter = PrometheusMeter()
        self.client = AppserviceClient(
            settings.homeserver.url, configuration.registration.as_token.get_secret_value()
        )
        homeserver: Homeserver = MatrixHomeserver(self.client, naming)
        self.homeserver = homeserver
        manager = load_configured_hooks(configuration.file, settings)
        self.hooks = Hooks(manager, on_failure=lambda name: self.meter.count("hook_failures", name))
        self.announcements = Announcements(self.hooks)
        self.store = Database(settings.database.async_url, self._wake, self.announcements.publish)
        channels: Mapping[str, Channel] = {MATRIX: MatrixChannel(homeserver)}

        relay = Relay(naming)
        assignments = Assignments(clock, naming)
        commands = Commands(Services(assignments, relay, naming))
        customers = CustomerSide(relay, naming, clock, administrators)
        self.inbox = Inbox(
            self.store,
            clock,
            self.meter,
            naming,
            customers=customers,
            operators=OperatorSide(relay, assignments, commands),
            queue=QueueRoom(assignments, commands, naming),
            invitations=Invitations(relay, naming, administrators),
            bot_chats=BotChats(commands, naming.bot),
        )
        handlers = self._handlers(
            acts=ActDelivery(self.store, homeserver, channels, naming),
            opening=Opening(self.store, self.hooks, assignments, relay, clock),
            cards=CardDelivery(self.store, homeserver, naming),
            session_rooms=SessionRoomDelivery(self.store, homeserver, naming),
            doors=DoorDelivery(self.store, homeserver, customers, naming, clock),
            live_chats=LiveChatDelivery(self.store, homeserver, naming, SPARE_ROOMS),
        )
        giving_up = GivingUp(relay, assignments, naming, clock)

        def new_dispatcher() -> Dispatcher:
            return Dispatcher(self.store, Ledger(self.store), handlers, giving_up, clock, self.meter)

        self._new_dispatcher = new_dispatcher
        self.dispatcher = new_dispatcher()
        self.terms = Terms(open_leadership(settings.database.async_url), self._at_work)
        self.reconciliation = Reconciliation(self.store, homeserver, self.inbox, naming, clock, self.meter)
        self.signals = SignalRelay(self.store, homeserver, channels, naming, self.meter)
        self.background = Background()
        self.broken = asyncio.Event()
        """Set when a part of the plugin died, and the process should end and be started anew."""

    def application(self) -> FastAPI:
        """The web application, which starts and ends everything else with itself."""
        registration = self.configuration.registration
        transactions = Transactions(
            registration.hs_token.get_secret_value(),
            self.inbox,
            self.signals,
            MatrixEventReader(self.configuration.naming),
            self.background,
            self.meter,
            is_enabled=self.configuration.settings.plugin.enabled,
            is_waiting=lambda: not self.terms.is_at_work,
        )
        return create_application(
            transactions, self.meter, self.missing, lambda: self.dispatcher.waiting, self.running
        )

    async def prepare(self) -> None:
        """Make sure that the database and the hooks are fit for work.

        Raises:
            ConfigurationError: the database is not up to date, or what a hook registers is refused.
            StoreUnavailable: the database cannot be reached.
        """
        settings = self.configuration.settings
        if settings.database.is_embedded:
            await migrate(settings)
        elif not await self.store.is_current():
            reason = "the database is not up to date; run `livechat migrate`"
            raise ConfigurationError(str(self.configuration.file), "database.url", reason)
        await check_registrations(self.hooks)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Everything beside the web server, as long as this is the process at work."""
        await self.client.start()
        is_enabled = self.configuration.settings.plugin.enabled
        loops = [self._start(self.terms.run)] if is_enabled else []
        if is_enabled:
            # The web server starts after this, and a transaction refused now would come again only in seconds.
            with suppress(TimeoutError):
                await asyncio.wait_for(self.terms.has_asked.wait(), FIRST_ANSWER)
        try:
            yield
        finally:
            await end(loops)
            await self.background.stop()
            await self.client.close()
            await self.store.close()

    @asynccontextmanager
    async def _at_work(self) -> AsyncIterator[None]:
        """One term: deliveries, hooks' announcements, watching the homeserver."""
        # A new one each time: between two terms another process may have made what was in memory.
        self.dispatcher = self._new_dispatcher()
        loops = (self.dispatcher.run, self.announcements.run, self.reconciliation.run)
        work = [self._start(run) for run in loops]
        try:
            yield
        finally:
            await end(work)

    async def missing(self) -> dict[str, str]:
        """What is missing to work, by part; anybody may read it, so the reasons stay in the log."""
        missing: dict[str, str] = {}
        try:
            await self.store.ping()
        except StoreUnavailable:
            missing["database"] = "cannot be reached"
        if not self.configuration.settings.plugin.enabled:
            missing["plugin"] = "switched off in the configuration"
        elif not self.terms.is_at_work and not missing:
            missing["plugin"] = "another process is serving"
        try:
            await self.client.call("GET", "/_matrix/client/versions", timeout=5)
        except HomeserverRefused:
            missing["homeserver"] = "refuses the plugin's requests"
        except LivechatError:
            missing["homeserver"] = "does not answer"
        return missing

    def _start(self, run: Callable[[], Coroutine[Any, Any, None]]) -> asyncio.Task[None]:
        task = asyncio.create_task(run())
        task.add_done_callback(self._watch_over)
        return task

    def _watch_over(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            log.critical("a part of the plugin broke; the process ends", exc_info=error)
            self.broken.set()

    def _wake(self, deliveries: Sequence[Delivery]) -> None:
        self.dispatcher.wake(deliveries)

    @staticmethod
    def _handlers(
        *,
        acts: ActDelivery,
        opening: Opening,
        cards: CardDelivery,
        session_rooms: SessionRoomDelivery,
        doors: DoorDelivery,
        live_chats: LiveChatDelivery,
    ) -> dict[type[Payload], Handler]:
        return {
            ActInSessionRoom: acts.in_session_room,
            ActForCustomer: acts.for_customer,
            SayInRoom: acts.in_room,
            RouteSession: opening.route,
            SayFarewell: opening.farewell,
            ShowCard: cards.show,
            PrepareSessionRoom: session_rooms.prepare,
            PrepareSpareRoom: session_rooms.prepare_spare,
            AdmitOperator: session_rooms.admit,
            TidySession: session_rooms.tidy,
            JoinCustomerRoom: doors.join_customer,
            JoinRoom: doors.join,
            LeaveRoom: doors.leave,
            ProvisionLiveChat: live_chats.provision,
        }
