"""What is wrong with an installation, in words that an administrator can act on: `livechat check`.

It looks from where it runs, with the plugin's own configuration and tokens, and changes nothing. Each module
looks at one side: what lies on this machine, the database, what the homeserver says.
"""

from collections.abc import AsyncIterator
from pathlib import Path

from livechat_plugin.diagnosis.database import look_at_database
from livechat_plugin.diagnosis.finding import Finding, Verdict
from livechat_plugin.diagnosis.homeserver import look_at_homeserver
from livechat_plugin.diagnosis.local import (
    look_at_addresses,
    look_at_configuration,
    look_at_hooks,
    look_at_public_address,
    look_at_registration,
)

__all__ = ["Finding", "Verdict", "diagnose"]


async def diagnose(file: Path) -> AsyncIterator[Finding]:
    """Look at everything that an installation needs, and tell each finding as it is made.

    What cannot be looked at because something before it is wrong, is left out: mend that and look again.

    Args:
        file: the configuration file.
    """
    settings, findings = look_at_configuration(file)
    for finding in findings:
        yield finding
    if settings is None:
        return
    async for finding in look_at_hooks(file, settings):
        yield finding
    database = await look_at_database(settings)
    registration, findings = look_at_registration(settings)
    for finding in [
        *database.findings,
        *findings,
        *look_at_addresses(settings),
        *look_at_public_address(settings),
    ]:
        yield finding
    if registration is not None:
        async for finding in look_at_homeserver(settings, registration, database.live_chats):
            yield finding
