"""Telling a person which configuration value is refused: where it stands, its key, and why."""

import difflib
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, JsonValue, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from livechat_plugin.core.errors import ConfigurationError

ENVIRONMENT_PREFIX = "LIVECHAT_"
NESTING = "__"

ENVIRONMENT_ONLY: dict[str, JsonValue] = {"environment_only": True}
"""Marks a setting that is a secret, which may stand in the environment and nowhere else."""

# Sections whose values may be secrets: a refusal never repeats them.
_CONFIDENTIAL = {"database", "hooks"}


class SettingsRefusedError(ConfigurationError):
    """Several values are refused at once, so that one start shows everything there is to correct.

    Its own file, key and reason are those of the first; the message has one line for each.
    """

    def __init__(self, problems: tuple[ConfigurationError, ...]) -> None:
        super().__init__(problems[0].file, problems[0].key, problems[0].reason)
        self.problems = problems
        self.args = ("\n".join(str(problem) for problem in problems),)


def refusal(problems: Sequence[ConfigurationError]) -> ConfigurationError:
    """Make one error of what is wrong; at least one problem is needed."""
    return problems[0] if len(problems) == 1 else SettingsRefusedError(tuple(problems))


def unknown_sections(content: Mapping[str, Any], file: str, known: set[str]) -> list[ConfigurationError]:
    """Find sections nobody knows, in the file and in the environment.

    A variable counts only with the nesting mark in it: orchestrators set variables of their own with
    our prefix (Kubernetes makes LIVECHAT_PORT for a service called livechat).
    """
    problems = [
        ConfigurationError(file, name, _unknown(name, known)) for name in content if name not in known
    ]
    for variable in os.environ:
        if variable.upper().startswith(ENVIRONMENT_PREFIX) and NESTING in variable:
            section, *keys = variable[len(ENVIRONMENT_PREFIX) :].lower().split(NESTING)
            if section not in known:
                problems.append(
                    ConfigurationError(_named(variable), ".".join([section, *keys]), _unknown(section, known))
                )
    return problems


def is_environment_only(field: FieldInfo) -> bool:
    """Whether a setting must not stand in the file."""
    return field.json_schema_extra == ENVIRONMENT_ONLY


def misplaced_secrets(
    content: Mapping[str, Any], file: str, model: type[BaseModel]
) -> list[ConfigurationError]:
    """Find secrets in the file, which is copied, shown and kept in repositories; their values are not repeated."""
    problems = []
    for section, field in model.model_fields.items():
        keys, kind = content.get(section), field.annotation
        if isinstance(keys, Mapping) and isinstance(kind, type) and issubclass(kind, BaseModel):
            for key, setting in kind.model_fields.items():
                if key in keys and is_environment_only(setting):
                    variable = f"{ENVIRONMENT_PREFIX}{section}{NESTING}{key}".upper()
                    reason = (
                        f"must not stand in a file; take it out and set the environment variable {variable}"
                    )
                    problems.append(ConfigurationError(file, f"{section}.{key}", reason))
    return problems


def refused_values(error: ValidationError, file: str, model: type[BaseModel]) -> list[ConfigurationError]:
    """Translate what pydantic found into file, key and reason.

    Args:
        error: What validation found.
        file: The configuration file, named where no environment variable is to blame.
        model: What was validated, to suggest the right name for a misspelt key.
    """
    return [
        ConfigurationError(_source(detail["loc"], file), _key(detail["loc"]), _reason(detail, model))
        for detail in error.errors(include_url=False, include_context=False)
    ]


def _source(location: Sequence[int | str], file: str) -> str:
    variables = {variable.upper(): variable for variable in os.environ}
    for length in range(len(location), 0, -1):
        name = ENVIRONMENT_PREFIX + NESTING.join(str(part) for part in location[:length])
        if name.upper() in variables:
            return _named(variables[name.upper()])
    return file


def _named(variable: str) -> str:
    return f"environment variable {variable}"


def _key(location: Sequence[int | str]) -> str:
    key = ""
    for part in location:
        key += f"[{part}]" if isinstance(part, int) else f".{part}" if key else part
    return key


def _reason(detail: ErrorDetails, model: type[BaseModel]) -> str:
    location, value = detail["loc"], detail["input"]
    match detail["type"]:
        case "missing":
            return "is missing"
        case "extra_forbidden":
            return _unknown(str(location[-1]), _known_keys(location[:-1], model))
        case "value_error":
            return detail["msg"].removeprefix("Value error, ")
        case "model_type" | "dict_type":
            return "must be a table of keys"
        case _:
            reason = detail["msg"].replace("Input should", "should", 1)
            confidential = location[0] in _CONFIDENTIAL or not isinstance(value, str | int | float)
            return reason if confidential else f"{reason}, not {value!r}"


def _known_keys(location: Sequence[int | str], model: type[BaseModel]) -> Iterable[str]:
    for part in location:
        field = model.model_fields.get(str(part))
        if field is None or not (
            isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)
        ):
            return ()
        model = field.annotation
    return model.model_fields


def _unknown(key: str, known: Iterable[str]) -> str:
    names = sorted(known)
    close = difflib.get_close_matches(key, names, n=1)
    if close:
        return f"unknown key: did you mean {close[0]!r}?"
    return f"unknown key: expected one of {', '.join(names)}" if names else "unknown key"
