"""Forms of settings: what came with one, and what is wrong with its fields as templates ask for it."""

from collections.abc import Mapping

from starlette.datastructures import FormData
from starlette.requests import Request

from livechat_plugin.web.console.forms import sentence


class FormErrors(dict[str, str]):
    """Reasons by field, as sentences; a field that is all right has an empty one."""

    def __init__(self, errors: Mapping[str, str] | None = None) -> None:
        super().__init__({key: sentence(reason) for key, reason in (errors or {}).items()})

    def __missing__(self, key: str) -> str:
        return ""


async def sent_form(request: Request) -> FormData:
    """A form of texts; files that come with it are put away."""
    form = await request.form()
    await form.close()
    return form
