"""A typed diagram as Mermaid, and back. Only what `write` writes is read: a drawing is no source."""

from __future__ import annotations

import re

from specdraft.spec import Diagram, Edge, Node

SHAPES: dict[str, tuple[str, str]] = {
    "service": ("[", "]"),
    "store": ("[(", ")]"),
    "queue": ("[[", "]]"),
    "client": ("([", "])"),
    "external": ("{{", "}}"),
}
"""Kind of node, and the brackets that Mermaid draws it with."""

_CODES = {char: f"#{ord(char)};" for char in "#\"'`<>|[](){}\\"}
_NODE = re.compile(r"    (\w+)(\[\(|\[\[|\(\[|\{\{|\[)\"(.*)\"(?:\)\]|\]\]|\]\)|\}\}|\])$")
_EDGE = re.compile(r"    (\w+) -->(?:\|\"(.*)\"\|)? (\w+)$")


def write(diagram: Diagram) -> list[str]:
    """The lines of a Mermaid fence."""
    lines = ["```mermaid", "flowchart LR"]
    for node in diagram.nodes:
        left, right = SHAPES[node.kind]
        lines.append(f'    {node.key}{left}"{_coded(node.label)}"{right}')
    for edge in diagram.edges:
        label = f'|"{_coded(edge.label)}"|' if edge.label else ""
        lines.append(f"    {edge.source} -->{label} {edge.target}")
    return [*lines, "```"]


def read(lines: list[str]) -> Diagram | None:
    """The diagram of such a fence; None if it was drawn by another hand."""
    if lines[:2] != ["```mermaid", "flowchart LR"] or lines[-1] != "```":
        return None
    kinds = {left: kind for kind, (left, _) in SHAPES.items()}
    nodes, edges = [], []
    for line in lines[2:-1]:
        if node := _NODE.match(line):
            nodes.append(Node(key=node[1], kind=kinds[node[2]], label=_decoded(node[3])))
        elif edge := _EDGE.match(line):
            edges.append(Edge(source=edge[1], label=_decoded(edge[2] or ""), target=edge[3]))
        else:
            return None
    return Diagram(nodes=nodes, edges=edges)


def _coded(label: str) -> str:
    return "".join(_CODES.get(char, char) for char in label)


def _decoded(label: str) -> str:
    return re.sub(r"#(\d+);", lambda match: chr(int(match[1])), label)
