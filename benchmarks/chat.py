"""A chat-completions server for benchmarks: every answer is valid, grounded, and there after a fixed delay.

Run: python benchmarks/chat.py

Prints its address and serves until it is ended. It is a process of its own, so that its work is not counted as ours.
The delay is part of the address: `http://127.0.0.1:PORT/0.5/v1` answers half a second after a request is there. What is
answered depends on the messages alone, and is about as long as they ask for. `GET /requests` tells how many requests
came in since it was last asked, and gives the bodies of the latest.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections import deque
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from typing import Any

LATEST = 64
"""Requests whose bodies are kept."""
_PASSAGE = re.compile(r"^\[(P\d+)\] (.+)$", re.MULTILINE)
_LIMIT = re.compile(r"^At most about (\d+) words", re.MULTILINE)
_MARKED = re.compile(r"[|`#]|^[-*>] ")
_SHORT, _WORDS = 5, 120
"""Words of a passage that says too little; of an answer for which the request names no limit."""
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"

_APPROACHES = ("do nothing", "buy or reuse", "smaller first step")

Answer = dict[str, Any]
Said = list[Answer]


def _statements(system: str, words: int, start: int) -> Said:
    """Passages in their own words, from that one on, until there are so many words."""
    plain = [(name, text) for name, text in _PASSAGE.findall(system) if not _MARKED.search(text)]
    plain = [each for each in plain if len(each[1].split()) > _SHORT]
    return list(_up_to(words, islice(cycle(plain), start % len(plain), start % len(plain) + len(plain))))


def _up_to(words: int, passages: Iterator[tuple[str, str]]) -> Iterator[Answer]:
    for name, text in passages:
        yield {"text": text, "citations": [{"passage": name, "quote": text}]}
        words -= len(text.split())
        if words <= 0:
            return


def _ids(user: str, letter: str) -> list[str]:
    return sorted(set(re.findall(rf'"id": "({letter}\d+)"', user)))


def _problem(said: Said, _: str) -> Answer:
    third = -(-len(said) // 3)
    return {"statements": said[:third], "goals": said[third : 2 * third], "non_goals": said[2 * third :]}


def _alternatives(said: Said, _: str) -> Answer:
    criteria = said[:3]
    scores = [{"criterion": f"K{n}", "score": 3, "reason": "As well as the other."} for n, _ in enumerate(criteria, 1)]
    options: Said = [{"name": "Build it", "chosen": True, "scores": scores}]
    options += [{"name": name, "approach": name, "scores": scores} for name in _APPROACHES]
    return {"criteria": criteria, "options": options}


def _success(said: Said, user: str) -> Answer:
    return {
        "criteria": [{**said[0], "goals": [goal]} for goal in _ids(user, "G")],
        "validation": [{"text": f"Provoke {risk}", "verifies": [risk]} for risk in _ids(user, "R")],
    }


_WRITERS: dict[str, Callable[[Said, str], Answer]] = {
    "Questions": lambda said, _: {
        "open_questions": [
            {"question": f"Is this so: {each['text']}", "citations": each["citations"], "blocks": ["rollout"]}
            for each in said
        ]
    },
    "Problem": _problem,
    "Solution": lambda said, _: {"overview": said},
    "Alternatives": _alternatives,
    "Risks": lambda said, _: {
        "items": [{"title": each["text"], "impact": "high", "citations": each["citations"]} for each in said]
    },
    "Rollout": lambda said, _: {"status": "drafted", "steps": said},
    "Success": _success,
    "Agreement": lambda *_: {"disagreements": [], "open_questions": []},
    "Findings": lambda *_: {"findings": []},
    "Headline": lambda said, _: {"title": "What is to be built", "summary": said[0]["text"]},
}
"""What a good answer is, by the name of its type: from statements and what else the request says."""


def completion(body: Answer) -> bytes:
    """The answer to a request, in the form of the protocol."""
    name = body["tool_choice"]["function"]["name"]
    system, user = (part["content"] for part in body["messages"][:2])
    limit = _LIMIT.search(user)
    said = _statements(system, int(limit[1]) if limit else _WORDS, 5 * list(_WRITERS).index(name))
    arguments = json.dumps(_WRITERS[name](said, user), ensure_ascii=False)
    call = {"id": "call_1", "type": "function", "function": {"name": name, "arguments": arguments}}
    message = {"role": "assistant", "content": None, "tool_calls": [call]}
    sent, answered = (len(system) + len(user)) // 4, len(arguments) // 4
    usage = {"prompt_tokens": sent, "completion_tokens": answered, "total_tokens": sent + answered}
    choice = {"index": 0, "message": message, "finish_reason": "tool_calls"}
    whole = {"id": "c1", "object": "chat.completion", "created": 1_700_000_000, "model": body["model"]}
    return json.dumps(whole | {"choices": [choice], "usage": usage}, ensure_ascii=False).encode()


class Chat:
    """What came in, and what goes out."""

    def __init__(self) -> None:
        self.count = 0
        self.latest: deque[str] = deque(maxlen=LATEST)

    async def connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Requests of one connection, one after another."""
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                until = asyncio.get_running_loop().time()
                length = re.search(r"^content-length: *(\d+)", head, re.IGNORECASE | re.MULTILINE)
                body = await reader.readexactly(int(length[1]) if length else 0)
                target = head.split(" ", 2)[1]
                if target == "/requests":
                    data = self._told()
                else:
                    data = self._answered(body)
                    until += float(target.split("/")[1])
                    await asyncio.sleep(until - asyncio.get_running_loop().time())
                writer.write(
                    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(data)
                )
                writer.write(data)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    def _answered(self, body: bytes) -> bytes:
        self.count += 1
        self.latest.append(body.decode())
        return completion(json.loads(body))

    def _told(self) -> bytes:
        told = json.dumps({"count": self.count, "latest": list(self.latest)}).encode()
        self.count = 0
        self.latest.clear()
        return told


async def serve() -> None:
    """Answer on a free port until the process is ended."""
    server = await asyncio.start_server(Chat().connection, "127.0.0.1", 0, backlog=256)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve())
