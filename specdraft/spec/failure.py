"""What could not be done: a section that was not drafted, a lens that was not read through, and why."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from specdraft.spec.statement import Line, Model, Text

Name = Annotated[Line, Field(min_length=1)]
"""What something is called."""


class Failure(Model):
    """A section that could not be drafted, or a lens that could not be read through."""

    section: Name = Field(description="Its name.")
    reason: Text = Field(description="What went wrong.")
