"""A Markdown document as one HTML fragment, for a notebook cell.

Raw HTML in it is shown, not run, and images are links: looking at a draft asks no server for anything.
"""

from __future__ import annotations

import re
from functools import cache

from markdown_it import MarkdownIt
from mdit_py_plugins.footnote import footnote_plugin

_STYLE = """<style>
.specdraft { max-width: 52rem; line-height: 1.5; }
.specdraft blockquote { border-left: 4px solid #3b82f6; margin: 0.5em 0; padding: 0.1em 1em; }
.specdraft h1 { font-size: 1.5em; margin: 1em 0 0.3em; } .specdraft h2 { font-size: 1.25em; }
.specdraft h4 { margin: 0.8em 0 0.2em; font-weight: 600; opacity: 0.75; }
.specdraft table { border-collapse: collapse; }
.specdraft td, .specdraft th { border: 1px solid #8884; padding: 2px 8px; }
.specdraft .footnotes { font-size: 0.85em; opacity: 0.8; }
</style>"""


@cache
def _renderer() -> MarkdownIt:
    return (
        MarkdownIt("commonmark", {"html": False})
        .enable(["table", "strikethrough"])
        .disable("image")
        .use(footnote_plugin)
    )


_FOLD = re.compile(
    r"<p>&lt;details&gt;\n&lt;summary&gt;(\d+ [a-z ]+)&lt;/summary&gt;</p>(.*?)<p>&lt;/details&gt;</p>", re.DOTALL
)


def page(markdown: str, name: str = "") -> str:
    """The document in a `div` of class `specdraft`, with its style.

    Args:
        markdown: the document. What our own writer folds away is folded here too.
        name: of the document among others on the same page, so that their footnotes are kept apart.
    """
    body = _renderer().render(markdown, {"docId": name} if name else {})
    folded = _FOLD.sub(r"<details><summary>\1</summary>\2</details>", body)
    return f'{_STYLE}<div class="specdraft">{folded}</div>'
