"""A chat-completions server on loopback: it answers each section well, and fails where its script says so.

What it answers depends on the request alone, so that two runs over the same document end in the same spec.
"""

from __future__ import annotations

import json
import select
import socket
import struct
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from tests.answers import Answer, answer_to

PATIENCE = 60.0
"""Seconds after which a test that waits for a request has failed."""


@dataclass(frozen=True)
class Fault:
    """One answer that is not as it should be."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str | None = None
    """Sent instead of a completion."""
    arrives: float = 1.0
    """Part of the body after which the connection is reset; 0: before any byte."""
    hangs: bool = False
    """No answer until the client goes away."""
    section: Callable[[Answer], Answer | str] | None = None
    """Changes what the model says of the section; a string is what it says."""
    completion: Callable[[Answer], object] | None = None
    """Changes the completion around it, in place."""


def error(status: int, message: str = "try later", code: str | None = None, **headers: str) -> Fault:
    """A refusal in the form of the protocol; `retry_after="0"` is a header."""
    said = {"error": {"message": message, "type": "error", "param": None, "code": code}}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Fault(status, {"Content-Type": "application/json", **named}, json.dumps(said))


def message(finish: str, **fields: Any) -> Fault:
    """Another message than a filled-in section, and why it ended."""

    def change(completion: Answer) -> None:
        completion["choices"][0] |= {
            "finish_reason": finish,
            "message": {"role": "assistant", "content": None} | fields,
        }

    return Fault(completion=change)


def quoting(change: Callable[[Answer], object]) -> Fault:
    """The section with each of its citations changed in place."""

    def changed(part: Any) -> Any:
        if isinstance(part, dict):
            for citation in part.get("citations", []):
                change(citation)
        for each in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
            changed(each)
        return part

    return Fault(section=changed)


def with_items(**lists: list[Answer]) -> Fault:
    """The section with more items in its lists."""
    return Fault(section=lambda answer: answer | {name: answer.get(name, []) + more for name, more in lists.items()})


BUSY = error(429, "slow down", retry_after="0")
BROKEN = error(500, "oops", retry_after="0")
UNAVAILABLE = error(503, "overloaded", retry_after="0")
QUOTA = error(429, "You exceeded your current quota", "insufficient_quota", retry_after="0")
TOO_LONG = error(400, "This model's maximum context length is 8192 tokens", "context_length_exceeded")
HANG = Fault(hangs=True)
RESET = Fault(arrives=0)
CUT = Fault(arrives=0.5)
HTML = Fault(headers={"Content-Type": "text/html"}, body="<html><body>Welcome to the router</body></html>")
BROKEN_JSON = Fault(headers={"Content-Type": "application/json"}, body='{"id": "c1", "object": "chat.comple')
HALF_ARGUMENTS = Fault(section=lambda answer: json.dumps(answer)[: len(json.dumps(answer)) // 2])
HUGE = Fault(section=lambda answer: answer | {"statements": [{"text": "word " * 1_000_000}]})
NO_CHOICES = Fault(completion=lambda completion: completion.update(choices=[]))
EMPTY = message("stop", content="")
PROSE = message("stop", content="Certainly! The problem is that people phone.")
REFUSAL = message("stop", refusal="I cannot help with that.")
FILTERED = message("content_filter")
LENGTH = Fault(
    section=HALF_ARGUMENTS.section,
    completion=lambda completion: completion["choices"][0].update(finish_reason="length"),
)


def busy_until_now() -> Fault:
    """A 429 whose `Retry-After` is a date."""
    return error(429, "slow down", retry_after=formatdate(usegmt=True))


@dataclass
class Call:
    """One request, as it came in."""

    section: str
    attempt: int
    """From 1, of that section."""
    body: Answer
    headers: dict[str, str]
    parked: bool = False
    """Waits for the test, with nothing or half of its answer sent."""
    answered: bool = False
    """A completion went out in full, good or bad: it is paid."""
    gone: bool = False
    """The client closed the connection before it had an answer."""


Script = Mapping[str, Sequence[Fault]] | Callable[[Call], Fault | None]


class ChatServer:
    """Runs within `with`; `url` is for OPENAI_BASE_URL.

    Args:
        faults: by section, what to play on its first, second, ... request; or a function of the request. Where
            there is nothing, the answer is good.
    """

    def __init__(self, faults: Script | None = None) -> None:
        self.faults: Script = faults or {}
        self.calls: list[Call] = []
        self.held: dict[str, float] = {}
        """Sections to park, with the part of the answer that is sent before."""
        self.changed = threading.Condition()
        self.closing = False
        self._http = _Listener(("127.0.0.1", 0), self)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def url(self) -> str:
        """The base of the protocol's addresses."""
        return f"http://127.0.0.1:{self._http.server_port}/v1"

    def close(self) -> None:
        """End every connection; nothing listens any more. A second time it does nothing."""
        if self.closing:
            return
        self.closing = True
        self._http.shutdown()
        self._http.sever()
        self._http.server_close()
        self._thread.join()

    def hold(self, *sections: str, sent: float = 0.0) -> None:
        """Park requests for these sections from now on, and let the others go."""
        self.held = dict.fromkeys(sections, sent)

    def until(self, true: Callable[[], bool]) -> None:
        """Wait until something holds that a request changes."""
        with self.changed:
            assert self.changed.wait_for(true, PATIENCE), [(each.section, each.attempt) for each in self.calls]

    def parked(self) -> set[str]:
        """The sections that wait now."""
        return {call.section for call in self.calls if call.parked}

    def counts(self) -> Counter[str]:
        """Requests by section."""
        return Counter(call.section for call in self.calls)

    def answered(self) -> Counter[str]:
        """Requests that were answered in full, by section."""
        return Counter(call.section for call in self.calls if call.answered)

    def note(self, body: Answer, headers: dict[str, str]) -> tuple[Call, Fault]:
        """Write the request down, and look up how it is to be answered."""
        section = _asked(body)
        with self.changed:
            call = Call(section, self.counts()[section] + 1, body, headers)
            self.calls.append(call)
            self.changed.notify_all()
        if callable(self.faults):
            return call, self.faults(call) or Fault()
        script = self.faults.get(section, ())
        return call, script[call.attempt - 1] if call.attempt <= len(script) else Fault()

    def update(self, call: Call, **fields: bool) -> None:
        """Note what became of the request, and wake the test that waits for it."""
        with self.changed:
            for name, value in fields.items():
                setattr(call, name, value)
            self.changed.notify_all()


