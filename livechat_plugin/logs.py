"""What the plugin writes about its work: one way for our own lines and those of the libraries.

No message text and no token is ever written, whatever a line's author passed; that is done here, once.
The usual pattern in a module:

    log = structlog.get_logger()
    log.info("session opened", live_chat=slug, number=number)
"""

import logging
import re
import sys
from collections.abc import Iterable, Mapping
from datetime import date, time, timedelta
from decimal import Decimal
from pathlib import PurePath
from typing import Any, Literal
from uuid import UUID

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from livechat_plugin.core.disguises import with_disguises_told

LogFormat = Literal["auto", "console", "json"]

_HIDDEN = "***"
# Keys whose values are secrets, and keys that hold what people wrote (Matrix' own names for it).
_SECRET_KEYS = {"as_token", "hs_token", "access_token", "authorization", "password", "token", "secret"}
_TEXT_KEYS = {"body", "formatted_body", "content"}
_SECRETS_IN_TEXT = (
    (re.compile(r"(?i)\b(bearer\s+)[\w.~+/=-]+"), rf"\1{_HIDDEN}"),
    (
        re.compile(r"(?i)\b((?:as_|hs_|access_)token[\"']?\s*[=:]\s*[\"']?)(?!bearer\b)[^\s&\"',;}]+"),
        rf"\1{_HIDDEN}",
    ),
    (
        re.compile(r"(?i)\b(authorization[\"']?\s*[=:]\s*[\"']?)(?!bearer\b)(?:basic\s+)?[^\s\"',;}]+"),
        rf"\1{_HIDDEN}",
    ),
    (re.compile(r"(\w://[^:/@\s]*):[^@/\s]+@"), rf"\1:{_HIDDEN}@"),
)
_OF_SEVERAL_LINES = {"exception", "stack"}
# Objects that are written as they print themselves; of others only the kind is written.
_HARMLESS = (str, BaseException, date, time, timedelta, Decimal, PurePath, UUID)
# Below a warning these write requests, responses or SQL with its parameters: what people wrote.
_TALKATIVE = ("aiohttp", "alembic", "asyncio", "asyncpg", "httpcore", "httpx", "sqlalchemy", "watchfiles")
# A warning of nio's quotes the response that it couldn't read.
_MORE_TALKATIVE = ("nio", "python_multipart")


def configure_logging(
    log_format: LogFormat = "auto", level: str = "info", secrets: Iterable[str] = ()
) -> None:
    """Send every line, ours and the libraries', to standard error; call it again to change its mind.

    uvicorn must be started with `log_config=None`, or it puts its own handlers back.

    Args:
        log_format: console for people, json for machines, auto: console where standard error is a terminal.
        level: The least important line that is written: debug, info, warning or error.
        secrets: Values that are hidden wherever they turn up, the registration's tokens say.
    """
    terminal = sys.stderr.isatty()
    readable = log_format == "console" or (log_format == "auto" and terminal)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[
                structlog.contextvars.merge_contextvars,
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.TimeStamper(fmt="%H:%M:%S" if readable else "iso", utc=not readable),
                structlog.processors.StackInfoRenderer(),
                # Before the redaction, so that it sees the traceback.
                structlog.processors.format_exc_info,
                Redaction(secrets),
                _renderer(readable=readable, colors=terminal),
            ],
        )
    )
    _route_libraries(handler, getattr(logging, level.upper()))


def keep_quiet() -> None:
    """For commands, whose output is for people or programs: warnings alone, and beside the output."""
    if not structlog.is_configured():
        structlog.configure(
            wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
            logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        )


def _renderer(*, readable: bool, colors: bool) -> Processor:
    if readable:
        # Plain tracebacks: the other forms show local variables, tokens and messages among them.
        return structlog.dev.ConsoleRenderer(colors=colors, exception_formatter=structlog.dev.plain_traceback)
    return structlog.processors.JSONRenderer()


def _route_libraries(handler: logging.Handler, level: int) -> None:
    logging.basicConfig(handlers=[handler], level=level, force=True)
    # A line that cannot be written (the disk is full) would be shown as it came, before anything in it is hidden.
    logging.raiseExceptions = False
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))
    for name in _MORE_TALKATIVE:
        logging.getLogger(name).setLevel(logging.ERROR)
    for name in ("uvicorn", "uvicorn.error"):
        server = logging.getLogger(name)
        server.handlers.clear()
        server.propagate = True
        server.setLevel(logging.NOTSET)
    # Every push of the homeserver would be a line.
    logging.getLogger("uvicorn.access").disabled = True


class Redaction:
    """A structlog processor that hides secrets and drops what people wrote, however deep it stands.

    Args:
        secrets: Values to hide besides those that are known by their names.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        values = [re.escape(secret) for secret in secrets if secret]
        known = [(re.compile("|".join(values)), _HIDDEN)] if values else []
        self._patterns = (*known, *_SECRETS_IN_TEXT)

    def __call__(self, logger: WrappedLogger, method: str, line: EventDict) -> EventDict:
        """Return the line as it may be written."""
        del logger, method
        return self._mapping(line)

    def _mapping(self, mapping: Mapping[Any, Any]) -> dict[Any, Any]:
        return {
            key: _HIDDEN if str(key).lower() in _SECRET_KEYS else self._told(str(key), value)
            for key, value in mapping.items()
            if str(key).lower() not in _TEXT_KEYS
        }

    def _told(self, key: str, value: Any) -> Any:
        """Only a traceback has lines of its own."""
        if key in _OF_SEVERAL_LINES and isinstance(value, str):
            return "\n".join(self._text(line) for line in value.split("\n"))
        return self._value(value)

    def _value(self, value: Any) -> Any:
        if value is None or isinstance(value, int | float):
            return value
        if isinstance(value, Mapping):
            return self._mapping(value)
        if isinstance(value, list | tuple | set | frozenset):
            return [self._value(one) for one in value]
        if isinstance(value, _HARMLESS):
            return self._text(str(value))
        # An object's own text may say anything: a room event's says what was written.
        return f"<{type(value).__name__}>"

    def _text(self, text: str) -> str:
        for pattern, replacement in self._patterns:
            text = pattern.sub(replacement, text)
        return with_disguises_told(text)
