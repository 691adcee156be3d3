"""Operators on the Markdown of a spec, as a person would edit it."""

from __future__ import annotations

import re
from collections.abc import Callable

from specdraft.document import Spec
from specdraft.evals.mutations.operator import Operator, Places, Seeded


def _edited(edit: Callable[[str, Spec], tuple[str, Places, str] | None]) -> Callable[[Spec], Seeded]:
    """An operator on the Markdown of a spec, as one on the spec."""

    def seed(spec: Spec) -> Seeded:
        done = edit(spec.to_markdown(), spec)
        if done is None:
            return None
        text, at, what = done
        after = Spec.from_markdown(text)
        for name in type(spec).model_fields:
            setattr(spec, name, getattr(after, name))
        return at, what

    return seed


def _lose_section(text: str, spec: Spec) -> tuple[str, Places, str] | None:
    """The whole part on validation goes, heading and all."""
    if not spec.success.validation:
        return None
    start = text.index("**How will you validate")
    end = text.index("**What monitoring and alerting")
    return text[:start] + text[end:], ("success.validation", "success"), "the part on validation is gone"


def _rename_id(text: str, spec: Spec) -> tuple[str, Places, str] | None:
    """A risk gets another number where it stands, and keeps the old one wherever it is named."""
    if not spec.risks.items:
        return None
    risk = spec.risks.items[0]
    naming = [step.id for step in spec.rollout.steps if risk.id in step.mitigates]
    if not naming:
        return None
    return text.replace(f"- **{risk.id} →", "- **R41 →", 1), (*naming, "R41", risk.id), f"{risk.id} became R41"


def _lose_bullet(text: str, spec: Spec) -> tuple[str, Places, str] | None:
    """The test that covers the first high risk is deleted with what stands below it."""
    high = [risk.id for risk in spec.risks.items if risk.impact == "high"]
    for test in spec.success.validation:
        met = [each for each in test.verifies if each in high]
        if met:
            cut = re.sub(rf"(?m)^- \*\*{test.id}\b.*\n(?:  .*\n)*", "", text)
            named = [risk.id for risk in spec.risks.items if test.id in risk.mitigated_by]
            return cut, (test.id, *named), f"{test.id} is gone: {test.text}"
    return None


OPERATORS: tuple[Operator, ...] = (
    Operator("section lost", "S2", r"\btest|validat|verif|prove|proof", _edited(_lose_section)),
    Operator("id renamed", "S3", r"R1\b|R41|exist|not there|no such|dangl|nothing|mitigat", _edited(_rename_id)),
    Operator("test deleted", "S3", r"\btest|verif|prove|rehears|T\d", _edited(_lose_bullet), held_out=True),
)
