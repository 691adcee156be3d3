"""What holds for every test: no network, no key in the environment, no deadline on a busy machine."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from tests.cases import DOCUMENTS

settings.register_profile("specdraft", deadline=None)
settings.load_profile("specdraft")

_LOOPBACK = ("127.", "::1", "localhost")


def _guarded(connect: Callable[..., Any]) -> Callable[..., Any]:
    def guard(self: socket.socket, address: Any) -> Any:
        if self.family != socket.AF_UNIX and not str(address[0]).startswith(_LOOPBACK):
            raise PermissionError(f"a test reached for the network: {address}")
        return connect(self, address)

    return guard


@pytest.fixture(autouse=True, scope="session")
def _offline() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", _guarded(socket.socket.connect))
        patch.setattr(socket.socket, "connect_ex", _guarded(socket.socket.connect_ex))
        for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "SPECDRAFT_MODEL"):
            patch.delenv(name, raising=False)
        patch.setenv("SOURCE_DATE_EPOCH", "1795305600")  # midnight may strike between two drafts
        yield


@pytest.fixture(params=DOCUMENTS, ids=lambda path: path.name)
def document(request: pytest.FixtureRequest) -> Path:
    """Each document written for the project; a new file in the folders is a new case."""
    path: Path = request.param
    return path
