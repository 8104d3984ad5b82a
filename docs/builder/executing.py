"""Run the blocks of a page as a reader types them, and keep what they show.

A page is Markdown. Blocks are fences at the left edge, in the order in which they are done:

- ``{run}``: a line ``$ geo-resilience …`` is done as typed; so are ``cat``, ``head -N``,
  ``tail -N``, ``ls``, ``cp``, ``mkdir``, ``cd``. What the program says is shown below. ``:exit: 2``
  says that it is to end so, ``:lines: 12`` shows the first lines only, ``:hide:`` shows nothing.
- ``{python}``: Python, one namespace a page; what it prints, and the value of its last line.
- ``{file} name``: a file that the reader writes.
- ``{picture} file``, ``{embed} file`` and ``{table} file``: what the run made, shown; ``:view:`` is
  what follows ``#`` in the address of what is embedded.
- in a sentence, ``{value}`expression``` is a value of the page's Python.

The head of a page may say, each in a comment of its own,

- ``folder: examples/x``: the page works in a copy of that folder;
- ``results: bundled``: finished results of the bundled study stand in ``results``;
- ``languages: en zh``: it is executed for each; ``{language}`` in a block is the reader's, and of
  ``[[Six towns|六个镇]]`` he has the first or the second;
- ``needs: postgis``: a server is started, its address is in ``GEO_DATABASE_URL``; a machine without
  one shows the page as it is typed, but in CI that is a fault.

What does not end as the page says is an error of the build. Where pages run the study of one folder
as it stands, the first does so, and the others are given what that left and said.
"""

from __future__ import annotations

import ast
import hashlib
import io
import json
import os
import re
import shlex
import shutil
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, redirect_stderr, redirect_stdout, suppress
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from tests.postgis_for_tests import AbsentError, started

ROOT = Path(__file__).parents[2]

#: What is done rather than shown.
DONE = ("run", "python", "file")
#: What is shown of the page's folder.
SHOWN = ("picture", "embed", "table")

_FENCE = re.compile(
    r"^(?P<ticks>`{3,})(?P<info>[^\n`]*)\n(?P<body>.*?)^(?P=ticks)[ \t]*$",
    re.MULTILINE | re.DOTALL,
)
_INFO = re.compile(r"\{(?P<kind>\w+)\}(?P<argument>.*)")
_HEAD = re.compile(r"^<!-- (folder|results|languages|needs): (.+?) -->$", re.MULTILINE)
_EITHER = re.compile(r"\[\[([^\[\]|]*)\|([^\[\]|]+)\]\]")
_VALUE = re.compile(r"\{value\}`([^`]+)`")


class PageError(Exception):
    """A block that does not end as its page says."""


@dataclass(frozen=True)
class Block:
    """A fence of a page: its kind, argument, options and text."""

    kind: str
    argument: str
    options: dict[str, str]
    text: str

    def spoken(self, language: str) -> Block:
        """Give the block as the reader of a language has it."""
        argument, text = (in_language(part, language) for part in (self.argument, self.text))
        return Block(self.kind, argument, self.options, text)


@dataclass(frozen=True)
class Outcome:
    """What the blocks of a page showed, in order, and the values of its sentences."""

    key: str
    shown: list[str] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)


def in_language(text: str, language: str) -> str:
    """Give a text as the reader of a language has it.

    Examples
    --------
    >>> in_language('title = "[[Six towns|六个镇]]"', "zh")
    'title = "六个镇"'
    """
    return either(text.replace("{language}", language), language)


def either(text: str, language: str) -> str:
    """Give of what is said in two languages the reader's."""
    return _EITHER.sub(r"\2" if language == "zh" else r"\1", text)


def head_of(text: str) -> dict[str, str]:
    """Give what the comments at the head of a page say."""
    return dict(_HEAD.findall(text))


def languages_of(text: str) -> list[str]:
    """Give the languages that a page is executed in."""
    return head_of(text).get("languages", "en").split()


def blocks_of(text: str) -> list[Block]:
    """Give the blocks of a page, in order."""
    found = []
    for match in _FENCE.finditer(text):
        info = _INFO.match(match["info"])
        if info is None or info["kind"] not in (*DONE, *SHOWN):
            continue
        options, lines = {}, match["body"].splitlines()
        while lines and (said := re.fullmatch(r":(\w+):[ ]*(.*)", lines[0])):
            options[said[1]] = said[2]
            lines.pop(0)
        found.append(Block(info["kind"], info["argument"].strip(), options, "\n".join(lines)))
    return found


def is_executed(text: str) -> bool:
    """Whether a page has something to do."""
    return bool(blocks_of(text) or _VALUE.search(text))


def needs_run(page: Path) -> bool:
    """Whether a page begins with a finished run of the bundled study."""
    return head_of(page.read_text(encoding="utf-8")).get("results") == "bundled"


