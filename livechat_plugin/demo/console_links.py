"""Ways into the console for the people of the demo, so that one can look at it before logging in anywhere."""

from secrets import token_hex

from livechat_plugin.bootstrap.configuration import Configuration
from livechat_plugin.bootstrap.office import office
from livechat_plugin.demo.world import INHABITANTS


async def links_into_console(configuration: Configuration) -> dict[str, str]:
    """A one-time link for each of those who have something to do there, by name; as `!console` gives it."""
    async with office(configuration) as use_cases, use_cases.ports.store.begin() as work:
        links = {
            who.name: await use_cases.signing_in.make_link(
                work, f"@{who.name}:{configuration.naming.server_name}", token_hex(16)
            )
            for who in INHABITANTS
            if who.role != "customer"
        }
        await work.commit()
    return links
