"""The whole demo from its start to its end: what is started in which order, kept alive and stopped."""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

from livechat_plugin.bootstrap.configuration import configure
from livechat_plugin.demo.console_links import links_into_console
from livechat_plugin.demo.conversation import play
from livechat_plugin.demo.homeserver import Homeserver
from livechat_plugin.demo.keeping_alive import Process, keep_alive
from livechat_plugin.demo.plugin_process import PluginProcess
from livechat_plugin.demo.ready_file import write_ready_file
from livechat_plugin.demo.screen import Screen
from livechat_plugin.demo.world import (
    World,
    create_live_chats,
    find_world,
    register_inhabitants,
    take_seats,
)


class Stage:
    """A homeserver, the plugin installed in it, and the world, all in one folder.

    Args:
        screen: where to tell what happens.
        directory: keeps the data between runs; a temporary folder if not given.
        ready_file: is written once everything answers and whenever a process was started again, and removed at
            the end.
    """

    def __init__(self, screen: Screen, directory: Path | None, ready_file: Path | None) -> None:
        self._screen = screen
        self._directory = directory
        self._ready_file = ready_file

    async def stay(self) -> None:
        """Show the world and keep it alive until cancelled."""
        async with self._running() as (folder, homeserver, plugin, world):
            is_kept = self._directory is not None

            def tell_programs() -> None:
                if homeserver.running and plugin.running:
                    self._tell_programs(world, homeserver, plugin)

            # Once everything runs, being cancelled is the normal end.
            with suppress(asyncio.CancelledError):
                links = await links_into_console(configure(plugin.config_path))
                self._screen.show(world, plugin.url, folder, links, is_kept=is_kept)
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(self._keep_alive("The homeserver", homeserver, tell_programs))
                    tasks.create_task(self._keep_alive("The plugin", plugin, tell_programs))

    async def play_once(self) -> bool:
        """Play the scripted conversation; tells whether every step was seen on the other side."""
        async with self._running() as (_, _, plugin, world):
            is_complete = await play(self._screen, world)
            if not is_complete:
                self._screen.say(f"The end of the plugin's log:\n{plugin.log_tail()}")
            return is_complete

    @asynccontextmanager
    async def _running(self) -> AsyncIterator[tuple[Path, Homeserver, PluginProcess, World]]:
        began = time.perf_counter()
        async with AsyncExitStack() as stack:
            folder = self._folder(stack)
            if self._ready_file is not None:
                self._ready_file.parent.mkdir(parents=True, exist_ok=True)
                # A program that waits for the file must not find that of an earlier run.
                self._ready_file.unlink(missing_ok=True)
                stack.callback(self._ready_file.unlink, missing_ok=True)
            homeserver = Homeserver(folder / "homeserver", for_older_clients=True)
            administrator = f"@ada:{homeserver.server_name}"
            plugin = PluginProcess(folder, homeserver, administrator)
            stack.push_async_callback(self._stop, homeserver, plugin)
            world = await self._start(homeserver, plugin)
            self._tell_programs(world, homeserver, plugin)
            self._screen.done("Everything is ready", time.perf_counter() - began)
            yield folder, homeserver, plugin, world

    def _folder(self, stack: AsyncExitStack) -> Path:
        if self._directory is not None:
            self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            return self._directory.resolve()
        temporary = tempfile.TemporaryDirectory(prefix="livechat-demo-", ignore_cleanup_errors=True)
        return Path(stack.enter_context(temporary))

    async def _start(self, homeserver: Homeserver, plugin: PluginProcess) -> World:
        step = self._screen.step
        with step("Installing the plugin with `livechat install --write homeserver.yaml`"):
            await plugin.install()
            configuration = configure(plugin.config_path)
        with step(f"Starting Synapse on {homeserver.url}"):
            await asyncio.gather(homeserver.start(), create_live_chats(configuration))
            await register_inhabitants(homeserver)
        with step(f"Starting the plugin with `livechat serve` on {plugin.url}"):
            await plugin.start()
        with step("Setting up the live chats and their rooms"):
            world = await find_world(configuration, homeserver)
        with step("Letting operators and supervisor into their rooms"):
            await take_seats(world)
        return world

    async def _stop(self, homeserver: Homeserver, plugin: PluginProcess) -> None:
        with self._screen.step("Stopping everything") as came_of_it:
            await plugin.stop()
            await homeserver.stop()
            came_of_it("Everything has stopped")

    async def _keep_alive(self, name: str, process: Process, is_back: Callable[[], None]) -> None:
        def back(seconds: float) -> None:
            is_back()
            self._screen.done(f"{name} is back", seconds)

        await keep_alive(
            process, lambda words: self._screen.trouble(f"{name} {words}; starting it again"), back
        )

    def _tell_programs(self, world: World, homeserver: Homeserver, plugin: PluginProcess) -> None:
        if self._ready_file is not None:
            write_ready_file(self._ready_file, world, homeserver, plugin)
