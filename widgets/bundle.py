"""Joins the modules of `frontend/` into the one file that the widget loads. No node needed.

    python widgets/bundle.py            writes static/graph_view.js and static/graph_view.css
    python widgets/bundle.py --check    says whether they are fresh, writes nothing

anywidget loads a widget from a Blob, where relative imports fail, so there must be one file. The modules
keep to a few forms that this script can join by taking lines out: `import { a, b } from "./file.js";`,
`export` before a declaration, one `export default` in the entry. The table of messages, which Python reads too,
is written in where words.js imports it. Anything else is refused.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
FRONTEND = HERE / "frontend"
STATIC = HERE / "minigrad_widgets" / "static"
ENTRY = "graph_view.js"
MESSAGES = HERE / "minigrad_widgets" / "messages.json"

IMPORT = re.compile(r'^import \{([^{}]*)\} from "\./([\w.]+)";\n', re.MULTILINE)
TABLE = 'import MESSAGES from "../minigrad_widgets/messages.json" with { type: "json" };\n'
DECLARATION = re.compile(
    r"^(export )?(?:async )?(?:function\*?|class|const|let|var) +([A-Za-z_$][\w$]*)", re.MULTILINE
)
PATTERN = re.compile(r"^(?:export )?(?:const|let|var) *[\[{].*", re.MULTILINE)
DEFAULT = re.compile(r"^export default ", re.MULTILINE)
NAME = re.compile(r"[A-Za-z_$][\w$]*")


class BundleError(Exception):
    """A module uses a form that the bundler does not join; says which and where."""


def _code(source: str) -> str:
    """The source without comments, line for line; enough to look for words at the start of a line."""
    source = re.sub(r"/\*.*?\*/", lambda found: "\n" * found[0].count("\n"), source, flags=re.DOTALL)
    return re.sub(r"^\s*//.*$", "", source, flags=re.MULTILINE)


def _refuse(name: str, code: str, pattern: str, why: str) -> None:
    found = re.search(pattern, code, re.MULTILINE)
    if found:
        line = code.count("\n", 0, found.start()) + 1
        raise BundleError(f"{name}:{line}: {why}: {found[0].strip()!r}")


def _check(name: str, source: str, entry: str) -> tuple[dict[str, list[str]], set[str], set[str]]:
    """What a module imports, by file; the names it declares; those of them that it exports."""
    code = _code(source)
    imports: dict[str, list[str]] = {}
    for words, file in IMPORT.findall(code):
        names = [word.strip() for word in words.split(",") if word.strip()]
        for word in names:
            if not NAME.fullmatch(word):
                raise BundleError(f"{name}: cannot import {word!r}: import plain names, without `as`")
        imports.setdefault(file, []).extend(names)
    rest = IMPORT.sub(lambda found: "\n" * found[0].count("\n"), code)
    _refuse(name, rest, r"^\s*import\b.*", 'only `import { a, b } from "./file.js";` can be joined')
    _refuse(name, rest, r".*\bimport *\(.*", "a module cannot be loaded while running")
    _refuse(name, rest, r".*\bimport\.meta\b.*", "a joined file has no address of its own")
    _refuse(name, rest, PATTERN.pattern, "declare one plain name at a time at the top level")
    declared = DECLARATION.findall(rest)
    rest = DEFAULT.sub("", rest, count=1) if name == entry else rest
    rest = re.sub(r"^export (?=(?:async )?(?:function|class|const|let|var)\b)", "", rest, flags=re.MULTILINE)
    _refuse(name, rest, r"^\s*export\b.*", "only `export` before a declaration can be joined")
    names = [word for _, word in declared]
    twice = {word for word in names if names.count(word) > 1}
    if twice:
        raise BundleError(f"{name}: declared twice: {', '.join(sorted(twice))}")
    return imports, set(names), {word for export, word in declared if export}


def join(modules: dict[str, str], entry: str = ENTRY) -> str:
    """The modules as one, each after those that it imports. Raises BundleError."""
    facts = {name: _check(name, source, entry) for name, source in modules.items()}
    order: list[str] = []
    owners: dict[str, str] = {}

    def visit(name: str, path: tuple[str, ...]) -> None:
        if name in path:
            raise BundleError(f"modules import each other: {' -> '.join((*path, name))}")
        if name in order:
            return
        imports, declared, _ = facts[name]
        for file, words in imports.items():
            if file not in facts:
                raise BundleError(f"{name}: imports {file}, and there is no such file")
            missing = set(words) - facts[file][2]
            if missing:
                raise BundleError(f"{name}: {file} does not export {', '.join(sorted(missing))}")
            visit(file, (*path, name))
        for word in sorted(declared):
            if word in owners:
                raise BundleError(f"{name} and {owners[word]} both declare {word}: rename one")
            owners[word] = name
        order.append(name)

    if entry not in facts:
        raise BundleError(f"there is no {entry}")
    visit(entry, ())
    unused = set(facts) - set(order)
    if unused:
        raise BundleError(f"never imported: {', '.join(sorted(unused))}")
    head = "// Generated by widgets/bundle.py from widgets/frontend/; edit the modules there.\n"
    return head + "".join(f"\n// ---- {name}\n\n{_body(modules[name], name == entry)}" for name in order)


def _body(source: str, is_entry: bool) -> str:
    body = IMPORT.sub("", source).removeprefix("// @ts-check\n")
    # Types are for the checker, which reads the modules; a module path means nothing in the joined file.
    body = re.sub(r"^/\*\*(?:(?!\*/).)*?@typedef(?:(?!\*/).)*\*/\n", "", body, flags=re.DOTALL | re.MULTILINE)
    if not is_entry:
        body = re.sub(r"^export ", "", body, flags=re.MULTILINE)
    body = re.sub(r"^export (?!default )", "", body, flags=re.MULTILINE)
    return re.sub(r"\n{3,}", "\n\n", body).lstrip("\n")


def built() -> dict[Path, str]:
    """The files that belong in static/, by path."""
    table = json.dumps(json.loads(MESSAGES.read_text("utf-8")), ensure_ascii=False, indent=0)
    modules = {
        path.name: path.read_text(encoding="utf-8").replace(TABLE, f"const MESSAGES = {table};\n")
        for path in sorted(FRONTEND.glob("*.js"))
    }
    style = (FRONTEND / "style.css").read_text(encoding="utf-8")
    head = "/* Generated by widgets/bundle.py from widgets/frontend/; edit the file there. */\n"
    return {STATIC / ENTRY: join(modules), STATIC / "graph_view.css": head + style}


def main(arguments: list[str]) -> int:
    if arguments not in ([], ["--check"]):
        print(__doc__)
        return 2
    try:
        files = built()
    except BundleError as error:
        print(f"cannot join the front end: {error}", file=sys.stderr)
        return 1
    if arguments:
        stale = [p for p, text in files.items() if not p.exists() or p.read_text(encoding="utf-8") != text]
        for path in stale:
            print(f"{path.relative_to(HERE)} is stale: run python widgets/bundle.py", file=sys.stderr)
        return 1 if stale else 0
    STATIC.mkdir(exist_ok=True)
    for path, text in files.items():
        path.write_text(text, encoding="utf-8")
        print(f"{path.relative_to(HERE)}: {len(text.encode())} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
