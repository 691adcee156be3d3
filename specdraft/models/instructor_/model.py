"""A provider's model as something that drafts sections."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from inspect import isawaitable
from typing import Any
from urllib.parse import urlsplit

from pydantic import ValidationError

from specdraft.errors import AnswerError, ModelError, SpecdraftError
from specdraft.models.base import Ask, Reply
from specdraft.models.instructor_.answers import ASKING, Asking, answer_type
from specdraft.models.instructor_.faults import scrubbed
from specdraft.models.instructor_.providers import PROVIDERS, Provider
from specdraft.models.instructor_.wire import Wire
from specdraft.outline import ANSWERS

REASKS = 2
"""How often an answer is asked again for what is wrong with it."""


class InstructorModel:
    """A model of a provider; made by `connected`."""

    def __init__(self, name: str, client: Any, provider: Provider) -> None:
        self.name, self._client, self._provider = name, client, provider

    async def ask(self, ask: Ask) -> Reply:
        """Draft the section: the first answer without faults, or the one with the fewest.

        Raises:
            AnswerError: no answer had the section's shape, or there was none.
            ModelError: the provider cannot be used.
        """
        from instructor.core import InstructorRetryException

        asking = Asking(ask)
        token = ASKING.set(asking)
        prompt = ask.prompt()
        try:
            await self._client.create(
                response_model=answer_type(ask.plan.model, words_only=self._provider.words_only),
                messages=[self._system(prompt.system), {"role": "user", "content": prompt.user}],
                max_retries=REASKS,
                strict=False,
            )
        except ModelError:
            raise
        except InstructorRetryException as error:
            _raise_what_is_ours(error)
            if not asking.candidates:
                raise AnswerError(_misfit(error), hint="Try another model, or another --mode.") from None
        except Exception as error:
            # What Instructor cannot put into a provider's form is not the section's fault: it ends the run.
            said = scrubbed(" ".join(str(error).split()))[:300]
            raise ModelError(f"{self.name} cannot be asked: {said}", hint="Try another --mode.") from error
        finally:
            ASKING.reset(token)
        return Reply(min(asking.candidates, key=lambda each: each[0])[1])

    def _system(self, text: str) -> dict[str, Any]:
        """The beginning that all asks share."""
        if not self._provider.marks_cache:
            return {"role": "system", "content": text}
        marked = {"type": "text", "text": text, "cache_control": {"type": "ephemeral"}}
        return {"role": "system", "content": [marked]}


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The exception, what it was raised from, and so on."""
    while error is not None:
        yield error
        error = error.__cause__


def _raise_what_is_ours(error: BaseException) -> None:
    """Instructor wraps what the wire raised; it carries the prompt, so it goes no further."""
    for cause in _causes(error):
        if isinstance(cause, ModelError):
            raise cause from cause.__cause__


def _misfit(error: BaseException) -> str:
    """What is wrong with the shape of the last answer."""
    said = "no answer had the section's shape"
    for cause in _causes(error):
        if isinstance(cause, ValidationError):
            first = cause.errors(include_url=False, include_input=False)[0]
            return f"{said}: {'.'.join(map(str, first['loc']))}: {first['msg']}"
    return said


@asynccontextmanager
async def connected(
    name: str, *, mode: str | None = None, timeout: float = 600.0, concurrency: int = 8
) -> AsyncIterator[InstructorModel]:
    """A provider's model, in Instructor's form `provider/model`; its connections close with the context.

    Args:
        name: e.g. `openai/gpt-5-mini`; OPENAI_BASE_URL points it to any server that speaks the same protocol.
        mode: one of Instructor's modes by name, e.g. `json_schema`, where its default does not suit the server.
        timeout: seconds to wait for one answer.
        concurrency: requests under way at the same time, over all drafts that share the model.

    Raises:
        ModelError: there is no such provider, its package is not installed, or its key is not set.
    """
    seller, _, model = name.partition("/")
    provider = PROVIDERS.get(seller, Provider())
    client = _client(name, provider, mode or provider.mode)
    raw = client.client
    for setting, value in (("max_retries", 0), ("timeout", timeout)):
        if hasattr(raw, setting):
            setattr(raw, setting, value)
    import instructor

    wire = Wire(
        client.create_fn.__wrapped__,
        tools=_constant_tools(provider),
        unseen=provider.unseen,
        where=_where(raw, seller),
        timeout=timeout,
        limit=concurrency,
    )
    client.kwargs = {"model": model, **client.kwargs, **provider.settings}
    client.create_fn = instructor.patch(create=wire.create, mode=client.mode, provider=client.provider)
    try:
        yield InstructorModel(name, client, provider)
    finally:
        closed = raw.close() if hasattr(raw, "close") else None
        if isawaitable(closed):
            await closed


def _client(name: str, provider: Provider, mode: str | None) -> Any:
    import instructor

    for logger in ("instructor", "openai"):
        logging.getLogger(logger).addHandler(logging.NullHandler())
    logging.getLogger("instructor.v2.retry").setLevel(logging.CRITICAL)  # its errors quote the document
    seller = name.partition("/")[0]
    if provider.keys and not any(os.environ.get(key) for key in provider.keys):
        key, server = provider.keys
        raise ModelError(
            f"there is no key for {name}", hint=f"Set {key}, or {server} for a local server; or use --model offline."
        )
    chosen: dict[str, Any] = {}
    if mode:
        modes = {each.name.lower(): each for each in instructor.Mode}
        if mode.lower() not in modes:
            raise SpecdraftError(f"there is no mode {mode!r}", hint=f"Modes: {', '.join(sorted(modes))}")
        chosen["mode"] = modes[mode.lower()]
    if seller == "openai":
        chosen["api_key"] = os.environ.get("OPENAI_API_KEY") or "none"
    try:
        return instructor.from_provider(name, async_client=True, **chosen)
    except Exception as error:
        raise ModelError(
            f"{name} cannot be used: {' '.join(str(error).split())[:300]}",
            hint=f"If a package is missing: pip install 'specdraft[{seller}]'. Or draft with --model offline.",
        ) from error


def _where(raw: Any, seller: str) -> str:
    """The server, as a person would name it."""
    address = urlsplit(str(getattr(raw, "base_url", "") or ""))
    return f"{address.hostname}:{address.port}" if address.port else address.hostname or seller


def _constant_tools(provider: Provider) -> dict[str, list[Any]]:
    """For the tool of each section the list of all, so that every request of a run begins with the same words."""
    if provider.tool is None:
        return {}
    tools = [provider.tool(answer_type(model)) for model in ANSWERS]
    return {json.dumps([tool], sort_keys=True): tools for tool in tools}
