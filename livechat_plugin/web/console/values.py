"""Values of items as pages show them: links, mail and telephone numbers can be followed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from livechat_plugin.core.apps import Field, FieldType
from livechat_plugin.services.items import show_value


@dataclass(frozen=True, slots=True)
class ShownValue:
    """One value, as people read it.

    Attributes:
        href: what it leads to: an address outside, or a path of the console, which begins with `/`.
        is_long: whether it is a text of several lines.
    """

    label: str
    text: str
    href: str | None = None
    is_long: bool = False

    @property
    def is_external(self) -> bool:
        """Whether it leads away from us."""
        return self.href is not None and not self.href.startswith("/")


def shown_values(
    fields: Sequence[Field], values: Mapping[str, Any], item: tuple[str, str] | None = None
) -> list[ShownValue]:
    """The fields that are not empty, each with its label.

    Args:
        fields: of the app, in their order.
        values: by field key.
        item: key of the app and id of the item, if its files can be fetched from us.
    """
    shown = []
    for field in fields:
        value = values.get(field.key)
        text = show_value(field, value)
        if text:
            shown.append(
                ShownValue(
                    field.label, _words(field, text), _leads_to(field, value, item), _is_long(field, text)
                )
            )
    return shown


def web_address(address: str | None) -> str | None:
    """An address that may stand in a link; None for what a browser must not follow."""
    if address is None or not address.lower().startswith(("https://", "http://")):
        return None
    return address


def item_path(app: str, item_id: str) -> str:
    """Where an item of our own stands in the console."""
    return f"/items/{quote(app, safe='')}/{quote(item_id, safe='')}"


def _words(field: Field, text: str) -> str:
    if field.type is FieldType.FILE:
        name = text.rpartition("/")[2]
        return "Open the file" if text.startswith("mxc:") or not name else name
    return text.removeprefix("https://").removesuffix("/") if field.type is FieldType.LINK else text


def _leads_to(field: Field, value: Any, item: tuple[str, str] | None) -> str | None:
    if field.type is FieldType.EMAIL:
        return f"mailto:{quote(str(value), safe='@+.-_')}"
    if field.type is FieldType.PHONE:
        return f"tel:{quote(str(value), safe='+')}"
    if field.type is FieldType.REFERENCE:
        return item_path(field.app, str(value)) if field.app is not None else None
    if field.type is FieldType.FILE and str(value).startswith("mxc:"):
        return f"{item_path(*item)}/files/{quote(field.key, safe='')}" if item is not None else None
    return web_address(str(value)) if field.type in {FieldType.LINK, FieldType.FILE} else None


def _is_long(field: Field, text: str) -> bool:
    return field.type is FieldType.TEXT and (len(text) > 80 or "\n" in text)
