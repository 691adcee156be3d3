"""Cassettes: a model's answers, recorded once, replayed without a key or a network. The only module that knows vcrpy.

vcrpy hooks into the HTTP client; what it offers beyond that is replaced, because it does not fit language models (its
default match ignores the body, it scans all interactions for each request, saves at the end, and takes a miss for an
outage). Here an answer is known by a digest of the request and the sample, saved whole as soon as it is there, and a
miss is kept with its difference from what was recorded.
"""

from __future__ import annotations

import difflib
import json
import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Any
from unittest.mock import patch

from vcr.cassette import Cassette
from vcr.record_mode import RecordMode

from specdraft.errors import EvalError
from specdraft.evals.recorded import (
    Answer,
    Recorded,
    asked,
    body_of,
    digest,
    lines_of,
    load,
    refuse_secrets,
    response,
    save,
)

_SHOWN = 40
"""Lines of a difference that are shown."""
_WIDTH, _BEFORE = 160, 40
"""Characters of a line that are shown, and of what stands before a change in it."""
_KEPT_HEADERS = ("content-type", "retry-after")
_KEYS = ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GOOGLE_API_KEY", "GEMINI_API_KEY", "MISTRAL_API_KEY", "GROQ_API_KEY",
         "COHERE_API_KEY", "CO_API_KEY", "OPENROUTER_API_KEY", "DEEPSEEK_API_KEY")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Miss:
    """A request that was not recorded."""

    ask: str
    """What was asked for, e.g. `Findings`."""
    difference: str
    """Lines that tell it from the most similar request that was recorded; empty if there is none."""

    def __str__(self) -> str:
        known = f"\n{self.difference}" if self.difference else " (nothing like it was recorded)"
        return f"stale cassette: the request for {self.ask} changed{known}"


class Tape(Cassette):  # type: ignore[misc]
    """An open cassette; vcrpy asks it for each request."""

    def __init__(self, path: Path, *, replay: bool, sample: str, about: Mapping[str, str]) -> None:
        super().__init__(path=str(path), record_mode=RecordMode.NONE if replay else RecordMode.NEW_EPISODES)
        self.file, self.replay, self.sample = path, replay, sample
        self.recorded = load(path) if path.exists() else Recorded()
        self.recorded.about |= about
        self.missed: list[Miss] = []
        self.refused: EvalError | None = None
        """Why a request was neither sent nor recorded."""
        self.played = 0

    def _load(self) -> None:
        """Nothing to do: it was loaded when it was opened."""

    def _save(self, *, force: bool = False) -> None:
        """Nothing to do: every answer was saved when it was there."""

    def prune(self) -> None:
        """Take out what was recorded for this sample and is not asked for any more."""
        for known, group in list(self.recorded.answers.items()):
            self.recorded.answers[known] = [each for each in group if each.played or each.sample != self.sample]
        save(self.file, self.recorded)

    def unplayed(self) -> list[str]:
        """What was recorded for this sample and not asked for: the kinds of ask."""
        answers = (each for group in self.recorded.answers.values() for each in group)
        return [asked(each.request) for each in answers if each.sample == self.sample and not each.played]

    def can_play_response_for(self, request: Any) -> bool:
        """Is there something to answer with? A miss and a refusal are errors that nobody retries."""
        if not self.replay and self._next(request) is None:
            try:
                refuse_secrets(body_of(request), self.file)
            except EvalError as error:
                self.refused = error
        return self.replay or self.refused is not None or self._next(request) is not None

    def play_response(self, request: Any) -> dict[str, Any]:
        """The recorded answer."""
        answer = self._next(request)
        if self.refused:
            return response(400, json.dumps({"error": {"message": str(self.refused), "code": "refused"}}))
        if answer is None:
            body = body_of(request)
            self.missed.append(Miss(asked(body), self._difference(body)))
            said = {"error": {"message": "stale cassette", "code": "stale_cassette"}}
            return response(400, json.dumps(said))
        answer.played = True
        self.played += 1
        return answer.response

    def append(self, request: Any, response: dict[str, Any]) -> None:
        """Keep an answer, on disk before anything else happens; an error is none."""
        if response["status"]["code"] >= 300:
            return
        headers = {name: list(value) for name, value in response["headers"].items() if name.lower() in _KEPT_HEADERS}
        kept = response | {"headers": headers}
        answer = Answer(body_of(request), kept, self.sample, request.parsed_uri.path, played=True)
        known = digest(answer.path, answer.request, self.sample)
        self.recorded.answers.setdefault(known, []).append(answer)
        save(self.file, self.recorded)

    def _next(self, request: Any) -> Answer | None:
        """The first answer to that request that was not given yet."""
        known = digest(request.parsed_uri.path, body_of(request), self.sample)
        return next((each for each in self.recorded.answers.get(known, ()) if not each.played), None)

    def _difference(self, body: dict[str, Any]) -> str:
        """What tells a request from the most similar one of its kind."""
        new = lines_of(body)
        recorded = (each.request for group in self.recorded.answers.values() for each in group)
        known = [lines_of(each) for each in recorded if asked(each) == asked(body)]
        if not known:
            return ""
        words = set(new)
        nearest = max(known, key=lambda lines: len(words.intersection(lines)))
        changed = difflib.unified_diff(nearest, new, "recorded", "now", lineterm="", n=0)
        lines = _cut(list(changed)[2:])
        more = [f"… {len(lines) - _SHOWN} more lines"] if len(lines) > _SHOWN else []
        return "\n".join(lines[:_SHOWN] + more)


@contextmanager
def opened(
    path: Path, *, replay: bool = True, sample: str = "0", about: Mapping[str, str] | None = None
) -> Iterator[Tape]:
    """The cassette at that path, in front of every HTTP request of this process until the context ends.

    Open one at a time: vcrpy's hooks are the process's.

    Args:
        path: the file; where it is recorded to, it need not be there.
        replay: only answer what is recorded, with the network shut; otherwise ask for what is not.
        sample: which of several answers to the same request.
        about: where the answers come from, to be kept in the file.

    Raises:
        EvalError: it cannot be read, or a live secret would be written into it.
    """
    if replay and not path.exists():
        raise EvalError(f"there is no cassette {path}", hint="Record it with: specdraft eval record")
    with Tape.use(path=path, replay=replay, sample=sample, about=about or {}) as tape:
        if not replay:
            yield tape
            if tape.refused:
                raise tape.refused
            return
        keys = {name: "recorded" for name in _KEYS if name not in os.environ}
        with patch.dict(os.environ, keys | {"OPENAI_BASE_URL": "http://recorded.invalid/v1"}), shut():
            yield tape


@contextmanager
def shut() -> Iterator[None]:
    """No connection can be made until the context ends.

    Raises:
        EvalError: one was tried.
    """

    def refuse(self: socket.socket, address: object) -> None:
        if self.family != socket.AF_UNIX:
            raise EvalError(f"a replay reached for the network: {address}", hint="This is a bug: please report it.")

    with patch.object(socket.socket, "connect", refuse), patch.object(socket.socket, "connect_ex", refuse):
        yield


def _cut(lines: list[str]) -> list[str]:
    """The lines short enough to read: those that were changed from where they differ."""
    cut = []
    for before, line, after in zip(["", *lines], lines, [*lines[1:], ""], strict=False):
        other = after if line.startswith("-") and after.startswith("+") else before if line.startswith("+") else ""
        shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(line[1:], other[1:], strict=False)))
        start = max(0, shared - _BEFORE) if len(line) > _WIDTH else 0
        cut.append(line[0] + ("…" if start else "") + line[1 + start : 1 + start + _WIDTH])
    return cut
