"""Where the files that ship beside the code are: hooks, migrations and the configuration template.

In the repository they stand at the top; a wheel carries them inside the package, so that nothing
generic (`hooks`, `migrations`) lands in site-packages (see `force-include` in pyproject.toml).
"""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def bundled(name: str) -> Path:
    """Return the path of a bundled file or folder, e.g. `bundled("hooks")` or `bundled("plugin.toml")`.

    Args:
        name: Its name at the top of the repository.

    Raises:
        FileNotFoundError: The installation is incomplete.
    """
    for folder in (_PACKAGE, _PACKAGE.parent):
        candidate = folder / name
        if candidate.exists():
            return candidate
    raise FileNotFoundError(f"{name} is missing from the installation of livechat-plugin: reinstall it")
