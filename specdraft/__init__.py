"""specdraft turns a PRD or a ticket into a technical-spec draft: cited, typed, honest about gaps.

    import specdraft as sd

    spec = sd.draft("prd.md")
    print(spec.to_markdown())

Names are imported when they are first used, so that `specdraft --help` does not wait for them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from specdraft import evals as evals
    from specdraft.document import Spec as Spec
    from specdraft.document import load_spec as load_spec
    from specdraft.errors import AnswerError as AnswerError
    from specdraft.errors import BudgetError as BudgetError
    from specdraft.errors import ModelError as ModelError
    from specdraft.errors import PromptError as PromptError
    from specdraft.errors import SourceError as SourceError
    from specdraft.errors import SpecdraftError as SpecdraftError
    from specdraft.errors import SpecError as SpecError
    from specdraft.errors import SpecVersionError as SpecVersionError
    from specdraft.models.instructor_.model import connected as connected
    from specdraft.outline import OUTLINE as OUTLINE
    from specdraft.passages import Passage as Passage
    from specdraft.pipeline import ask as ask
    from specdraft.pipeline import ask_async as ask_async
    from specdraft.pipeline import critique as critique
    from specdraft.pipeline import critique_async as critique_async
    from specdraft.pipeline import draft as draft
    from specdraft.pipeline import draft_async as draft_async
    from specdraft.pipeline import revise as revise
    from specdraft.progress import Progress as Progress
    from specdraft.source import Source as Source
    from specdraft.spec.critique import Critique as Critique

_HOME = {
    "OUTLINE": "outline",
    "AnswerError": "errors",
    "BudgetError": "errors",
    "Critique": "spec.critique",
    "ModelError": "errors",
    "Passage": "passages",
    "Progress": "progress",
    "PromptError": "errors",
    "Source": "source",
    "SourceError": "errors",
    "Spec": "document",
    "SpecError": "errors",
    "SpecVersionError": "errors",
    "SpecdraftError": "errors",
    "ask": "pipeline",
    "ask_async": "pipeline",
    "connected": "models.instructor_.model",
    "critique": "pipeline",
    "critique_async": "pipeline",
    "draft": "pipeline",
    "draft_async": "pipeline",
    "evals": "evals",
    "load_spec": "document",
    "revise": "pipeline",
}
"""Each public name, and the module that it lives in."""

__all__ = [
    "OUTLINE",
    "AnswerError",
    "BudgetError",
    "Critique",
    "ModelError",
    "Passage",
    "Progress",
    "PromptError",
    "Source",
    "SourceError",
    "Spec",
    "SpecError",
    "SpecVersionError",
    "SpecdraftError",
    "ask",
    "ask_async",
    "connected",
    "critique",
    "critique_async",
    "draft",
    "draft_async",
    "evals",
    "load_spec",
    "revise",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'specdraft' has no attribute {name!r}")
    module = import_module(f"specdraft.{_HOME[name]}")
    return module if name == _HOME[name] else getattr(module, name)


def __dir__() -> list[str]:
    return __all__