def speak(environment: dict[str, str]) -> None:
    """Let this process speak a language, before the program is loaded."""
    os.environ.update(environment)


def execute(
    page: Path,
    language: str,
    bundled: Path,
    kept: Path,
    fresh: bool = True,
    shared: Path | None = None,
) -> str:
    """Do what a page says; what it showed is written to ``kept``, its files beside that.

    Gives nothing where all went as the page says, else what did not. Where the page is as it was
    and nothing ``fresh`` is asked for, what is kept stays. Runs that pages have in common are kept
    in ``shared``.
    """
    text = page.read_text(encoding="utf-8")
    key = hashlib.sha256((text + language).encode()).hexdigest()
    record = kept / "outcome.json"
    if not fresh and record.is_file() and json.loads(record.read_text())["key"] == key:
        return ""
    shutil.rmtree(kept, ignore_errors=True)
    kept.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as place:
        head = head_of(text)
        try:
            folder = _laid_out(Path(place), head, bundled)
            with _database() if "needs" in head else nullcontext():
                shelf = shared if "folder" in head else None
                outcome = _Page(folder, kept, language, shelf).done(text, key)
        except PageError as error:
            return f"{page.relative_to(ROOT)}: {error}"
        except AbsentError as error:
            return f"{page.relative_to(ROOT)}: {error}" if "CI" in os.environ else ""
    record.write_text(json.dumps(asdict(outcome), ensure_ascii=False), encoding="utf-8")
    return ""


@contextmanager
def _database() -> Iterator[None]:
    """Start a server and say in the environment where it is."""
    with started() as server:
        os.environ.update(GEO_DATABASE_URL=server.url, PGPASSWORD=server.password)
        yield


def _laid_out(place: Path, head: dict[str, str], bundled: Path) -> Path:
    """Make the folder that a page begins in."""
    folder = place / "work"
    if source := head.get("folder"):
        shutil.copytree(ROOT / source, folder)
    else:
        folder.mkdir()
    if head.get("results") == "bundled":
        shutil.copytree(bundled, folder / "results")
    return folder


class _Page:
    """One page being executed: its folder, its Python, what it showed so far."""

    def __init__(self, folder: Path, kept: Path, language: str, shared: Path | None = None) -> None:
        self.folder, self.kept, self.language, self.shared = folder, kept, language, shared
        self.begun = _digest(folder) if shared else ""
        self.names: dict[str, Any] = {"__name__": "__page__"}

    def done(self, text: str, key: str) -> Outcome:
        """Do every block, then the values of the sentences."""
        outcome = Outcome(key)
        before = Path.cwd()
        os.chdir(self.folder)
        try:
            for block in blocks_of(text):
                work = getattr(self, f"_{block.kind}", self._kept)
                outcome.shown.append(work(block.spoken(self.language)))
            for said in dict.fromkeys(_VALUE.findall(text)):
                outcome.values[said] = str(self._evaluated(said))
        finally:
            os.chdir(before)
        return outcome

    def _run(self, block: Block) -> str:
        wanted = block.options.get("exit", "0")
        shown = []
        for line in _commands(block.text):
            code, said = self._typed(line)
            if str(code) != wanted:
                raise PageError(f"ended with {code} rather than {wanted}: {line}\n{said}")
            shown.append(f"$ {line}\n{said}")
        kept = "".join(shown).rstrip("\n").split("\n")
        if "lines" in block.options and len(kept) > int(block.options["lines"]):
            kept = [*kept[: int(block.options["lines"])], "…"]
        return "" if "hide" in block.options else "\n".join(kept)

    def _typed(self, line: str) -> tuple[int, str]:
        """Do a line of the shell; give its exit code and what it says."""
        words = shlex.split(line.replace("\\\n", " "))
        if words[:2] == ["geo-resilience", "run"] and self.shared:
            return self._ran(words[1:], self.shared)
        if words[0] == "geo-resilience":
            return _called(words[1:], self.folder)
        if words[0] not in _SHELL:
            raise PageError(f"pages may not run {words[0]!r}: {line}")
        try:
            return 0, _SHELL[words[0]](words[1:])
        except (OSError, UnicodeError) as error:
            return 1, f"{error}\n"

    def _ran(self, arguments: list[str], shared: Path) -> tuple[int, str]:
        """Run a study; that of a folder as the page began with it is run once for all pages."""
        if _digest(self.folder) != self.begun:
            return _called(arguments, self.folder)
        told = f"{self.language} {self.begun} {Path.cwd()} {arguments}".replace(
            str(self.folder), ""
        )
        held = shared / hashlib.sha256(told.encode()).hexdigest()
        if held.is_dir():
            shutil.copytree(held / "folder", self.folder, dirs_exist_ok=True)
            return 0, (held / "said").read_text(encoding="utf-8")
        code, said = _called(arguments, self.folder)
        if code == 0:
            with tempfile.TemporaryDirectory(dir=shared) as place, suppress(OSError):
                shutil.copytree(self.folder, Path(place, "it", "folder"))
                Path(place, "it", "said").write_text(said, encoding="utf-8")
                Path(place, "it").rename(held)  # unless another page was first
        return code, said

    def _python(self, block: Block) -> str:
        """Run Python as a notebook does: what it prints, then the value of its last line."""
        told = io.StringIO()
        tree = ast.parse(block.text)
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        try:
            with redirect_stdout(told), redirect_stderr(told):
                exec(compile(tree, "<page>", "exec"), self.names)
                if isinstance(last, ast.Expr):
                    value = eval(compile(ast.Expression(last.value), "<page>", "eval"), self.names)
                    if value is not None:
                        print(value)  # noqa: T201 - into the page
        except Exception as error:
            raise PageError(f"{block.text}\n{traceback.format_exc(limit=-2)}") from error
        return "" if "hide" in block.options else told.getvalue().rstrip()

    def _evaluated(self, said: str) -> Any:
        try:
            return eval(said, self.names)
        except Exception as error:
            raise PageError(f"{{value}}`{said}`: {error}") from error

    def _file(self, block: Block) -> str:
        target = self.folder / block.argument
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(block.text + "\n", encoding="utf-8", newline="\n")
        return ""

    def _kept(self, block: Block) -> str:
        """Keep a file that the page shows; give its name among those kept."""
        source = self.folder / block.argument
        if not source.is_file():
            there = sorted(str(p.relative_to(self.folder)) for p in self.folder.glob("**/*"))
            raise PageError(f"no file {block.argument}; there are {', '.join(there[:40])}")
        name = "-".join(Path(block.argument).parts)
        shutil.copyfile(source, self.kept / name)
        return name


