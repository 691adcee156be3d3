"""The typed spec: one module a section, used alike as a model's answer and as the stored document."""

from specdraft.spec.agreement import Agreement, Disagreement
from specdraft.spec.alternatives import Alternatives, ChoiceCriterion, Option, Score
from specdraft.spec.critique import Critique, Evidence, Finding, Revision, SetAside
from specdraft.spec.failure import Failure
from specdraft.spec.fields import SCHEMA_VERSION, Headline, Meta, SourceRef, SpecFields, Usage
from specdraft.spec.ids import LinkFault
from specdraft.spec.problem import Goal, Link, NonGoal, Problem
from specdraft.spec.questions import Question, Questions
from specdraft.spec.risks import Answer, Answers, Risk, Risks
from specdraft.spec.rollout import Migration, Release, Rollout, Stage, Step
from specdraft.spec.rulings import Findings, Ruling, Rulings
from specdraft.spec.solution import Change, DataChange, Diagram, Edge, Node, Solution
from specdraft.spec.statement import Citation, Grounded, Item, Placement, Statement
from specdraft.spec.success import Criterion, Monitor, Success, Test
from specdraft.spec.verdicts import Verdict, Verdicts

__all__ = [
    "SCHEMA_VERSION",
    "Agreement",
    "Alternatives",
    "Answer",
    "Answers",
    "Change",
    "ChoiceCriterion",
    "Citation",
    "Criterion",
    "Critique",
    "DataChange",
    "Diagram",
    "Disagreement",
    "Edge",
    "Evidence",
    "Failure",
    "Finding",
    "Findings",
    "Goal",
    "Grounded",
    "Headline",
    "Item",
    "Link",
    "LinkFault",
    "Meta",
    "Migration",
    "Monitor",
    "Node",
    "NonGoal",
    "Option",
    "Placement",
    "Problem",
    "Question",
    "Questions",
    "Release",
    "Revision",
    "Risk",
    "Risks",
    "Rollout",
    "Ruling",
    "Rulings",
    "Score",
    "SetAside",
    "Solution",
    "SourceRef",
    "SpecFields",
    "Stage",
    "Statement",
    "Step",
    "Success",
    "Test",
    "Usage",
    "Verdict",
    "Verdicts",
]
