"""The file of a cassette: answers of a model with the requests that they answer, and how one is known again.

Long texts of the requests stand once in `texts`, and `answers` refer to them: the requests of a run begin alike.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from specdraft.errors import EvalError
from specdraft.redact import secrets
from specdraft.source import Source

_LONG = 120
"""Characters from which on a text of a request stands in `texts`."""
_VERSIONED = re.compile(r"errors\.pydantic\.dev/[\d.]+/")
"""Pydantic names its own version where an answer is asked for again."""
_SHORTEST_SECRET = 8


@dataclass
class Answer:
    """One answer, and the request that it answers."""

    request: dict[str, Any]
    """Its body."""
    response: dict[str, Any]
    """As vcrpy has it."""
    sample: str
    path: str
    """Of the request's address."""
    played: bool = False


@dataclass
class Recorded:
    """What a cassette holds."""

    about: dict[str, str] = field(default_factory=dict)
    """Where the answers come from, and when they were recorded."""
    answers: dict[str, list[Answer]] = field(default_factory=dict)
    """By digest."""


def load(path: Path) -> Recorded:
    """The answers in a cassette.

    Raises:
        EvalError: it is no cassette.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        texts = data["texts"]
        recorded = Recorded(dict(data["about"]))
        for each in data["answers"]:
            body = _whole(each["request"], texts)
            told = response(each["response"]["status"], each["response"]["body"], each["response"]["headers"])
            answer = Answer(body, told, each["sample"], each["path"])
            recorded.answers.setdefault(digest(each["path"], body, each["sample"]), []).append(answer)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise EvalError(f"{path} is no cassette: {error}", hint="Record it again: specdraft eval record") from error
    return recorded


def save(path: Path, recorded: Recorded) -> None:
    """Write a cassette, whole or not at all."""
    texts: dict[str, str] = {}
    answers = [
        {
            "path": each.path,
            "sample": each.sample,
            "ask": asked(each.request),
            "request": _small(each.request, texts),
            "response": {
                "status": each.response["status"]["code"],
                "headers": each.response["headers"],
                "body": _text(each.response["body"]["string"]),
            },
        }
        for group in recorded.answers.values()
        for each in group
    ]
    data = json.dumps(
        {"version": 1, "about": recorded.about, "texts": texts, "answers": answers}, indent=1, ensure_ascii=False
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile("w", dir=path.parent, suffix=".tmp", delete=False, encoding="utf-8") as file:
        file.write(data + "\n")
        file.flush()
        os.fsync(file.fileno())
    Path(file.name).replace(path)


def refuse_secrets(body: Mapping[str, Any], path: Path) -> None:
    """Would a cassette with this request hold something that nobody should read?

    Raises:
        EvalError: it would.
    """
    texts: dict[str, str] = {}
    data = json.dumps(_small(dict(body), texts), ensure_ascii=False)
    secret = ("_KEY", "_TOKEN", "_SECRET")
    kept = {
        name: value for name, value in os.environ.items() if name.endswith(secret) and len(value) >= _SHORTEST_SECRET
    }
    for name, value in kept.items():
        if any(value in text for text in (data, *texts.values())):
            raise EvalError(f"{path} would hold the value of {name}", hint="Take it out of what is sent.")
    for text in texts.values():
        if kinds := _secrets(text):
            raise EvalError(f"{path} would hold what looks like a live {kinds}", hint="Take it out of the source.")


@lru_cache(maxsize=64)
def _secrets(text: str) -> str:
    """What kinds of secret stand in a text; the same ones begin every request of a run."""
    return ", ".join(sorted({each.kind for each in secrets(Source.from_text(text or " ", name="request"))}))


def digest(path: str, body: dict[str, Any], sample: str) -> str:
    """What a request is known by: its path, its body whatever the order of keys, and which sample it is."""
    canonical = _VERSIONED.sub("errors.pydantic.dev/", json.dumps(body, sort_keys=True, ensure_ascii=False))
    return hashlib.sha256(f"{path} {sample}\n{canonical}".encode()).hexdigest()


def body_of(request: Any) -> dict[str, Any]:
    """What a request says, as JSON; a body of another kind as text."""
    try:
        body = json.loads(request.body)
        return body if isinstance(body, dict) else {"body": body}
    except (ValueError, TypeError):
        return {"body": str(request.body)}


def asked(body: Mapping[str, Any]) -> str:
    """What a request asks to be filled in."""
    choice = body.get("tool_choice")
    named = choice.get("function", choice).get("name", "") if isinstance(choice, dict) else ""
    return str(named or (body.get("response_format") or {}).get("json_schema", {}).get("name", "") or "an answer")


def lines_of(body: Mapping[str, Any]) -> list[str]:
    """A request as lines: its messages as they are, the rest as JSON."""
    messages = [f"{each.get('role')}: {each.get('content')}" for each in body.get("messages", ())]
    rest = {name: value for name, value in body.items() if name != "messages"}
    text = "\n".join([*messages, json.dumps(rest, indent=1, sort_keys=True, ensure_ascii=False)])
    return text.splitlines()


def _small(value: Any, texts: dict[str, str]) -> Any:
    """The value with its long texts put aside; a list of tools goes as one."""
    if isinstance(value, str) and len(value) > _LONG:
        return {"$text": _aside(value, texts)}
    if isinstance(value, list) and value and all(isinstance(each, dict) and "function" in each for each in value):
        return {"$json": _aside(json.dumps(value, ensure_ascii=False), texts)}
    if isinstance(value, list):
        return [_small(each, texts) for each in value]
    return {name: _small(each, texts) for name, each in value.items()} if isinstance(value, dict) else value


def _whole(value: Any, texts: Mapping[str, str]) -> Any:
    """The inverse of `_small`."""
    if isinstance(value, list):
        return [_whole(each, texts) for each in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"$text"}:
        return texts[value["$text"]]
    if value.keys() == {"$json"}:
        return json.loads(texts[value["$json"]])
    return {name: _whole(each, texts) for name, each in value.items()}


def _aside(text: str, texts: dict[str, str]) -> str:
    name = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    texts[name] = text
    return name


def response(status: int, body: Any, headers: Mapping[str, list[str]] | None = None) -> dict[str, Any]:
    """A response as vcrpy has it."""
    raw = base64.b64decode(body["base64"]) if isinstance(body, dict) else str(body).encode()
    return {
        "status": {"code": status, "message": ""},
        "headers": dict(headers or {"content-type": ["application/json"]}),
        "body": {"string": raw},
    }


def _text(raw: bytes | str) -> Any:
    """A body as text, or where it is none as base64."""
    if isinstance(raw, str):
        return raw
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(raw).decode()}
