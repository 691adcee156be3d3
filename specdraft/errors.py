"""Every exception that specdraft raises on purpose.

    SpecdraftError              a hint says what to do next
    ├ SourceError               the PRD, ticket or context cannot be read
    ├ SpecError                 a spec file cannot be read or written
    │ └ SpecVersionError        it was written by a newer specdraft
    ├ PromptError               a prompt template is missing or does not render
    ├ EvalError                 a case, a cassette or a run of evals cannot be used
    └ ModelError                the model could not be used
      ├ AnswerError             it gave no usable answer for one section
      └ BudgetError             the run may not spend more

What is wrong *with a document* is not here: that is a value (a failure in `meta`, an open
question, a broken link), so that nine good sections survive the tenth.
"""

from __future__ import annotations


class SpecdraftError(Exception):
    """Base of the tree: `str(error)` says what went wrong and where, `hint` what to do next."""

    hint: str

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class SourceError(SpecdraftError):
    """A PRD, a ticket or a context document is missing, unreadable, or not of a known shape."""


class SpecError(SpecdraftError):
    """A spec is missing, unreadable, or not of the shape that `specdraft schema` publishes."""


class SpecVersionError(SpecError):
    """A spec follows a schema version that this specdraft does not know yet."""


class PromptError(SpecdraftError):
    """A prompt template is missing, or names a value that it was not given."""


class EvalError(SpecdraftError):
    """A case, a cassette or a run of evals is missing or cannot be used."""


class ModelError(SpecdraftError):
    """The model could not be used at all: unknown name, no key, no access.

    `retryable` is true where the same call may succeed later.
    """

    retryable: bool

    def __init__(self, message: str, hint: str = "", *, retryable: bool = False) -> None:
        super().__init__(message, hint)
        self.retryable = retryable


class AnswerError(ModelError):
    """There is no usable answer for one section; the others can do without it."""


class BudgetError(ModelError):
    """The run has spent what it may spend; what was drafted is kept."""
