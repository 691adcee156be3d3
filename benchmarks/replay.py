"""Replay of recorded answers, ours beside plain vcrpy, on the same interactions in the same run.

    python benchmarks/replay.py [--cases 100] [--calls 12] [--kilobytes 7]

Plain vcrpy is as most projects use it: YAML, `match_on=["method", "uri", "body"]`; once with a cassette a case, once
with all interactions in one. Ours is a cassette a case. Each sends the same requests with the
same client; time is compared.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import string
import tempfile
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import vcr
from openai import OpenAI

from specdraft.evals import cassettes

ANSWER = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1,
    "model": "m",
    "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "word " * 400}}],
    "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
}


class Server(BaseHTTPRequestHandler):
    """Answers everything alike."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """One answer."""
        self.rfile.read(int(self.headers["Content-Length"]))
        data = json.dumps(ANSWER).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def prompts(cases: int, calls: int, kilobytes: int) -> list[list[list[dict[str, str]]]]:
    """For each case its requests: the same beginning, another ask."""
    draw = random.Random(1)

    def text(size: int) -> str:
        return "".join(draw.choices(string.ascii_lowercase + "     ", k=size))

    found = []
    for _ in range(cases):
        system = text(kilobytes * 1000 * 3 // 4)
        asks = [text(kilobytes * 1000 // 4) for _ in range(calls)]
        found.append([[{"role": "system", "content": system}, {"role": "user", "content": ask}] for ask in asks])
    return found


def send(client: OpenAI, asks: list[list[dict[str, str]]]) -> None:
    """Send a case's requests, one after another."""
    for messages in asks:
        client.chat.completions.create(model="m", messages=messages)  # type: ignore[arg-type]


def timed(work: Callable[[], None]) -> float:
    """Seconds that it takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def main() -> None:
    """Record once in each way, replay, and print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=100)
    parser.add_argument("--calls", type=int, default=12)
    parser.add_argument("--kilobytes", type=int, default=7)
    args = parser.parse_args()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    os.environ["OPENAI_API_KEY"] = "none"
    client = OpenAI(base_url=f"http://127.0.0.1:{server.server_port}/v1", max_retries=0)
    work = prompts(args.cases, args.calls, args.kilobytes)
    folder = Path(tempfile.mkdtemp())
    plain = vcr.VCR(match_on=["method", "uri", "body"], record_mode="once")

    def ours(*, replay: bool) -> None:
        for number, asks in enumerate(work):
            with cassettes.opened(folder / f"ours-{number}.json", replay=replay):
                send(client, asks)

    def each() -> None:
        for number, asks in enumerate(work):
            with plain.use_cassette(str(folder / f"plain-{number}.yaml")):
                send(client, asks)

    def one() -> None:
        with plain.use_cassette(str(folder / "plain.yaml")):
            for asks in work:
                send(client, asks)

    print(f"{args.cases} cases of {args.calls} calls, requests of {args.kilobytes} kB")
    for record in (lambda: ours(replay=False), each, one):
        record()
    load = timed(lambda: [cassettes.load(folder / f"ours-{number}.json") for number in range(args.cases)])  # type: ignore[func-returns-value]
    mine = timed(lambda: ours(replay=True))
    split, whole = timed(each), timed(one)
    size = sum(path.stat().st_size for path in folder.glob("ours-*")) / 1e6
    print(f"ours: replay {mine:.2f} s, of it loading {load:.2f} s; {size:.1f} MB on disk")
    print(f"plain vcrpy, a cassette a case: {split:.2f} s, {split / mine:.1f} times ours")
    print(f"plain vcrpy, one cassette: {whole:.2f} s, {whole / mine:.1f} times ours")


if __name__ == "__main__":
    main()
