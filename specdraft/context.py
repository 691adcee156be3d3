"""Context documents: what stands beside a PRD (decisions, schemas, interfaces), read, numbered and chosen.

All of a folder is read and numbered first, then what is near to the PRD is taken while it fits. So
`C12.3` names the same words whatever the budget, and what was left out can be named.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain
from math import log
from pathlib import Path

from specdraft.errors import SourceError
from specdraft.passages import Passage
from specdraft.source import Source
from specdraft.tokens import tokens

_PROSE = frozenset(".md .markdown .txt .json .zip".split())
"""What the readers know: Markdown, tickets, Notion exports."""
_CODE = frozenset(
    ".adoc .c .cfg .cpp .cs .ex .go .gql .graphql .h .hcl .ini .java .js .jsx .kt .php .prisma .proto .ps1 .py "
    ".rb .rs .rst .scala .sh .sql .swift .tf .thrift .toml .ts .tsx .yaml .yml".split()
)
_FOREIGN = frozenset(".doc .docx .epub .htm .html .odt .pdf .pptx .rtf".split())
"""Documents that are not read: in a folder somebody may have counted on them, so each gets a notice."""
_NOT_OURS = frozenset("__pycache__ node_modules site-packages venv".split())
"""Folders of what was installed or made, not written; so is any with a `pyvenv.cfg`."""

_MOST_LINES = 40
"""Of a block of code: a citation of more points at nothing."""
_CHUNK = 300
"""Tokens that are weighed and taken together."""

_WORD = re.compile(r"\w+")
_JOINT = re.compile(
    r"_+|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])"  # snake_case, camelCase, HTTPServer
    r"|(?<=[\u3040-\u30ff\u3400-\u9fff])(?=.)|(?=[\u3040-\u30ff\u3400-\u9fff])"  # scripts without blanks
)
_STOP_WORDS = frozenset(
    "a an and any are as at be been but by can do does for from had has have how if in into is it its may more must "
    "no not of on or our should so such than that the their them then there these they this to was we what when "
    "which who will with would you your".split()
)
_K1, _B = 1.2, 0.75


@dataclass(frozen=True, slots=True)
class Gathered:
    """Every context document, its passages numbered `C1.1`, `C1.2`, ... `C2.1`, in the order of their names."""

    documents: tuple[Source, ...]
    notices: tuple[str, ...] = ()
    """Files of the folders that could not be read, and remarks on those that were."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What fits: the documents with the passages chosen of each, in their order, and the names of all."""

    documents: tuple[Source, ...]
    whole: tuple[str, ...]
    in_part: tuple[str, ...]
    left_out: tuple[str, ...]
    budget: int
    """In tokens, as estimated: of each passage its text and its number."""

    def notices(self) -> tuple[str, ...]:
        """What a reader of the spec should know: the budget, how much was used, all that was not."""
        if not (self.documents or self.left_out):
            return ()
        told = [f"budget {self.budget:,} tokens, {len(self.whole)} used whole"]
        for names, what in ((self.in_part, "in part"), (self.left_out, "left out")):
            told += [f"{len(names)} {what}: {', '.join(names)}"] if names else []
        return (f"context documents: {'; '.join(told)}",)


def gather(paths: Iterable[str | Path]) -> Gathered:
    """Read files, and folders with all that is in them; not what is hidden, installed, or behind a link.

    Code is cut into passages at blank lines. Documents are named by their path in the folder given,
    with folders above it where two would have the same name.

    Raises:
        SourceError: a path given is missing or cannot be read. What is wrong with a file inside of a
            folder is a notice.
    """
    found: dict[Path, _File] = {}
    notices: list[str] = []
    for given in paths:
        for file in _files(Path(os.path.abspath(given)), notices):  # noqa: PTH100 - a link keeps the name it has here
            seen = found.get(file.path, file)
            found[file.path] = _File(file.path, max(seen.depth, file.depth), seen.is_named or file.is_named)
    documents: list[Source] = []
    for name, file in sorted(zip(_names(found.values()), found.values(), strict=True), key=lambda pair: pair[0]):
        try:
            document = _read(file, name, len(documents) + 1)
        except SourceError as error:
            if file.is_named:
                raise
            reason = str(error).removeprefix(f"{file.path.name}: ").replace(str(file.path), "it")
            notices.append(f"context: {name} was not read: {reason}")
        else:
            notices += [f"context: {name}: {notice}" for notice in document.notices]
            documents.append(document)
    return Gathered(tuple(documents), tuple(notices))


