"""Adding a module to Synapse's `homeserver.yaml`: only where that is certain to change nothing else."""

import json
import stat
from collections.abc import Mapping
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from livechat_plugin.atomic_file import replace_file
from livechat_plugin.core.errors import ConfigurationError

USER_DIRECTORY = "livechat_plugin.synapse.user_directory.LiveChatDirectory"


def add_module(path: Path, module: str, config: Mapping[str, str]) -> None:
    """Let the homeserver load a module.

    Raises:
        ConfigurationError: It loads others already, and we can't extend that list for certain.
    """
    text = path.read_text(encoding="utf-8")
    settings = "".join(f"      {key}: {json.dumps(value)}\n" for key, value in config.items())
    added = f"  - module: {module}\n    config:\n{settings}"
    extended = f"{text.rstrip()}\n\nmodules:\n{added}"
    before, after = _parsed(text), _parsed(extended)
    wanted = {"module": module, "config": dict(config)}
    if before is None or before.get("modules") or after != {**before, "modules": [wanted]}:
        raise ConfigurationError(str(path), "modules", f"is there already: add this to it by hand:\n{added}")
    replace_file(path, extended, new_mode=stat.S_IMODE(path.stat().st_mode))


def _parsed(text: str) -> dict[str, object] | None:
    yaml = YAML(typ="safe", pure=True)
    try:
        content = yaml.load(text)
    except YAMLError:
        return None
    return content if isinstance(content, dict) else None
