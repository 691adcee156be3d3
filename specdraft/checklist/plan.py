"""Rules on the plan: a way back, an order that works, stages with a gate, flags with an end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from specdraft.checklist.rule import Hit, Read, Rule, quoted, says
from specdraft.spec import Evidence, Statement

_BACK = (
    "roll(?:ed|ing)?[- ]?back|revert|undo|restor|go(?:es|ing)? back|"
    "(?:turn|switch)(?:ed|ing|s)? (?:it |them |the flag )?(?:back )?(?:off|back)"
)
_TOLD = (
    "announc|deprecat|notif|notice|sunset|changelog|release notes?|migration guide|inform|warn|tell|told|e-?mail|"
    "list (?:all |the )?(?:readers|callers|clients|consumers|users)"
)
_DESTROYS = r"(?:drop|delete|remove|rename)s?\b(?=.*\b(?:column|table|field|index|endpoint|old|version|v\d|flag)s?\b)"
_SWITCHES = "switch|move|cut ?over|dual|both|backfill|copy|copies|fill|read(?:s|ing)? (?:from|go)|start reading"
_LIVE = "deploy|enabl|switch|migrat|backfill|drop|delet|remov|turn on|cut ?over|release|publish|roll out|ship|activate"
_PROVEN = "count|compar|check ?sum|verif|reconcil|sampl|shadow|mismatch|differen"
_LONG = 6


def _no_way_back(read: Read) -> Iterator[Hit]:
    plan = read.spec.rollout
    migrates = plan.migration.required == "yes" or plan.migration.steps
    slot = "rollout.migration.rollback"
    if plan.migration.rollback or slot in read.asked or read.says(_BACK, "rollout.migration"):
        return
    proof = read.silent(slot, "no way back", "roll back, rollback, revert, undo, restore")
    if migrates:
        named = plan.migration.steps[0].text if plan.migration.steps else "the migration"
        yield Hit(
            "The migration has no way back",
            f"If “{named}” goes wrong half-way or after the switch, nothing says how the data and the clients "
            "return to their state before the migration.",
            [proof],
            f"Say for the migration how it is undone, until when, and what is lost by it: “{named}” first.",
        )
    elif plan.steps and not any(step.rollback for step in plan.steps) and not read.says(_BACK, "rollout", "risks"):
        yield Hit(
            "The release has no way back",
            f"If “{plan.steps[-1].text}” has to be taken back, nothing says how, and nobody has tried it.",
            [proof],
            f"Say how each step is undone, {plan.steps[-1].id} first.",
            targets=[plan.steps[-1].id],
        )


def _step_without_way_back(read: Read) -> Iterator[Hit]:
    steps = read.spec.rollout.steps
    if not any(step.rollback for step in steps):
        return
    for step in steps:
        if not step.rollback and says(step.text, _LIVE):
            yield Hit(
                f"{step.id} cannot be undone by the plan",
                f"The other steps say how they are undone; “{step.text}” does not.",
                [quoted(step)],
                f"Say how {step.id} is undone, or that it cannot be and what must hold before it.",
                targets=[step.id],
            )


def _flag_for_ever(read: Read) -> Iterator[Hit]:
    release = read.spec.rollout.release
    if release.kind in ("flag", "experiment") and not release.flag_removal:
        yield Hit(
            f"The {release.kind} never ends",
            f"The release is by {release.kind}, and nothing says when it is removed and by whom: both paths must be "
            "kept working and tested for good.",
            [read.silent("rollout.release", "no end of the flag", "removal, removed, cleaned up, retire")],
            f"Say when the {release.kind} is removed, and who does it.",
        )


def _stage_without_gate(read: Read) -> Iterator[Hit]:
    for stage in read.spec.rollout.release.stages[:-1]:
        if not stage.exit_criteria:
            yield Hit(
                f"Nothing decides when “{stage.text}” is over",
                f"The stage “{stage.text}” has no condition for going on to the next: it goes on whatever is seen.",
                [Evidence(text=stage.text, at="rollout.release")],
                f"Give “{stage.text}” a number that must hold before the next stage, and who decides.",
            )


def _unannounced(read: Read) -> Iterator[Hit]:
    answer = read.spec.risks.answers.backwards_incompatible
    if answer.answer == "yes" and read.spec.rollout.steps and not read.says(_TOLD, "rollout"):
        yield Hit(
            "A breaking change is announced to nobody",
            f"The change is backwards-incompatible ({answer.reason or 'yes'}), and no step of the plan tells those who "
            "depend on the old way.",
            [read.silent("rollout", "nobody is told", "announce, deprecat, notice, notify, inform, warn, sunset")],
            "Add a step before the first stage that tells those who depend on the old way, with the date of its end.",
        )


def _destroyed_first(read: Read) -> Iterator[Hit]:
    plan = read.spec.rollout
    both: tuple[tuple[str, Sequence[Statement]], ...] = (("", plan.steps), ("rollout.migration", plan.migration.steps))
    for part, steps in both:
        for number, step in enumerate(steps):
            later = [
                each for each in steps[number + 1 :] if says(each.text, _SWITCHES) and not says(each.text, _DESTROYS)
            ]
            if says(step.text, _DESTROYS) and later:
                yield Hit(
                    f"“{step.text}” comes before what must come first",
                    f"“{step.text}” takes away what “{later[0].text}” still needs: it comes later in the plan.",
                    [quoted(step, part), quoted(later[0], part)],
                    f"Move “{step.text}” behind “{later[-1].text}”, in a later release.",
                    targets=[] if part else [getattr(each, "id", "") for each in (step, later[0])],
                )


def _all_at_once(read: Read) -> Iterator[Hit]:
    answers = read.spec.risks.answers
    why = [name for name in ("backwards_incompatible", "load") if getattr(answers, name).answer == "yes"]
    if read.spec.rollout.release.kind == "all at once" and why:
        yield Hit(
            "Everybody gets it at the same moment",
            f"It is released all at once although the answer on {why[0].replace('_', ' ')} is yes: a fault reaches "
            "everybody before anybody has seen it.",
            [Evidence(text="all at once", at="rollout.release")],
            "Release it in stages, the first to a group that can be called back.",
        )


def _unverified(read: Read) -> Iterator[Hit]:
    migration = read.spec.rollout.migration
    if migration.steps and not read.says(_PROVEN, "rollout", "success"):
        yield Hit(
            "Nothing proves that the migration was right",
            f"“{migration.steps[0].text}” is done, and no step, test or monitor compares what was there with what is.",
            [read.silent("rollout", "no comparison", "count, compar, checksum, verif, reconcil, sampl, mismatch")],
            "Compare counts and samples before readers move, and say which mismatch stops it.",
        )


def _too_big(read: Read) -> Iterator[Hit]:
    migration = read.spec.rollout.migration
    if len(migration.steps) >= _LONG and not migration.separate_spec:
        yield Hit(
            "The migration is large enough for a spec of its own",
            f"It has {len(migration.steps)} steps, from “{migration.steps[0].text}” on.",
            [Evidence(text=migration.steps[0].text, at="rollout.migration")],
            "Write the migration down in a spec of its own and link it.",
        )


RULES = (
    Rule("no way back", "rollout", "S2", "L3", "migration", _no_way_back, reversible="no"),
    Rule("step without a way back", "rollout", "S3", "L2", "step", _step_without_way_back),
    Rule("flag without an end", "rollout", "S3", "L4", "flag", _flag_for_ever),
    Rule("stage without a gate", "rollout", "S3", "L3", "stage gate", _stage_without_gate),
    Rule("breaking change unannounced", "compatibility", "S2", "L4", "step", _unannounced),
    Rule("destroyed before the switch", "data", "S1", "L3", "step", _destroyed_first, "contradiction", "no"),
    Rule("all at once", "rollout", "S2", "L2", "stage gate", _all_at_once),
    Rule("migration not verified", "data", "S2", "L2", "migration", _unverified),
    Rule("migration too large", "data", "S4", "L3", "separate spec", _too_big),
)
