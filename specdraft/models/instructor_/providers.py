"""What each provider needs beyond what Instructor knows of it: one row a provider."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Provider:
    """A row of the table; one that is not in it is used as Instructor has it."""

    mode: str | None = None
    """The mode to use where it is known to be better than Instructor's default."""
    keys: tuple[str, ...] = ()
    """Variables of which one must be set, so that nobody waits for a refusal."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """What it must be told that others do not ask."""
    tool: Callable[[Any], Any] | None = None
    """The form of a tool, where a cache goes by the exact beginning of a request, tools first: all are sent then."""
    unseen: bool = False
    """Would its SDK walk through the tools? They are then put into the body past it."""
    marks_cache: bool = False
    """Does it cache only what it is told to?"""
    words_only: bool = False
    """Do its schemas know enumerations of words only?"""


_OPENAI = Provider(tool=lambda each: {"type": "function", "function": each.openai_schema}, unseen=True)
PROVIDERS: dict[str, Provider] = {
    "openai": replace(_OPENAI, keys=("OPENAI_API_KEY", "OPENAI_BASE_URL")),
    **dict.fromkeys(("azure_openai", "databricks", "deepseek", "openrouter", "together"), _OPENAI),
    "anthropic": Provider(
        settings={"max_tokens": 16_000},  # the longest answer; Instructor takes it to be 4,096
        tool=lambda each: each.anthropic_schema,
        marks_cache=True,
    ),
    "ollama": Provider(mode="json_schema"),  # it ignores `tool_choice`
    "google": Provider(words_only=True),
    "vertexai": Provider(words_only=True),
    "generative-ai": Provider(words_only=True),
}
