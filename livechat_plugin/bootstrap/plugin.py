"""Everything that runs in one process: the use cases on the real homeserver and database, and when each part runs."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Coroutine, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

import structlog
from fastapi import FastAPI

from livechat_plugin.bootstrap.clock import SystemClock
from livechat_plugin.bootstrap.configuration import Configuration
from livechat_plugin.bootstrap.console import console_on, panel_on
from livechat_plugin.bootstrap.following import Following
from livechat_plugin.bootstrap.hooks import check_registrations, load_configured_hooks
from livechat_plugin.bootstrap.installation import RunningInstallation
from livechat_plugin.bootstrap.migration import migrate
from livechat_plugin.bootstrap.outside import client_of, homeserver_on, ports_of
from livechat_plugin.bootstrap.use_cases import UseCases
from livechat_plugin.channels.matrix import MatrixChannel
from livechat_plugin.core.conversations import MATRIX
from livechat_plugin.core.errors import (
    ConfigurationError,
    HomeserverRefused,
    LivechatError,
    StoreFull,
    StoreUnavailable,
)
from livechat_plugin.hookcalls import Hooks
from livechat_plugin.matrix.events import MatrixEventReader
from livechat_plugin.services.announcements import Announcements
from livechat_plugin.services.app_catalogue import AppCatalogue
from livechat_plugin.services.background import Background, end
from livechat_plugin.services.bus import APPS, News
from livechat_plugin.services.configuration_news import ConfigurationNews, InUse
from livechat_plugin.services.deliveries import Delivery
from livechat_plugin.services.dispatcher import Dispatcher
from livechat_plugin.services.hook_tasks import HookTasks
from livechat_plugin.services.leases import Leases
from livechat_plugin.services.live import Live
from livechat_plugin.services.replicas import Census, Part, part_of
from livechat_plugin.services.retention import Limits, Retention
from livechat_plugin.services.terms import Terms
from livechat_plugin.store.database import Database
from livechat_plugin.store.leadership import open_replica
from livechat_plugin.store.schema import SchemaState
from livechat_plugin.web import static_files
from livechat_plugin.web.application import create_application
from livechat_plugin.web.metrics import PrometheusMeter
from livechat_plugin.web.transactions import Transactions

log = structlog.get_logger()

FIRST_ANSWER = 2.0
"""Seconds for which the start waits to learn whether another process is at work."""

SPARE_ROOMS = 4
"""Session rooms kept ready for each live chat, so that opening a session waits for no room to be made."""


class Plugin:
    """Everything that runs in one process, connected.

    Args:
        configuration: as read by `configure`.
    """

    def __init__(self, configuration: Configuration) -> None:
        settings = configuration.settings
        self.configuration = configuration
        self.meter = PrometheusMeter()
        self.client = client_of(configuration)
        homeserver = homeserver_on(configuration, self.client)
        manager = load_configured_hooks(configuration.file, settings)
        self.hooks = Hooks(manager, on_failure=lambda name: self.meter.count("hook_failures", name))
        self.announcements = Announcements(self.hooks)
        self.live = Live()
        self.meter.open_pages.set_function(lambda: self.live.pages)
        self.store = Database(
            settings.database.async_url,
            self._wake,
            self.announcements.publish,
            self._touched,
            lambda: self.dispatcher.doubt(),  # noqa: PLW0108 - there is a new one each term
        )
        self.bus = self.store.bus()
        self.use_cases = UseCases(
            ports_of(
                configuration,
                store=self.store,
                homeserver=homeserver,
                channels={MATRIX: MatrixChannel(homeserver)},
                hooks=self.hooks,
                meter=self.meter,
                spare_rooms=SPARE_ROOMS,
                bus=self.bus,
            )
        )
        self.following = Following(
            configuration,
            self.hooks,
            lambda settings: load_configured_hooks(configuration.file, settings),
            self._check,
            self._use,
        )
        self.retention = Retention(self.store, SystemClock(), self.meter, self._retention_limits)
        self.news = ConfigurationNews(self.store, SystemClock(), self.use_cases.roles, self.following.in_use)
        self.hook_tasks = HookTasks(self.hooks)
        self.replica = open_replica(settings.database.async_url)
        self.dispatcher = self._new_dispatcher()
        self.replica.is_on = settings.plugin.enabled
        self.meter.slots.set_function(lambda: self._part.slots)
        self.meter.leads.set_function(lambda: self._part.leads)
        self.meter.replicas.set_function(lambda: self._part.replicas)
        self.terms = Terms(self.replica, self._at_work)
        self.background = Background()
        self.broken = asyncio.Event()
        """Set when a part of the plugin died, and the process should end and be started anew."""

    def application(self) -> FastAPI:
        """The web application, which starts and ends everything else with itself."""
        registration = self.configuration.registration
        transactions = Transactions(
            registration.hs_token.get_secret_value(),
            self.use_cases.inbox,
            self.use_cases.signals,
            MatrixEventReader(self.configuration.naming),
            self.background,
            self.meter,
            is_waiting=lambda: not self.terms.is_at_work,
        )
        return create_application(
            transactions,
            self.meter,
            self.missing,
            lambda: self.dispatcher.waiting,
            self.running,
            self.remarks,
            share=lambda: self._part.told() if isinstance(self.replica, Leases) else {},
            mounted={
                "/console": console_on(
                    self.use_cases,
                    self.live,
                    RunningInstallation(self.following, self.hooks, self.missing),
                ),
                **self._panel(),
                static_files.PATH: static_files.shipped_assets().application(),
            },
        )

    def _panel(self) -> dict[str, FastAPI]:
        clients = self.configuration.settings.web.panel_clients
        return {"/panel": panel_on(self.use_cases, self.live, clients)} if clients else {}

    async def prepare(self) -> None:
        """Make sure that the database and the hooks are fit for work.

        Raises:
            ConfigurationError: the database is not up to date, or what a hook registers is refused.
            StoreUnavailable: the database cannot be reached.
        """
        settings = self.configuration.settings
        if settings.database.is_embedded:
            await migrate(settings)
        elif (state := await self.store.schema()) is not SchemaState.FIT:
            raise ConfigurationError(str(self.configuration.file), "database.url", state.remedy)
        await self._check(self.hooks)

    def let_go(self) -> None:
        """End what the web server would wait for: open pages, and transactions that wait for older events."""
        self.live.close()
        self.use_cases.inbox.end()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Everything beside the web server, as long as this is the process at work."""
        await self.client.start()
        loops = [self._start(self.terms.run), self._start(self.following.run)]
        bus = self._start(lambda: self.bus.run(self._hear))
        # The web server starts after this, and a transaction refused now would come again only in seconds.
        with suppress(TimeoutError):
            await asyncio.wait_for(self.terms.has_asked.wait(), FIRST_ANSWER)
        try:
            yield
        finally:
            await end(loops)
            await self.background.stop()
            await end([bus])  # after everything that has something to tell
            await self.client.close()
            await self.store.close()

    @asynccontextmanager
    async def _at_work(self) -> AsyncIterator[None]:
        """One term: deliveries, hooks' announcements, and what the leader does."""
        # A new one each time: between two terms another process may have made what was in memory.
        self.dispatcher = self._new_dispatcher()
        self._learn(self.replica.census)
        self.replica.on_census = self._learn
        self.replica.is_busy = self.dispatcher.is_busy
        self.replica.on_gained = self.dispatcher.look_soon
        # And it may have kept events back, or still have to handle some.
        self.use_cases.gate.is_open = False
        work = [self._start(run) for run in (self.dispatcher.run, self.announcements.run, self._lead)]
        try:
            yield
        finally:
            await end(work)

    def _learn(self, census: Census) -> None:
        """What the others do, and what they are told of this one."""
        reconciliation = self.use_cases.reconciliation
        if census.has_caught_up or (census.is_leading and reconciliation.goes_first):
            self.use_cases.inbox.begin()
        else:  # The leader, maybe this one, has yet to fetch what was missed.
            self.use_cases.inbox.hold_on()
        self.use_cases.reopening.follow_others(are_on=census.are_others_on)
        self.replica.has_caught_up = census.is_leading and reconciliation.has_caught_up

    def _new_dispatcher(self) -> Dispatcher:
        dispatcher = self.use_cases.new_dispatcher(self.replica)
        dispatcher.tell_others = self.bus.tell
        return dispatcher

    async def _lead(self) -> None:
        """What one replica does for all, from the moment at which it is this one."""
        await self.replica.is_leading.wait()
        loops = (
            self.use_cases.reconciliation.run,
            self.use_cases.reopening.run,
            self.news.run,
            self.use_cases.group_side.directory.run,
            self.hook_tasks.run,
            self.retention.run,
        )
        work = [self._start(run) for run in loops]
        try:
            await asyncio.Event().wait()
        finally:
            await end(work)

    @property
    def _part(self) -> Part:
        return part_of(self.replica, is_at_work=self.terms.is_at_work)

    async def missing(self) -> dict[str, str]:
        """What is missing to work, by part; anybody may read it, so the reasons stay in the log."""
        missing: dict[str, str] = {}
        try:
            await self.store.ping()
        except StoreFull:
            missing["database"] = "keeps nothing: its disk is full, or it may only be read"
        except StoreUnavailable:
            missing["database"] = "cannot be reached"
        if not self.terms.is_at_work and not missing:
            missing["plugin"] = "another process is serving"
        try:
            await self.client.call("GET", "/_matrix/client/versions", timeout=5)
        except HomeserverRefused:
            missing["homeserver"] = "refuses the plugin's requests"
        except LivechatError:
            missing["homeserver"] = "does not answer"
        return missing

    def remarks(self) -> dict[str, str]:
        """What is worth knowing though nothing is missing; anybody may read it."""
        remarks: dict[str, str] = {}
        if not self.following.settings.plugin.enabled:
            remarks["plugin"] = "switched off"
        elif not self.replica.census.are_others_on:
            remarks["plugin"] = "switched off in another replica, so what happens is kept"
        if self.following.problem:
            remarks["configuration"] = "refused as it stands; the last good one is in use"
        return remarks

    def _retention_limits(self) -> Limits:
        """As `plugin.toml` stands now."""
        retention = self.following.settings.retention
        return Limits(retention.messages_days, retention.audit_days)

    async def _check(self, hooks: Hooks) -> None:
        """Look at what hooks register; the apps of those in use are remembered."""
        hooks.give_house(self.use_cases.house)
        catalogue = self.use_cases.app_catalogue
        is_in_use = hooks is self.hooks
        await check_registrations(hooks, catalogue if is_in_use else AppCatalogue(hooks))

    async def _use(self, in_use: InUse) -> None:
        self.replica.is_on = in_use.is_on
        if in_use.is_on != self.use_cases.gate.is_on:
            self.use_cases.reopening.switch(is_on=in_use.is_on)
        self.meter.configured(is_on=in_use.is_on, is_refused=bool(in_use.problem), hooks=in_use.hooks)
        self.news.changed(in_use)
        self.hook_tasks.look_anew()

    def _start(self, run: Callable[[], Coroutine[Any, Any, None]]) -> asyncio.Task[None]:
        task = asyncio.create_task(run())
        task.add_done_callback(self._watch_over)
        return task

    def _watch_over(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            log.critical("a part of the plugin broke; the process ends", exc_info=error)
            self.broken.set()

    def _touched(self, topics: Collection[str]) -> None:
        """A commit of ours has changed what pages show."""
        self.live.publish(topics)
        self.bus.tell(topics=topics)

    def _hear(self, news: News) -> None:
        """Another process has committed."""
        if news.is_everything:
            self.live.publish_everything()
        elif news.topics:
            self.live.publish(news.topics)
        if news.is_everything or APPS in news.topics:
            self.background.start(self.use_cases.app_catalogue.renew())
        if news.is_everything or any(map(self.replica.has, news.slots)):
            self.dispatcher.look_soon()

    def _wake(self, deliveries: Sequence[Delivery]) -> None:
        self.dispatcher.wake(deliveries)