class _Listener(ThreadingHTTPServer):
    """The sockets of a `ChatServer`: each connection in a thread, all of them ended with the server."""

    daemon_threads = False

    def __init__(self, address: tuple[str, int], chat: ChatServer) -> None:
        self.chat = chat
        self._open: set[socket.socket] = set()
        super().__init__(address, _Connection)

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        self._open.add(connection)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def sever(self) -> None:
        for connection in list(self._open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news."""


class _Connection(BaseHTTPRequestHandler):
    """One connection: requests one after another."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Listener

    def do_POST(self) -> None:
        chat = self.server.chat
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        call, fault = chat.note(body, dict(self.headers))
        sent = chat.held.get(call.section)
        if fault.hangs:
            self._wait(call, lambda: True)
            return
        if sent == 0 and not self._released(call):
            return
        if fault.arrives == 0:
            self._reset()
            return
        data = (_completion(call, fault) if fault.body is None else fault.body).encode()
        self.send_response(fault.status)
        for name, value in ({"Content-Type": "application/json"} | dict(fault.headers)).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        part = int(len(data) * fault.arrives * (sent or 1.0))
        self.wfile.write(data[:part])
        self.wfile.flush()
        if fault.arrives < 1:
            self._reset()
        elif part == len(data) or (self._released(call) and self._finish(data[part:])):
            chat.update(call, answered=fault.status == 200)

    def _finish(self, rest: bytes) -> bool:
        self.wfile.write(rest)
        self.wfile.flush()
        return True

    def _released(self, call: Call) -> bool:
        """Wait for the test to let the section go; false where the client went away."""
        self.server.chat.update(call, parked=True)
        self._wait(call, lambda: call.section in self.server.chat.held)
        return not call.gone

    def _wait(self, call: Call, on: Callable[[], bool]) -> None:
        chat = self.server.chat
        gone = False
        while on() and not gone and not chat.closing:
            ready, _, _ = select.select([self.connection], [], [], 0.01)
            gone = bool(ready) and not self._peek()
        self.close_connection = gone or chat.closing
        chat.update(call, parked=False, gone=gone or chat.closing)

    def _peek(self) -> bytes:
        try:
            return bytes(self.connection.recv(1, socket.MSG_PEEK))
        except OSError:
            return b""

    def _reset(self) -> None:
        """End the connection in the rude way."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name in the standard library
        """Say nothing."""


def _asked(body: Answer) -> str:
    """The section that the request wants filled in, by its name in the outline."""
    choice = body.get("tool_choice")
    name = choice["function"]["name"] if choice else body["response_format"]["json_schema"]["name"]
    return str(name).lower()


def _completion(call: Call, fault: Fault) -> str:
    """The chat completion around the section."""
    system, user = (part["content"] for part in call.body["messages"][:2])
    answer: Any = answer_to(call.section, system, user)
    answer = fault.section(answer) if fault.section else answer
    said = answer if isinstance(answer, str) else json.dumps(answer)
    message: Answer = {"role": "assistant", "content": said}
    if call.body.get("tools"):
        function = {"name": call.body["tool_choice"]["function"]["name"], "arguments": said}
        message = {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": "call_1", "type": "function", "function": function}],
        }
    sent = sum(len(part.get("content") or "") for part in call.body["messages"])
    completion: Answer = {
        "id": f"chatcmpl-{call.section}",
        "object": "chat.completion",
        "created": 1_700_000_000,
        "model": call.body["model"],
        "choices": [
            {"index": 0, "message": message, "finish_reason": "tool_calls" if call.body.get("tools") else "stop"}
        ],
        "usage": {
            "prompt_tokens": sent // 4,
            "completion_tokens": len(said) // 4,
            "total_tokens": sent // 4 + len(said) // 4,
            "prompt_tokens_details": {"cached_tokens": 0 if call.section == "questions" else len(system) // 4},
        },
    }
    if fault.completion:
        fault.completion(completion)
    return json.dumps(completion)