def _digest(folder: Path) -> str:
    """Give a hash of what the files of a folder are called and hold."""
    found = hashlib.sha256()
    for file in sorted(each for each in folder.rglob("*") if each.is_file()):
        found.update(f"{file.relative_to(folder).as_posix()}\n".encode())
        found.update(hashlib.sha256(file.read_bytes()).digest())
    return found.hexdigest()


def _commands(text: str) -> Iterator[str]:
    """Give the lines that begin with ``$``, those that a backslash carries on joined to them."""
    yield from re.findall(r"^\$ ((?:.*\\\n)*.*)$", text, re.MULTILINE)


def _called(arguments: list[str], folder: Path) -> tuple[int, str]:
    """Call the command line in this process; paths of this machine are not shown."""
    from geo_resilience.cli._entry import answer

    raw = io.BytesIO()
    screen = io.TextIOWrapper(raw, encoding="utf-8", write_through=True)
    with redirect_stdout(screen), redirect_stderr(screen):
        code = answer(arguments)
    lines = raw.getvalue().decode("utf-8").splitlines(keepends=True)
    said = "".join(line for line in lines if line.rstrip() not in _stages())
    for place in {str(folder), str(folder.resolve())}:
        said = said.replace(f"{place}/", "").replace(place, ".")
    return code, said


@cache
def _stages() -> set[str]:
    """Give what stages of a run are called; a terminal shows them while the run goes on."""
    from geo_resilience.words import subject

    return {text for told in subject("stage").values() for text in told.values()}


def _cut(words: list[str], first: bool) -> str:
    number, name = (int(words[0].lstrip("-n")), words[1]) if len(words) > 1 else (10, words[0])
    lines = Path(name).read_text(encoding="utf-8").splitlines()
    return "\n".join(lines[:number] if first else lines[-number:]) + "\n"


def _listed(words: list[str]) -> str:
    folder = Path(words[0] if words else ".")
    names = sorted(each.name + "/" * each.is_dir() for each in folder.iterdir())
    return "\n".join(names) + "\n"


def _copied(words: list[str]) -> str:
    source, target = Path(words[-2]), Path(words[-1])
    if source.is_dir():
        shutil.copytree(source, target)
    else:
        shutil.copy(source, target)
    return ""


def _made(words: list[str]) -> str:
    Path(words[-1]).mkdir(parents=True, exist_ok=True)
    return ""


def _gone(words: list[str]) -> str:
    os.chdir(words[0])
    return ""


#: The little of a shell that pages use, the same on every system.
_SHELL = {
    "cat": lambda words: Path(words[0]).read_text(encoding="utf-8"),
    "head": lambda words: _cut(words, True),
    "tail": lambda words: _cut(words, False),
    "ls": _listed,
    "cp": _copied,
    "mkdir": _made,
    "cd": _gone,
}
