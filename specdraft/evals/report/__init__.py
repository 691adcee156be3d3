"""The report of a run: one HTML file that needs nothing else, Markdown for terminals and pull requests, and JUnit."""

from specdraft.evals.report.html import html
from specdraft.evals.report.text import junit, markdown

__all__ = ["html", "junit", "markdown"]
