"""How the running installation stands, for the pages of administrators."""

import ast
import inspect
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import SecretBytes, SecretStr

from livechat_plugin.bootstrap.following import Following
from livechat_plugin.core.errors import LivechatError
from livechat_plugin.hookcalls import Hooks
from livechat_plugin.hookspecs import FAMILIES
from livechat_plugin.plugins import AnyHook, FoundHook, find_hooks
from livechat_plugin.resources import bundled
from livechat_plugin.services.configuration_news import InUse
from livechat_plugin.services.installation import HookView, SettingView
from livechat_plugin.settings import Settings

_SECRET = re.compile(
    r"token|secret|passw|passphrase|credential|api_?key|_key$|^key$|header|cookie|dsn", re.IGNORECASE
)
_LOGIN = re.compile(r"(?<=://)[^/@\s]+@")
LONGEST = 200
MASKED = "set, and not shown"


class RunningInstallation:
    """Implements `Installation` for a running plugin.

    Args:
        following: knows the configuration in use.
        hooks: those that are asked.
        missing: asks what is missing.
    """

    def __init__(
        self, following: Following, hooks: Hooks, missing: Callable[[], Awaitable[Mapping[str, str]]]
    ) -> None:
        self._following = following
        self._hooks = hooks
        self._missing = missing

    async def missing(self) -> Mapping[str, str]:
        """What `/ready` tells."""
        return await self._missing()

    def configuration(self) -> InUse:
        """As it is followed."""
        return self._following.in_use

    def hooks(self) -> Sequence[HookView]:
        """Those that are on, and those that could be."""
        settings, loaded = self._following.settings, self._hooks.loaded()
        try:
            found = find_hooks(bundled("hooks"), settings.plugin.hook_folders)
        except LivechatError:
            found = []
        known = {hook.name: hook for hook in found}
        return [
            self._view(name, loaded.get(name), known.get(name), settings)
            for name in sorted({*known, *loaded})
        ]

    def _view(self, name: str, hook: AnyHook | None, found: FoundHook | None, settings: Settings) -> HookView:
        prefix = f"{name}."
        left_out = [one.removeprefix(prefix) for one in self._hooks.disabled() if one.startswith(prefix)]
        failing = {
            method: count
            for (of, method), count in self._hooks.failing().items()
            if of == name and method not in left_out
        }
        configured = settings.hooks.get(name)
        shown = _of_hook(hook) if hook is not None else _as_written(configured.options if configured else {})
        return HookView(
            name,
            hook is not None,
            _source(found),
            _families(hook) if hook is not None else (),
            _description(hook, found),
            shown,
            left_out,
            failing,
        )


def _of_hook(hook: AnyHook) -> list[SettingView]:
    fields = type(hook.settings).model_fields
    return [
        SettingView(key, shown_setting(key, getattr(hook.settings, key)), one.description or "")
        for key, one in fields.items()
    ]


def _as_written(options: Mapping[str, Any]) -> list[SettingView]:
    return [SettingView(key, shown_setting(key, value)) for key, value in options.items()]


def shown_setting(key: str, value: Any) -> str:
    """A setting's value in words; of a secret only whether there is one."""
    if value is None or value in ("", (), [], {}):
        return "not set"
    if isinstance(value, SecretStr | SecretBytes) or _SECRET.search(key):
        return MASKED
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        text = ", ".join(f"{one}: {shown_setting(str(one), each)}" for one, each in value.items())
    elif isinstance(value, list | tuple | set | frozenset):
        text = ", ".join(shown_setting("", each) for each in value)
    elif hasattr(type(value), "model_fields"):
        text = ", ".join(
            f"{one}: {shown_setting(one, getattr(value, one))}" for one in type(value).model_fields
        )
    else:
        text = _LOGIN.sub("…@", str(value))
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _families(hook: AnyHook) -> list[str]:
    return [
        family.__name__.rpartition(".")[2].replace("_", " ")
        for family in FAMILIES
        if any(hasattr(family, name) for name in dir(hook) if name.startswith("livechat_"))
    ]


def _description(hook: AnyHook | None, found: FoundHook | None) -> str:
    if hook is not None:
        return _first_paragraph(inspect.getdoc(type(hook)) or "")
    if found is None or not isinstance(found.source, Path):
        return ""
    try:  # a hook that is off is never imported
        module = ast.parse(found.source.read_text(encoding="utf-8"))
    except (OSError, SyntaxError, ValueError):
        return ""
    return _first_paragraph(ast.get_docstring(module) or "")


def _first_paragraph(text: str) -> str:
    return " ".join(text.strip().partition("\n\n")[0].split())


def _source(found: FoundHook | None) -> str:
    if found is None:
        return "gone from its folder"
    if found.is_bundled:
        return "ships with the plugin"
    if isinstance(found.source, Path):
        file = found.source
        return f"your own: {file.parent.name if file.name == '__init__.py' else file.name}"
    return "installed package"
