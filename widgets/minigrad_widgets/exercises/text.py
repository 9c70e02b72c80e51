"""MyST text as blocks that know their lines: the one format of lessons and of exercises.

    read(path) -> Document          front matter, then blocks in order
    markdown                        the text between the others; `+++` on a line of its own parts two blocks
    ```{code-cell} python           a cell; lines `:key: value` at its top are its options, in YAML
    ```{hint} id  ```{wrong} id     what belongs to an exercise and is no cell

Everything else of Markdown, its other fences included, is left as it is written.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from .faults import Faults

DIRECTIVES = ("code-cell", "hint", "wrong")

_FENCE = re.compile(r"(`{3,}|~{3,})(.*)")
_DIRECTIVE = re.compile(r"\{([\w:-]+)\}\s*(.*)")
_OPTION = re.compile(r":([\w-]+):(?:\s+(.*))?$")
_BREAK = re.compile(r"\+\+\+\s*$")


@dataclass(frozen=True, slots=True)
class Option:
    """One value that the author set, and the line on which it stands."""

    value: Any
    line: int


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of the text. `line` is its first line in the file, `first` that of its `text`."""

    kind: str  # "markdown" or one of DIRECTIVES
    text: str
    line: int
    first: int
    argument: str = ""
    options: dict[str, Option] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Document:
    """One author's file."""

    path: Path
    head: dict[str, Option]
    blocks: tuple[Block, ...]


def read(path: Path) -> Document:
    """The blocks of a file. Raises Refused, with the line, for what cannot be read."""
    faults = Faults(path)
    try:
        raw = path.read_bytes()
    except OSError as error:
        faults.add(1, f"cannot be read ({error.strerror})", "name a text file that exists")
        faults.raise_any()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        faults.add(line, f"byte 0x{raw[error.start]:02x} is no UTF-8", "save the file as UTF-8")
        faults.raise_any()
    return parse(text, path)


def parse(text: str, path: Path) -> Document:
    """The blocks of a text. path: what to call it in messages. Raises Refused."""
    faults = Faults(path)
    parser = _Parser(text.replace("\r\n", "\n").split("\n"), faults)
    head = parser.front_matter()
    blocks = parser.blocks()
    faults.raise_any()
    return Document(path, head, tuple(blocks))


class _Parser:
    """Goes down the lines once; `at` is the index of the line that is read next."""

    def __init__(self, lines: list[str], faults: Faults) -> None:
        self.lines, self.faults, self.at = lines, faults, 0

    def front_matter(self) -> dict[str, Option]:
        if self.lines[0].rstrip() != "---":
            return {}
        for end in range(1, len(self.lines)):
            if self.lines[end].rstrip() == "---":
                self.at = end + 1
                return self._mapping("\n".join(self.lines[1:end]), 2)
        self.faults.add(1, "the front matter does not end", "close it with a line ---")
        self.at = len(self.lines)
        return {}

    def blocks(self) -> list[Block]:
        found: list[Block] = []
        start = self.at
        while self.at < len(self.lines):
            fence = _FENCE.match(self.lines[self.at])
            directive = _DIRECTIVE.fullmatch(fence[2].strip()) if fence else None
            if fence and directive and self._known(directive[1]):
                self._markdown(found, start, self.at)
                found.append(self._directive(fence[1], directive[1], directive[2].strip()))
                start = self.at
            elif fence and "`" not in fence[2]:
                self._skip(fence[1])
            elif _BREAK.match(self.lines[self.at]):
                self._markdown(found, start, self.at)
                self.at += 1
                start = self.at
            else:
                self.at += 1
        self._markdown(found, start, self.at)
        return found

    def _known(self, name: str) -> bool:
        if name not in DIRECTIVES and (close := difflib.get_close_matches(name, DIRECTIVES, 1, 0.75)):
            self.faults.add(self.at + 1, f"{{{name}}} is nothing here", f"did you mean {{{close[0]}}}?")
        return name in DIRECTIVES

    def _end(self, mark: str) -> int | None:
        """The index of the line that closes the fence which opens at `at`."""
        close = re.compile(rf"{re.escape(mark[0])}{{{len(mark)},}}\s*$")
        return next((i for i in range(self.at + 1, len(self.lines)) if close.match(self.lines[i])), None)

    def _skip(self, mark: str) -> None:
        end = self._end(mark)
        self.at = len(self.lines) if end is None else end + 1  # Markdown, too, closes a fence at the end

    def _directive(self, mark: str, kind: str, argument: str) -> Block:
        opening, end = self.at, self._end(mark)
        if end is None:
            self.faults.add(opening + 1, f"this {{{kind}}} does not end", f"close it with a line {mark}")
            end = len(self.lines)
        first, options = self._options(opening + 1, end)
        body = self.lines[first:end]
        while body and not body[0].strip():
            body, first = body[1:], first + 1
        self.at = end + 1
        return Block(kind, "\n".join(body).rstrip(), opening + 1, first + 1, argument, options)

    def _options(self, at: int, end: int) -> tuple[int, dict[str, Option]]:
        options: dict[str, Option] = {}
        while at < end and (found := _OPTION.match(self.lines[at])):
            key, value = found[1], found[2] or ""
            if key in options:
                cure = f"it stands in line {options[key].line} already; keep one"
                self.faults.add(at + 1, f"a second :{key}:", cure)
            try:
                options[key] = Option(yaml.safe_load(value), at + 1)
            except yaml.YAMLError as error:
                said = " ".join(str(getattr(error, "problem", error)).split())
                self.faults.add(at + 1, f":{key}: is no YAML ({said})", "quote texts that hold : { [ or #")
                options[key] = Option(None, at + 1)
            at += 1
        return at, options

    def _mapping(self, text: str, line: int) -> dict[str, Option]:
        """The keys of the front matter, each with its line."""
        try:
            node = yaml.compose(text, Loader=yaml.SafeLoader)
            data = yaml.safe_load(text)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            said = " ".join(str(getattr(error, "problem", error)).split())
            at = line + (mark.line if mark else 0)
            self.faults.add(at, f"the front matter is no YAML ({said})", "write lines like title: My lesson")
            return {}
        if node is None:
            return {}
        if not isinstance(node, yaml.MappingNode):
            self.faults.add(line, "the front matter has no keys", "write lines like title: My lesson")
            return {}
        found: dict[str, Option] = {}
        for key, _ in node.value:
            at = line + key.start_mark.line
            if str(key.value) in found:
                self.faults.add(at, f"a second {key.value}", "keep one")
            found[str(key.value)] = Option(data.get(key.value), at)
        return found

    def _markdown(self, found: list[Block], start: int, end: int) -> None:
        while start < end and not self.lines[start].strip():
            start += 1
        text = "\n".join(self.lines[start:end]).rstrip()
        if text:
            found.append(Block("markdown", text, start + 1, start + 1))
