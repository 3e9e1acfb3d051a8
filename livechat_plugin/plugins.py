"""Finding the hooks, giving them their settings, and switching them on and off.

A hook is one class that derives from `Hook`, in a file, or in a folder with an `__init__.py`. Three places are searched, each able to answer before the ones
above it: the `hooks` folder that ships, the folders named in `plugin.toml`, and installed packages with a
`livechat` entry point. The name of a hook is its file's or folder's name, or its entry
point's.
"""

import importlib.util
import inspect
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar

import pluggy
from pydantic import BaseModel, ConfigDict, ValidationError

from livechat_plugin import hookspecs
from livechat_plugin.core.errors import ConfigurationError
from livechat_plugin.house import NO_HOUSE, House

ENTRY_POINT_GROUP = "livechat"


class HookSettings(BaseModel):
    """Base of a hook's own settings, read from `[hooks.<name>]`; unknown keys and wrong values are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


SettingsT = TypeVar("SettingsT", bound=HookSettings)


class Hook(Generic[SettingsT]):
    """One switchable behaviour. Derive from it, once in a file, and mark methods with `hookimpl`.

    A hook with settings derives from `Hook[ItsSettings]` and names the model in `settings_model`; its settings
    are then in `self.settings`. In a running plugin, `self.house` has what the plugin offers to hooks.
    """

    settings_model: ClassVar[type[HookSettings]] = HookSettings
    house: House = NO_HOUSE

    def __init__(self, settings: SettingsT) -> None:
        self.settings = settings


AnyHook = Hook[Any]


@dataclass(frozen=True, slots=True)
class HookSwitch:
    """What the configuration says of one hook: whether it is on, and its settings as written."""

    is_enabled: bool = True
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FoundHook:
    """A hook that exists, before it is loaded: `source` is the file or the entry point it comes from."""

    name: str
    source: Path | str
    is_bundled: bool = False


def find_hooks(bundled: Path, folders: Iterable[Path] = ()) -> list[FoundHook]:
    """Every hook there is, in the order of loading.

    Raises:
        ConfigurationError: a folder is missing, or two places define a hook of the same name.
    """
    found: dict[str, FoundHook] = {}
    for hook in _search(bundled, folders):
        if other := found.get(hook.name):
            raise ConfigurationError(
                str(hook.source), f"hooks.{hook.name}", f"{other.source} defines a hook of this name already"
            )
        found[hook.name] = hook
    return list(found.values())


def _search(bundled: Path, folders: Iterable[Path]) -> Iterator[FoundHook]:
    for folder in (bundled, *folders):
        if not folder.is_dir():
            raise ConfigurationError("plugin.toml", "plugin.hook_folders", f"there is no folder {folder}")
        files = [(file.stem, file) for file in folder.glob("*.py")]
        packages = [(file.parent.name, file) for file in folder.glob("*/__init__.py")]
        for name, file in sorted([*files, *packages]):
            if not name.startswith((".", "_")):
                yield FoundHook(name, file, is_bundled=folder == bundled)
    for point in entry_points(group=ENTRY_POINT_GROUP):
        yield FoundHook(point.name, point.value)


def load_hooks(
    found: Iterable[FoundHook], switches: Mapping[str, HookSwitch], file: str = "plugin.toml"
) -> pluggy.PluginManager:
    """Load the hooks that are switched on; one that is off is not even imported.

    Args:
        found: what `find_hooks` returned.
        switches: the `[hooks.…]` sections by name; a hook without one is on, unless it has settings that must be
            given.
        file: the configuration file, for messages.

    Raises:
        ConfigurationError: a section names no hook, settings are refused, or a hook cannot be loaded.
    """
    hooks = list(found)
    names = [hook.name for hook in hooks]
    for name in switches:
        if name not in names:
            near = get_close_matches(name, names, 1)
            hint = f"did you mean {near[0]!r}?" if near else f"the hooks are: {', '.join(sorted(names))}"
            raise ConfigurationError(file, f"hooks.{name}", f"there is no such hook; {hint}")
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    for family in hookspecs.FAMILIES:
        manager.add_hookspecs(family)
    for hook in hooks:
        switch = switches.get(hook.name, HookSwitch())
        if switch.is_enabled:
            hook_class = hook_class_of(hook, file)
            if hook.name not in switches and needs_settings(hook_class):
                continue
            register(manager, hook.name, hook_class(_settings(hook_class, hook.name, switch, file)), file)
    return manager


def register(manager: pluggy.PluginManager, name: str, hook: AnyHook, file: str = "plugin.toml") -> None:
    """Add one hook object under its name.

    Raises:
        ConfigurationError: a method has the mark but no hook of that name, wrong arguments, or is a wrapper.
    """
    try:
        manager.register(hook, name)
        manager.check_pending()
    except pluggy.PluginValidationError as error:
        raise ConfigurationError(file, f"hooks.{name}", str(error)) from error
    for caller in manager.get_hookcallers(hook) or ():
        for implementation in caller.get_hookimpls():
            if implementation.wrapper or implementation.hookwrapper:
                reason = f"{caller.name} is a wrapper, which asynchronous hooks cannot have"
                raise ConfigurationError(file, f"hooks.{name}", reason)


def hook_class_of(hook: FoundHook, file: str = "plugin.toml") -> type[AnyHook]:
    """Import a hook and return its class.

    Raises:
        ConfigurationError: importing fails, or there is not exactly one `Hook` in it.
    """
    key = f"hooks.{hook.name}"
    try:
        candidates = list(_classes(hook))
    except Exception as error:  # whatever somebody else's module raises is told with its name
        reason = (
            f"{hook.source} cannot be loaded: {type(error).__name__}: {error}; mend it or set enabled = false"
        )
        raise ConfigurationError(file, key, reason) from error
    if len(candidates) != 1:
        reason = f"{hook.source} must define exactly one class derived from Hook, not {len(candidates)}"
        raise ConfigurationError(file, key, reason)
    return candidates[0]


def _classes(hook: FoundHook) -> Iterator[type[AnyHook]]:
    if isinstance(hook.source, str):
        point = next(p for p in entry_points(group=ENTRY_POINT_GROUP) if p.name == hook.name)
        loaded = point.load()
        if inspect.isclass(loaded) and issubclass(loaded, Hook):
            yield loaded
        return
    module_name = f"livechat_hooks.{hook.name}"
    for known in [known for known in sys.modules if known.startswith(f"{module_name}.")]:
        del sys.modules[known]  # The parts of a folder are read anew with it.
    spec = importlib.util.spec_from_file_location(module_name, hook.source)
    if spec is None or spec.loader is None:
        raise ImportError(f"{hook.source} is not a Python module")
    module = importlib.util.module_from_spec(spec)
    sys.modules[module_name] = module
    spec.loader.exec_module(module)
    for candidate in vars(module).values():
        if inspect.isclass(candidate) and issubclass(candidate, Hook) and candidate.__module__ == module_name:
            yield candidate


def needs_settings(hook_class: type[AnyHook]) -> bool:
    """Whether a hook cannot work before its table stands in the configuration, and is off until then."""
    return any(field.is_required() for field in hook_class.settings_model.model_fields.values())


def _settings(hook_class: type[AnyHook], name: str, switch: HookSwitch, file: str) -> HookSettings:
    try:
        return hook_class.settings_model.model_validate(dict(switch.settings))
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(["hooks", name, *(str(part) for part in first["loc"])])
        if first["type"] == "extra_forbidden":
            known = list(hook_class.settings_model.model_fields)
            near = get_close_matches(str(first["loc"][-1]), known, 1)
            hint = f"; did you mean {near[0]!r}?" if near else f"; the keys are: {', '.join(known) or 'none'}"
            raise ConfigurationError(file, key, f"unknown key{hint}") from error
        raise ConfigurationError(file, key, first["msg"]) from error