def choose(query: str, gathered: Gathered, budget: int) -> Chosen:
    """The passages that are nearest to the query (the PRD's text) and together fit into the budget.

    All of them if they fit; else runs of passages by their weight (Okapi BM25), best first. A run that
    does not fit is passed over for smaller ones; one that shares no word with the query is not taken.
    """
    chunks = [chunk for document in gathered.documents for chunk in _chunks(document)]
    left = budget - sum(chunk.cost for chunk in chunks)
    taken = chunks
    if left < 0:
        taken, left = [], budget
        for chunk in _ranked(query, chunks):
            if chunk.cost <= left:
                taken.append(chunk)
                left -= chunk.cost
    kept = {passage.id for chunk in taken for passage in chunk.passages}
    return _chosen(gathered, kept, budget)


def _chosen(gathered: Gathered, kept: set[str], budget: int) -> Chosen:
    parts = [
        replace(document, passages=tuple(passage for passage in document.passages if passage.id in kept))
        for document in gathered.documents
    ]
    used = tuple(part for part in parts if part.passages)
    whole = tuple(part.name for part in used if part in gathered.documents)
    in_part = tuple(part.name for part in used if part.name not in whole)
    return Chosen(used, whole, in_part, tuple(part.name for part in parts if not part.passages), budget)


@dataclass(frozen=True, slots=True)
class _File:
    """A file to read; `depth` is how many parts of its path make up its name, `is_named` that a person gave it."""

    path: Path
    depth: int = 1
    is_named: bool = False


def _files(path: Path, notices: list[str]) -> Iterator[_File]:
    """The file given, or those in the folder given that somebody would expect to be read."""
    if not path.is_dir():
        yield _File(path, is_named=True)
        return

    def miss(error: OSError) -> None:
        if error.filename == str(path):
            raise SourceError(f"cannot read {path}: {error.strerror}", hint="Pass a folder that you may read.")
        below = Path(error.filename).relative_to(path)
        notices.append(f"context: {_clean(below.as_posix())} was not read: {error.strerror}")

    is_empty = True
    for folder, folders, files in os.walk(path, onerror=miss):
        is_installed = "pyvenv.cfg" in files
        folders[:] = [name for name in folders if not (is_installed or name.startswith(".") or name in _NOT_OURS)]
        for file in [Path(folder, name) for name in files if not is_installed]:
            if _is_expected(file):
                is_empty = False
                yield _File(file, len(file.relative_to(path).parts))
    if is_empty:
        notices.append(f"context: there is nothing to read in the folder {_clean(path.name)}")


def _is_expected(file: Path) -> bool:
    """A file of a known kind with something in it, or a link to one, which will get a notice."""
    known = not file.name.startswith(".") and file.suffix.lower() in _PROSE | _CODE | _FOREIGN
    return known and not (_is_plain(file) and file.stat().st_size == 0)


def _is_plain(file: Path) -> bool:
    """Not a link, which may lead out of the folder, nor a pipe, which may never end."""
    return os.path.isfile(file) and not os.path.islink(file)  # noqa: PTH113, PTH114 - False where pathlib raises


def _names(files: Iterable[_File]) -> list[str]:
    """A name for each file: its path in its folder, and as many folders above as keep it apart from others."""
    paths = [file.path.parts for file in files]
    depths = [file.depth for file in files]
    while True:
        names = [_clean("/".join(parts[-depth:])) for parts, depth in zip(paths, depths, strict=True)]
        counts = Counter(names)
        deeper = [
            min(depth + (counts[name] > 1), len(parts) - 1)
            for name, depth, parts in zip(names, depths, paths, strict=True)
        ]
        if deeper == depths:
            return names
        depths = deeper


