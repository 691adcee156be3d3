"""One request and its answer: sent, retried where that helps, written down, and looked at before it is parsed.

Transport retries are made here and nowhere else; asking again about what an answer says is Instructor's.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import random
from collections.abc import Awaitable, Callable, Mapping
from functools import lru_cache
from importlib import import_module
from typing import Any

from pydantic import BaseModel
from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception,
    stop_after_attempt,
    stop_before_delay,
    wait_random_exponential,
)

from specdraft.errors import AnswerError, ModelError
from specdraft.models.instructor_.answers import ASKING
from specdraft.models.instructor_.faults import explained, retry_after, scrubbed, status, transient
from specdraft.spec import Usage
from specdraft.tokens import tokens

ATTEMPTS = 5
PATIENCE = 60.0
"""Seconds, beyond one timeout, after which no further attempt is begun."""
LONGEST_ANSWER = 1_000_000
"""Characters. A section is a thousandth of it."""
_BACKOFF = wait_random_exponential(multiplier=0.5, max=20)
_SPREAD = 0.25
"""Part of `Retry-After` that is added at random, so that not everybody comes back at once."""

Create = Callable[..., Awaitable[Any]]


class Wire:
    """A provider's `create`, with retries, the journal and the budget around it."""

    def __init__(  # noqa: PLR0913 - what a connection is made of
        self, create: Create, *, tools: Mapping[str, list[Any]], unseen: bool, where: str, timeout: float, limit: int
    ) -> None:
        self._create, self._tools, self._unseen = create, tools, unseen
        self._where, self._timeout = where, timeout
        self._places = asyncio.Semaphore(limit)
        self._tokens_of_tools = tokens(json.dumps(next(iter(tools.values()), [])))

    async def create(self, **request: Any) -> Any:
        """The provider's answer to the request, paid once.

        Raises:
            AnswerError: there is none, or it is of no use.
            ModelError: the provider cannot be used.
        """
        asking = ASKING.get()
        asking.calls += 1
        digest = _digest(request)
        run = asking.ask.run
        if (kept := run.recall(digest)) is not None and (answer := _revived(kept)) is not None:
            run.tell("reused")
            run.spent(_usage(answer, request), before=True)
        else:
            run.tell("asked" if asking.calls == 1 else "reasked")
            answer = await self._sent(request)
            await asyncio.to_thread(run.keep, digest, _dumped(answer))  # it waits for the disk
            run.spent(_usage(answer, request))
        _look(answer)
        return answer

    def _constant(self, request: dict[str, Any], tools: list[Any]) -> dict[str, Any]:
        """The request with the tools of all sections; an SDK that would walk through them is not shown them."""
        if not self._unseen:
            return request | {"tools": tools}
        body = {**(request.get("extra_body") or {}), "tools": tools}
        return {name: value for name, value in request.items() if name != "tools"} | {"extra_body": body}

    async def _sent(self, request: dict[str, Any]) -> Any:
        """The answer of the first attempt that gets one."""
        run = ASKING.get().ask.run
        own = json.dumps(request.get("tools"), sort_keys=True)
        constant = self._tools.get(own)
        sent = self._constant(request, constant) if constant else request
        needed = _length(request) + (self._tokens_of_tools if constant else tokens(own))

        def told(state: RetryCallState) -> None:
            failed = state.outcome.exception() if state.outcome else None
            wait = state.next_action.sleep if state.next_action else 0
            run.tell("retried", f"{explained(failed, self._where)}; again in {wait:.1f} s")

        try:
            async for attempt in AsyncRetrying(
                retry=retry_if_exception(transient),
                wait=_wait,
                stop=stop_after_attempt(ATTEMPTS) | stop_before_delay(PATIENCE + self._timeout),
                before_sleep=told,
                reraise=True,
            ):
                with attempt:
                    run.admit(needed)
                    async with self._places:
                        return _parsed(await self._create(**sent), self._where)
        except ModelError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever an SDK raises, in our words
            # What a server says may hold the key: its exception is not chained.
            raise explained(error, self._where) from (None if status(error) else error)
        raise AssertionError  # tenacity returns or raises


_counted = lru_cache(maxsize=16)(tokens)
"""The instructions and the source begin every request of a run: they are counted once."""


def _length(request: Mapping[str, Any]) -> int:
    """Tokens of what is said in the request, about; its tools apart."""
    said = [request.get("system"), *(message.get("content") for message in request.get("messages") or ())]
    return sum(_counted(each if isinstance(each, str) else json.dumps(each, default=str)) for each in said if each)


