"""The MyST text: blocks with their lines, and faults that name theirs."""

from __future__ import annotations

from pathlib import Path

import pytest

from minigrad_widgets.exercises.faults import Refused
from minigrad_widgets.exercises.text import parse, read

TEXT = """\
---
title: One
lang: en
---

# Heading

```python
not = "a cell"
```
+++

More.

```{code-cell} python
:tags: [a, b]
:raises: "Error: because"

x = 1

y = 2
```

````{hint} first
A ```fence``` in it:
```
code
```
````
"""


def test_blocks_in_order_with_their_lines() -> None:
    document = parse(TEXT, Path("one.md"))
    assert {key: (option.value, option.line) for key, option in document.head.items()} == {
        "title": ("One", 2),
        "lang": ("en", 3),
    }
    heading, more, cell, hint = document.blocks
    assert (heading.kind, heading.line, heading.text.splitlines()[0]) == ("markdown", 6, "# Heading")
    assert heading.text.endswith("```")
    assert (more.text, more.line) == ("More.", 13)
    assert (cell.kind, cell.argument, cell.line, cell.first) == ("code-cell", "python", 15, 19)
    assert cell.text == "x = 1\n\ny = 2"
    assert cell.options["tags"].value == ["a", "b"]
    assert (cell.options["raises"].value, cell.options["raises"].line) == ("Error: because", 17)
    assert (hint.kind, hint.argument, hint.text.count("```")) == ("hint", "first", 4)


def test_line_ends_of_windows_and_a_mark_at_the_beginning_change_nothing(tmp_path: Path) -> None:
    path = tmp_path / "one.md"
    path.write_bytes(b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode())
    assert read(path).blocks == parse(TEXT, path).blocks


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("---\ntitle: x\n", "1: the front matter does not end: close it with a line ---"),
        ("---\ntitle: x\ntitle: y\n---\n", "3: a second title: keep one"),
        ("---\na: [\n---\n", "2: the front matter is no YAML"),
        ("---\n- a\n---\n", "2: the front matter has no keys"),
        ("a\n\n```{code-cell}\nx\n", "3: this {code-cell} does not end: close it with a line ```"),
        ("```{code-cel} python\nx\n```\n", "1: {code-cel} is nothing here: did you mean {code-cell}?"),
        ("```{hnit} a\nx\n```\n", "1: {hnit} is nothing here: did you mean {hint}?"),
        ("```{code-cell}\n:tags: [a\nx\n```\n", "2: :tags: is no YAML"),
        (
            "```{code-cell}\n:tags: [a]\n:tags: [b]\nx\n```\n",
            "3: a second :tags:: it stands in line 2 already",
        ),
    ],
)
def test_a_fault_names_its_line_and_its_cure(text: str, fault: str) -> None:
    with pytest.raises(Refused) as refused:
        parse(text, Path("one.md"))
    assert str(refused.value).startswith(f"one.md:{fault}")


def test_what_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "one.md"
    with pytest.raises(Refused, match=r"one.md:1: cannot be read \(No such file"):
        read(path)
    path.write_bytes(b"fine\n\xff")
    with pytest.raises(Refused, match=r"one.md:2: byte 0xff is no UTF-8: save the file as UTF-8"):
        read(path)


def test_all_faults_come_at_once_in_the_order_of_the_lines() -> None:
    with pytest.raises(Refused) as refused:
        parse("```{hnit} a\n```\n\n```{code-cell}\n:a: [\n```\n", Path("one.md"))
    assert [fault.line for fault in refused.value.faults] == [1, 5]