def _clean(name: str) -> str:
    return " ".join(os.fsencode(name).decode("utf-8", "replace").split())


def _read(file: _File, name: str, number: int) -> Source:
    """The document, under its name and with its passages numbered `C1.1`, `C1.2`, ... if it is the first."""
    if not file.is_named and not _is_plain(file.path):
        raise SourceError("it is a link, not a file; name it to have it read")
    document = Source.from_path(file.path)
    passages = document.passages if file.path.suffix.lower() in _PROSE else _blocks(document.text)
    numbered = tuple(replace(passage, id=f"C{number}.{n}") for n, passage in enumerate(passages, 1))
    if not numbered:
        raise SourceError(f"{file.path.name}: there is nothing in it to cite", hint="Leave it out.")
    return replace(document, name=name, passages=numbered)


def _blocks(text: str) -> Iterator[Passage]:
    """Code cut at blank lines, and where it goes on for too long."""
    start = 0
    lines: list[str] = []
    for number, line in enumerate(chain(text.split("\n"), [""]), 1):
        if lines and (not line.strip() or len(lines) == _MOST_LINES):
            said = "\n".join(lines)
            bare = said.strip()
            first = number - len(lines)
            yield Passage("", bare, start + said.find(bare), first, number - 1, (), "code")
            start += len(said) + 1
            lines = []
        if line.strip():
            lines.append(line)
        else:
            start += len(line) + 1


@dataclass(frozen=True, slots=True)
class _Chunk:
    """Passages of one document that are taken together, what they cost, and where they stand."""

    passages: tuple[Passage, ...]
    cost: int
    name: str

    def terms(self) -> Counter[str]:
        """How often each term is in them, in the headings above and in the document's name."""
        said = (passage.text for passage in self.passages)
        return _terms("\n".join([self.name, *self.passages[0].headings, *said]))


def _chunks(document: Source) -> Iterator[_Chunk]:
    """Runs of passages below one heading, not too long; a heading stays with what follows it."""
    run: list[Passage] = []
    cost = 0
    for passage in document.passages:
        price = tokens(passage.id) + tokens(passage.text)
        if run and run[-1].kind != "heading" and (passage.kind == "heading" or cost + price > _CHUNK):
            yield _Chunk(tuple(run), cost, document.name)
            run, cost = [], 0
        run.append(passage)
        cost += price
    yield _Chunk(tuple(run), cost, document.name)


def _ranked(query: str, chunks: list[_Chunk]) -> list[_Chunk]:
    """The chunks that share a term with the query, best first, then as they stand."""
    terms = [chunk.terms() for chunk in chunks]
    held_by = Counter(chain.from_iterable(terms))
    # What a long PRD says a hundred times is its theme, not a hundred questions: hence the logarithm.
    weights = {
        term: (1 + log(count)) * log(1 + (len(chunks) - held_by[term] + 0.5) / (held_by[term] + 0.5))
        for term, count in _terms(query).items()
        if term in held_by
    }
    mean = sum(map(Counter.total, terms)) / len(chunks) or 1

    def score(held: Counter[str]) -> float:
        damping = _K1 * (1 - _B + _B * held.total() / mean)
        return sum(weights[term] * n * (_K1 + 1) / (n + damping) for term, n in held.items() if term in weights)

    scores = list(map(score, terms))
    best = sorted(range(len(chunks)), key=lambda number: -scores[number])
    return [chunks[number] for number in best if scores[number]]


def _terms(text: str) -> Counter[str]:
    """How often each word is in a text, in lower case; of an identifier, its parts as well."""
    terms: Counter[str] = Counter()
    for word, count in Counter(_WORD.findall(text)).items():
        for term in _parts(word):
            terms[term] += count
    return terms


@lru_cache(maxsize=20_000)
def _parts(word: str) -> tuple[str, ...]:
    parts = dict.fromkeys([word.lower(), *map(str.lower, _JOINT.split(word))])
    return tuple(part for part in parts if part and part not in _STOP_WORDS)