def _wait(state: RetryCallState) -> float:
    """As long as the server asks for and a little more, else ever longer."""
    failed = state.outcome.exception() if state.outcome else None
    asked = retry_after(failed)
    return _BACKOFF(state) if asked is None else asked * (1 + random.uniform(0, _SPREAD))  # noqa: S311


def _digest(request: Mapping[str, Any]) -> str:
    """Of all that decides an answer: model, messages, the section's own schema, settings."""
    return hashlib.sha256(json.dumps(request, sort_keys=True, ensure_ascii=False, default=str).encode()).hexdigest()


def _dumped(answer: Any) -> str:
    kind = f"{type(answer).__module__}:{type(answer).__qualname__}"
    body = answer.model_dump(mode="json", warnings=False) if isinstance(answer, BaseModel) else answer
    return json.dumps({"kind": kind, "body": body}, ensure_ascii=False, default=str)


_VENDORS = ("openai", "anthropic", "google", "mistralai", "groq", "cohere")
"""Packages whose types an answer on disk may name."""


def _revived(kept: str) -> Any:
    """The provider's object again; None for what is no answer, such as a file cut short."""
    try:
        said = json.loads(kept)
        module, _, name = said["kind"].partition(":")
        if module.partition(".")[0] not in _VENDORS:
            return said["body"] if said["kind"] == "builtins:dict" else None
        kind: Any = getattr(import_module(module), name)
        return kind.model_validate(said["body"])
    except (ValueError, KeyError, TypeError, ImportError, AttributeError):
        return None


_COUNTS = {
    "input_tokens": ("usage.prompt_tokens", "usage.input_tokens", "usage_metadata.prompt_token_count"),
    "cached_tokens": (
        "usage.prompt_tokens_details.cached_tokens",
        "usage.cache_read_input_tokens",
        "usage_metadata.cached_content_token_count",
    ),
    "output_tokens": ("usage.completion_tokens", "usage.output_tokens", "usage_metadata.candidates_token_count"),
}
"""Where each provider's answer counts what."""
_BESIDE = ("usage.cache_read_input_tokens", "usage.cache_creation_input_tokens")
"""Counted beside the input tokens by one provider, among them by the others."""


def _usage(answer: Any, request: Mapping[str, Any]) -> Usage:
    """What the answer took; estimated where the provider does not say."""
    counts = {name: next((n for path in paths if (n := _at(answer, path))), 0) for name, paths in _COUNTS.items()}
    counts["input_tokens"] += sum(_at(answer, path) for path in _BESIDE)
    if not counts["input_tokens"]:
        counts["input_tokens"] = _length(request)
        counts["output_tokens"] = tokens(_said(answer))
    return Usage(calls=1, **counts)


def _at(value: Any, path: str) -> int:
    for name in path.split("."):
        value = getattr(value, name, None)
    return max(0, value) if isinstance(value, int) else 0


def _parsed(answer: Any, where: str) -> Any:
    """An answer as the SDK parsed it; a page of HTML comes through as a string."""
    if isinstance(answer, (str, bytes)) or answer is None:
        raise explained(ValueError("no JSON"), where)
    return answer


def _said(answer: Any) -> str:
    """The text of an answer, of whatever provider."""
    choices = getattr(answer, "choices", None)
    if not choices:
        return str(getattr(answer, "content", "") or getattr(answer, "text", ""))
    message = choices[0].message
    calls = getattr(message, "tool_calls", None) or []
    return "".join([message.content or "", *(call.function.arguments or "" for call in calls)])


_AGAIN = "Run the same command again."


def _look(answer: Any) -> None:
    """Is there anything to parse?

    Raises:
        AnswerError: there is not, and why.
    """
    if not hasattr(answer, "choices"):
        return
    if not answer.choices or answer.choices[0].message is None:
        said = scrubbed(str(getattr(answer, "error", None) or ""))[:300]  # some gateways send errors as success
        raise AnswerError("the model answered with nothing" + (f": {said}" if said else ""), hint=_AGAIN)
    choice = answer.choices[0]
    if refusal := getattr(choice.message, "refusal", None):
        raise AnswerError(f"the model refused: {' '.join(refusal.split())[:300]}", hint="Try another model.")
    if choice.finish_reason == "content_filter":
        raise AnswerError("the provider's content filter stopped the answer", hint="Try another model.")
    if choice.finish_reason == "length":
        raise AnswerError(
            "the answer was cut off at the model's output limit", hint="Use a model with a larger output limit."
        )
    length = len(_said(answer))
    if not length:
        raise AnswerError("the model answered with nothing", hint=_AGAIN)
    if length > LONGEST_ANSWER:
        raise AnswerError(f"the answer has {length:,} characters; a section has at most {LONGEST_ANSWER:,}")
