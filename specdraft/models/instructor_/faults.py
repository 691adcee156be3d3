"""What went wrong between us and a provider: whether to try again, and what to tell a person."""

from __future__ import annotations

import os
import re
import time
from email.utils import parsedate_to_datetime
from typing import Any

from specdraft.errors import AnswerError, ModelError

_BROKEN = ("APIConnectionError", "APITimeoutError", "RemoteProtocolError", "ReadError", "ReadTimeout", "ConnectError")
_SECRET = re.compile(r"\b(?:sk|pk|rk|gsk|xai|key|AIza)[-_]?[A-Za-z0-9*_-]{8,}|Bearer \S+")
_QUOTA = ("insufficient_quota", "billing_hard_limit_reached")


def status(error: BaseException | None) -> int:
    """The HTTP status of an SDK's exception; 0 where it has none."""
    for name in ("status_code", "code"):
        if isinstance(value := getattr(error, name, None), int):
            return value
    return 0


def transient(error: BaseException) -> bool:
    """May the same request succeed a little later? Never true of a cancellation."""
    if not isinstance(error, Exception) or isinstance(error, ModelError):
        return False
    if code := status(error):
        return not _is_quota(error) and (code in (408, 409, 429) or code >= 500)
    return any(kind.__name__ in _BROKEN for kind in type(error).__mro__) or isinstance(error, ValueError)


def retry_after(error: BaseException | None) -> float | None:
    """Seconds that the server asks to wait for; None where it does not."""
    headers = getattr(getattr(error, "response", None), "headers", None) or {}
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        value = headers.get(name)
        if not value:
            continue
        try:
            return max(0.0, float(value) * unit)
        except ValueError:
            pass
        try:
            return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
        except (ValueError, TypeError):
            pass
    return None


_AGAIN = "Run the same command again; what was drafted is not asked again."
_NO_TOOLS = "If it does not know tools, try --mode json_schema."
_KINDS: dict[int | str, tuple[type[ModelError], str, str]] = {
    400: (ModelError, "{where} did not accept the request", _NO_TOOLS),
    401: (ModelError, "{where} did not accept the key", "Check the key in the environment."),
    402: (ModelError, "{where} wants to be paid first", "Check the account."),
    403: (ModelError, "{where} refused access", "Check what the key may use."),
    404: (ModelError, "{where} has no such model or no such address", "Check the name; a base URL ends in /v1."),
    413: (ModelError, "{where} found the request too large", "Pass less, or use a model with a larger window."),
    422: (ModelError, "{where} did not accept the request", _NO_TOOLS),
    429: (AnswerError, "{where} limits the rate of requests", f"Lower --concurrency, or wait. {_AGAIN}"),
    "quota": (ModelError, "the account at {where} has no quota left", "Check the account's billing."),
    "window": (ModelError, "the source does not fit into the model's window", "Use a larger one, or pass less."),
    "unreachable": (ModelError, "{where} cannot be reached", f"Is it running, and is the base URL right? {_AGAIN}"),
    "late": (AnswerError, "{where} did not answer in time", f"Raise --timeout. {_AGAIN}"),
    "not JSON": (AnswerError, "{where} answered with something that is not JSON", "A base URL ends in /v1."),
    "server": (AnswerError, "{where} failed", _AGAIN),
    "broken": (AnswerError, "the connection to {where} broke", _AGAIN),
}
"""What went wrong, by status or kind: whether it ends the run or costs one section, in words, and what to do next."""


_LONGEST = 300
"""Characters of what a server said that are passed on."""


def explained(error: BaseException | None, where: str) -> ModelError:
    """The exception in our words, without keys and without the prompt."""
    if isinstance(error, ModelError):
        return error
    kind = _kind(error)
    made, said, hint = _KINDS[kind]
    code = f" ({status(error)})" if status(error) else ""
    detail = scrubbed(_message(error))[:_LONGEST] if kind not in ("late", "not JSON") else ""
    return made(
        f"{said.format(where=where)}{code}" + (f": {detail}" if detail else ""),
        hint=hint,
        retryable=kind in (429, "unreachable", "late", "not JSON", "server", "broken"),
    )


def _kind(error: BaseException | None) -> int | str:
    """The row of the table that the exception belongs to."""
    code = status(error)
    names = {kind.__name__ for each in (error, getattr(error, "__cause__", None)) for kind in type(each).__mro__}
    found: dict[int | str, bool] = {
        "quota": _is_quota(error),
        "window": "context_length" in _code(error) or "maximum context" in _message(error),
        code: code in _KINDS,
        "server": code > 0,
        "unreachable": bool(names & {"ConnectError", "ConnectTimeout"}),
        "late": bool(names & {"APITimeoutError", "ReadTimeout"}),
        "not JSON": isinstance(error, ValueError),
    }
    return next((kind for kind, is_it in found.items() if is_it), "broken")


def scrubbed(text: str) -> str:
    """The text without anything that is or looks like a key."""
    for name, value in os.environ.items():
        if name.endswith(("_KEY", "_TOKEN", "_SECRET")) and len(value) >= 8:
            text = text.replace(value, "[key]")
    return _SECRET.sub("[key]", text)


def _is_quota(error: Any) -> bool:
    return any(each in _code(error).split() for each in _QUOTA)


def _code(error: Any) -> str:
    """What the server calls it, as `code` or as `type`."""
    return f"{getattr(error, 'code', '') or ''} {getattr(error, 'type', '') or ''}"


def _message(error: Any) -> str:
    """What the server said, in a line."""
    body = getattr(error, "body", None)
    said = body.get("message") if isinstance(body, dict) else None
    return " ".join(str(said or error or "").split())
