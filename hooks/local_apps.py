"""Local apps: the apps that administrators make, with their items in the plugin's own database (requirement S21)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import Field as Setting
from pydantic import field_validator

from livechat_plugin import (
    Account,
    AccountFieldMissing,
    App,
    AppNotFound,
    Field,
    FieldType,
    Hook,
    HookSettings,
    InvalidItem,
    Item,
    ItemNotFound,
    hookimpl,
)

FOUND_AT_ONCE = 10


class LocalAppsSettings(HookSettings):
    """What is meant where people leave it out."""

    phone_country: str | None = Setting(
        default=None,
        description="Country of phone numbers that are written without a country code, such as DE.",
    )
    time_zone: str | None = Setting(
        default=None,
        description="Time zone of times that are written without one, such as Europe/Berlin; UTC if it is not given.",
    )

    @field_validator("phone_country")
    @classmethod
    def _is_country(cls, value: str | None) -> str | None:
        if value is None:
            return None
        import phonenumbers  # noqa: PLC0415 - two megabytes that few need

        if value not in phonenumbers.SUPPORTED_REGIONS:
            raise ValueError("must be a country in two letters, such as DE")
        return value

    @field_validator("time_zone")
    @classmethod
    def _is_time_zone(cls, value: str | None) -> str | None:
        try:
            return str(ZoneInfo(value)) if value is not None else None
        except (OSError, ValueError, LookupError):
            raise ValueError("must be a time zone, such as Europe/Berlin") from None


class LocalApps(Hook[LocalAppsSettings]):
    """Offers the apps made with `livechat apps` or `!apps`, and keeps their items."""

    settings_model = LocalAppsSettings

    @hookimpl
    async def livechat_register_account_apps(self) -> list[App]:
        """Every app; those without an Account field are refused by name when somebody chooses them."""
        return [self._at_home(app) for app in await self.house.items.apps()]

    @hookimpl
    async def livechat_register_message_apps(self) -> list[App]:
        """The same: whether an app keeps customers or requests is for the live chat to say."""
        return [self._at_home(app) for app in await self.house.items.apps()]

    @hookimpl
    async def livechat_choose_account_item(self, app: App, customer: Account) -> Item | None:
        """The item into which the account was written last."""
        return await self.house.items.by_account(app.key, customer)

    @hookimpl
    async def livechat_choose_account_candidates(self, app: App, query: str) -> list[Item] | None:
        """Items with all the words, newest first."""
        try:
            return list(await self.house.items.find(app.key, query, FOUND_AT_ONCE))
        except AppNotFound:
            return None

    @hookimpl
    async def livechat_choose_linked_item(
        self,
        app: App,
        customer: Account,
        item_id: str | None,
        values: Mapping[str, Any],
        author: str,
        token: str,
    ) -> Item | None:
        """The item with the account in its Account field."""
        try:
            if item_id is None:
                filled = {**values, **_account(app, customer, values)}
                return await self.house.items.add(app.key, filled, author, token=token)
            return await self.house.items.link(app.key, item_id, customer, author)
        except AppNotFound:
            return None
        except ItemNotFound as error:
            raise InvalidItem({"item_id": str(error)}) from None

    @hookimpl
    async def livechat_choose_registered_item(
        self, app: App, customer: Account, values: Mapping[str, Any], author: str, token: str
    ) -> Item | None:
        """A new item with the account in its Account field."""
        try:
            filled = {**values, **_account(app, customer, values)}
            return await self.house.items.add(app.key, filled, author, token=token)
        except AppNotFound:
            return None

    def _at_home(self, app: App) -> App:
        """The app with the settings in those of its fields that say nothing of their own."""
        return replace(app, fields=tuple(map(self._field_at_home, app.fields)))

    def _field_at_home(self, field: Field) -> Field:
        ours = {FieldType.PHONE: self.settings.phone_country, FieldType.DATETIME: self.settings.time_zone}
        return replace(field, locale=field.locale or ours.get(field.type))


def _account(app: App, customer: Account, values: Mapping[str, Any]) -> dict[str, Any]:
    """The Account field's value, the customer's account in it.

    Raises:
        InvalidItem: the app has no such field any more.
    """
    try:
        key = app.account_field().key
    except AccountFieldMissing as error:
        raise InvalidItem({"account": str(error)}) from None
    given = values.get(key) or []
    others = given if isinstance(given, list | tuple) else [given]
    return {key: [*others, f"{customer.network}:{customer.external_id}"]}
