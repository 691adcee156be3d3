"""The typed spec: one module a section, used alike as a model's answer and as the stored document."""

from specdraft.spec.agreement import Agreement, Disagreement
from specdraft.spec.alternatives import Alternatives, ChoiceCriterion, Option, Score
from specdraft.spec.critique import Critique, Finding
from specdraft.spec.fields import SCHEMA_VERSION, Failure, Headline, Meta, SourceRef, SpecFields, Usage
from specdraft.spec.ids import LinkFault
from specdraft.spec.problem import Goal, Link, NonGoal, Problem
from specdraft.spec.questions import Question, Questions
from specdraft.spec.risks import Answer, Answers, Risk, Risks
from specdraft.spec.rollout import Migration, Release, Rollout, Stage, Step
from specdraft.spec.solution import Change, DataChange, Diagram, Edge, Node, Solution
from specdraft.spec.statement import Citation, Grounded, Item, Placement, Statement
from specdraft.spec.success import Criterion, Monitor, Success, Test

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
    "Failure",
    "Finding",
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
    "Risk",
    "Risks",
    "Rollout",
    "Score",
    "Solution",
    "SourceRef",
    "SpecFields",
    "Stage",
    "Statement",
    "Step",
    "Success",
    "Test",
    "Usage",
]
