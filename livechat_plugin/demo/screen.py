"""What the demo shows in the terminal: progress while it works, then everything one needs to try it."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table

from livechat_plugin.demo.world import INHABITANTS, World


class Screen:
    """Prints for a newcomer; also readable where the output is no terminal."""

    def __init__(self) -> None:
        self._console = Console(highlight=False)

    @contextmanager
    def step(self, doing: str) -> Iterator[Callable[[str], None]]:
        """Show something as being done, then as done, with the seconds that it took.

        Args:
            doing: what is being done. The body may call what it gets with what came of it.
        """
        began = time.perf_counter()
        outcome: list[str] = []
        with self._console.status(f"{escape(doing)} …"):
            yield outcome.append
        self.done(outcome[-1] if outcome else doing, time.perf_counter() - began)

    def done(self, what: str, seconds: float) -> None:
        """A line about something that worked."""
        self._line("[green]✓[/]", what, f"{seconds:.1f} s")

    def trouble(self, what: str) -> None:
        """A line about something that did not, and is being seen to."""
        self._line("[yellow]![/]", what, "")

    def failed(self, what: str, why: str) -> None:
        """A step that was not seen, and what came instead."""
        self._line("[red]✗[/]", f"{what}\n{why}", "")

    def show_table(self, table: Table) -> None:
        """A table, as wide as the terminal."""
        self._console.print(table)

    def say(self, words: str = "") -> None:
        """A line in plain words."""
        self._console.print(escape(words), soft_wrap=True)

    def show(
        self, world: World, web: str, directory: Path, links: Mapping[str, str], *, is_kept: bool
    ) -> None:
        """Where everything is, who there is, and what to try; `links` lead into the console, by name."""
        addresses = self._addresses(world, web, directory, is_kept=is_kept)
        for part in (addresses, _accounts(), _what_to_try(world)):
            self._console.print()
            self._console.print(part)
        self._console.print(
            "\n[bold]Into the console[/], once and within ten minutes; !console gets a new link"
        )
        for name, link in links.items():
            # In one line, however narrow the terminal is: it is there to be opened.
            self._console.print(f" [bold]{name:6}[/] {link}", soft_wrap=True)
        self._console.print()
        self._console.print("[bold]Ctrl-C stops everything.[/]\n")

    def _line(self, mark: str, what: str, when: str) -> None:
        first, *rest = what.splitlines() or [""]
        time_told = f"  [dim]{when}[/]" if when else ""
        self._console.print(f" {mark} {escape(first)}{time_told}", soft_wrap=True)
        for line in rest:
            self._console.print(f"   [dim]{escape(line)}[/]", soft_wrap=True)

    @staticmethod
    def _addresses(world: World, web: str, directory: Path, *, is_kept: bool) -> Table:
        table = _table("Addresses")
        table.add_row(
            "Homeserver", f"[bold]{world.homeserver_url}[/]", "enter this in the client, with http://"
        )
        table.add_row(
            "Console", f"[bold]{web}/console/[/]", "sign in with a link below, or write !console to the bot"
        )
        table.add_row("Plugin", web, "/health, /ready, /metrics")
        for chat in world.live_chats:
            table.add_row(chat.name, f"[bold]{world.ghosts[chat.slug]}[/]", "customers write to it")
        kept = "kept; the same --dir goes on from here" if is_kept else "removed at the end; --dir keeps it"
        table.add_row("Data", str(directory), kept)
        table.add_row("", "plugin.toml, plugin.log", "configuration and log, in that folder")
        return table


def _accounts() -> Table:
    table = _table("Accounts")
    for who in INHABITANTS:
        what = {
            "administrator": "administrator of the live chats and of the homeserver",
            "supervisor": "supervisor of both live chats: may step into every session",
            "operator": "operator of both live chats",
            "customer": "customer",
        }[who.role]
        table.add_row(f"[bold]{who.name}[/]", f"password [bold]{who.password}[/]", what)
    return table


def _table(title: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", show_header=False, box=None)
    # Addresses and names are there to be copied: only the explanation beside them may wrap.
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(style="dim")
    return table


def _what_to_try(world: World) -> Panel:
    steps = (
        (
            "Log in as [bold]carla[/] with one client and as [bold]anna[/] with another (or in a private window):"
            " Element Web or Desktop, nheko or Cinny, with the homeserver above and the name alone, as [bold]anna[/]."
        ),
        (
            f"carla: start a direct chat with [bold]{world.ghosts['support']}[/] (the whole id) and write."
            " Element and nheko start it unencrypted by themselves; in Cinny switch encryption off:"
            " the live chats cannot read encrypted messages yet."
        ),
        (
            "anna: open the space [bold]Customer Support[/] and in it [bold]Customer Support: queue[/]."
            " Click the ✋ under the card, accept the invitation to the room [bold]#1 Carla[/], answer."
        ),
        (
            "anna: write [bold]!help[/] for the commands, [bold]!note[/] for what carla should not see, and"
            " [bold]!close[/] at the end. When carla writes again, the same room comes back."
        ),
        (
            "anna: write [bold]!connect name=Carla company=Acme[/] to keep who carla is, then"
            " [bold]!register complaints[/] for what she wants; the questions are answered by replies."
            " [bold]!customer[/] shows what is known of her."
        ),
        (
            f"dan: write to [bold]{world.ghosts['it']}[/]. This live chat shows who answers. Take it as anna,"
            " write [bold]!connect name=Dan manager=[/] and boris's whole id, then [bold]!close[/]: the next"
            " time dan writes, boris has the session, because Assigned to looks up dan's manager."
        ),
        "ada: start a direct chat with the bot, [bold]@livechat[/], for [bold]!help[/] with live chats, apps and groups.",
        "Or watch it all at once: [bold]livechat demo --once[/]",
    )
    table = Table(show_header=False, box=None, padding=(0, 1))
    for number, step in enumerate(steps, 1):
        table.add_row(f"{number}.", step)
    return Panel(table, title="What to try", title_align="left", border_style="dim")
