"""Learning what became of the apps that hooks offer."""

from dataclasses import dataclass

import structlog

from livechat_plugin.core.errors import ConfigurationError
from livechat_plugin.services.app_catalogue import AppCatalogue
from livechat_plugin.services.bus import APPS, Bus
from livechat_plugin.services.deliveries import Delivery, RefreshApps
from livechat_plugin.services.delivering.outcome import Done

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class AppsDelivery:
    """Brings the catalogue of apps up to date in all processes, whichever made the change and whichever delivers."""

    catalogue: AppCatalogue
    bus: Bus

    async def refresh(self, _: Delivery, __: RefreshApps) -> Done:
        """Ask the hooks anew; if one cannot answer, what was known before stays."""
        try:
            await self.catalogue.refresh()
        except ConfigurationError as error:
            log.warning("the apps that hooks offer could not be read anew", reason=str(error))
        self.bus.tell(topics=(APPS,))
        return Done()
