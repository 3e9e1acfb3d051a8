"""The small world of the demo: who there is, which live chats they work in, and how it comes to be."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from livechat_plugin.bootstrap.configuration import Configuration
from livechat_plugin.bootstrap.office import office
from livechat_plugin.core.errors import LivechatError
from livechat_plugin.core.live_chats import LiveChat
from livechat_plugin.demo.homeserver import Homeserver
from livechat_plugin.demo.person import NotSeenError, Person
from livechat_plugin.demo.records import APPS, live_chats
from livechat_plugin.services.live_chats import Checked
from livechat_plugin.services.roles import COMMAND_LINE
from livechat_plugin.store.database import Database

SET_UP_TIMEOUT: Final = 60.0
SEAT_TIMEOUT: Final = 20.0
LOOK_EVERY: Final = 0.1
ACTOR: Final = f"{COMMAND_LINE}demo"


@dataclass(frozen=True, slots=True)
class Inhabitant:
    """Somebody with an account. The password is the name: nothing here is worth protecting."""

    name: str
    role: str

    @property
    def password(self) -> str:
        """What to log in with."""
        return self.name

    @property
    def display_name(self) -> str:
        """The name that others see."""
        return self.name.title()


INHABITANTS: Final = (
    Inhabitant("ada", "administrator"),
    Inhabitant("sam", "supervisor"),
    Inhabitant("anna", "operator"),
    Inhabitant("boris", "operator"),
    Inhabitant("carla", "customer"),
    Inhabitant("dan", "customer"),
)


@dataclass(frozen=True, slots=True)
class World:
    """Where everything is, once it exists.

    Attributes:
        homeserver_url: address of the homeserver, for clients.
        server_name: the part of the Matrix ids after the colon.
        ghosts: who to write to, by the live chat's slug.
        live_chats: the live chats, set up on the homeserver.
    """

    homeserver_url: str
    server_name: str
    ghosts: dict[str, str]
    live_chats: Sequence[LiveChat]

    def user_id(self, name: str) -> str:
        """Matrix id of an inhabitant."""
        return f"@{name}:{self.server_name}"

    def queue_room(self, slug: str) -> str:
        """The room where a live chat's cards are."""
        return next(chat.queue_room or "" for chat in self.live_chats if chat.slug == slug)

    def client_of(self, name: str) -> Person:
        """A new standard client of an inhabitant's, who accepts invitations unless they are a customer."""
        who = next(one for one in INHABITANTS if one.name == name)
        return Person(self.homeserver_url, self.user_id(name), who.password, auto_join=who.role != "customer")


async def register_inhabitants(homeserver: Homeserver) -> None:
    """Give everybody their account; one that is there already stays."""
    await asyncio.gather(
        *(
            homeserver.register(
                who.name, who.password, display_name=who.display_name, admin=who.role == "administrator"
            )
            for who in INHABITANTS
        )
    )


async def create_live_chats(configuration: Configuration) -> None:
    """Keep the apps and live chats that are missing; the plugin sets them up when it runs."""
    server_name = configuration.naming.server_name
    people = {
        role: tuple(f"@{who.name}:{server_name}" for who in INHABITANTS if who.role == role)
        for role in ("operator", "supervisor")
    }
    async with office(configuration) as use_cases, use_cases.ports.store.begin() as work:
        for app in APPS:
            if await work.apps.get(app.key) is None:
                await use_cases.apps.create(work, ACTOR, app)
        for form in live_chats(server_name, people["operator"], people["supervisor"]):
            if await work.live_chats.by_slug(form.slug) is None:
                # It is not looked at before: the homeserver starts beside this, and knows nobody yet.
                await use_cases.administration.create(work, ACTOR, Checked(form))
        await work.commit()


async def find_world(configuration: Configuration, homeserver: Homeserver) -> World:
    """Wait until the running plugin has set the live chats up.

    Raises:
        LivechatError: it does not get them ready.
    """
    store = Database(configuration.settings.database.async_url, lambda _: None, lambda _: None)
    try:
        async with asyncio.timeout(SET_UP_TIMEOUT):
            while True:
                async with store.read() as work:
                    live_chats = await work.live_chats.all()
                if all(chat.queue_room and chat.space for chat in live_chats):
                    break
                await asyncio.sleep(LOOK_EVERY)
    except TimeoutError:
        raise LivechatError(f"the plugin did not set the live chats up in {SET_UP_TIMEOUT:.0f} s") from None
    finally:
        await store.close()
    ghosts = {chat.slug: configuration.naming.live_chat(chat.slug) for chat in live_chats}
    return World(homeserver.url, homeserver.server_name, ghosts, live_chats)


async def take_seats(world: World) -> None:
    """Let the employees accept their invitations, so that their first login shows a tidy tree of rooms."""
    rooms = {room for chat in world.live_chats for room in (chat.queue_room, chat.space) if room is not None}
    people = [world.client_of(who.name) for who in INHABITANTS if who.role in {"operator", "supervisor"}]
    await asyncio.gather(*(_take_seat(person, rooms) for person in people))


async def _take_seat(person: Person, rooms: set[str]) -> None:
    async with person:
        # They are invited beside the setting up. Who has left one of these rooms since an earlier run stays outside.
        with suppress(NotSeenError):
            await person.wait_until(lambda: rooms <= person.rooms, SEAT_TIMEOUT)
        await person.wait_until(lambda: set(person.invites) <= person.rooms)
        await person.log_out()
