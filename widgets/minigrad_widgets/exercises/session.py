"""What the cells of an exercise call: the state of one notebook, in plain code that needs no widget.

start("versions")                                   which set this is
question("v", '''…''', choices=[0, 1])              shows a program, with this learner's numbers
answer("v", 1)                                      the answer of record
check("v")                                          raises NotYet unless it is right
with check("fix"): assert …                         the same of code, with the reason in words
hint("fix"), solution("fix"), look("v")             help
"""

from __future__ import annotations

import contextlib
import linecache
import sys
import warnings
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from ..say import Phrase, Say, render, sentences
from . import predictions
from .drawing import draw_difference
from .explaining import falsy, reasons
from .sealing import unseal
from .variants import WHO, filled, pick


class NotYet(AssertionError):
    """An answer is not right yet; says why. Jupyter shows the words alone, without a traceback."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


@dataclass(frozen=True, slots=True)
class Question:
    """A program as this learner has it, and what is asked about it."""

    program: str
    ask: str
    of: str | None
    choices: tuple[Any, ...]


@dataclass
class Session:
    """One notebook: its questions and answers, and how far the learner came."""

    name: str = ""
    language: str = "en"
    notes: dict[str, Any] = field(default_factory=dict)
    questions: dict[str, Question] = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=dict)
    hints_seen: dict[str, int] = field(default_factory=dict)
    passed: set[str] = field(default_factory=set)

    def say(self, *said: Phrase) -> str:
        return sentences(said, self.language)

    def hint_left(self, id: str) -> bool:
        return self.hints_seen.get(id, 0) < len(self.notes.get("hints", {}).get(id, ()))


SESSION = Session()


def start(name: str, lang: str = "en", notes: str = "") -> None:
    """Begins a set, or begins it again; what was answered is forgotten. notes: sealed hints and solutions."""
    fresh = Session(name, lang, unseal(notes) if notes else {})
    SESSION.__dict__.update(fresh.__dict__)


def learner(id: str) -> None:
    """Says whose numbers the exercises have, where no hub says it."""
    if not isinstance(id, str):
        raise TypeError(f'learner() takes a text, as in learner("ada"), not {id!r}')
    WHO.typed = id.strip()
    if not WHO.learner():
        print(SESSION.say(Say("learner.nobody")))


def choice(options: list[Any], place: str = "") -> Any:
    """This learner's one of the options. place: the exercise that they belong to."""
    return pick(options, f"{SESSION.name}.{place}")


def question(id: str, program: str, ask: str = "value", of: str | None = None, choices: Any = ()) -> None:
    """Shows a program and what is asked about it."""
    _ask(id, program, ask, of, choices)
    asked = SESSION.questions[id]
    print(asked.program, "", question_text(id), sep="\n")


def _ask(id: str, program: str, ask: str, of: str | None, choices: Any) -> None:
    text = filled(program.strip("\n"), SESSION.name, id)
    SESSION.questions[id] = Question(text, ask, of, tuple(choices) or predictions.choices_of(text, ask))


def question_text(id: str) -> str:
    """What is asked, in a sentence or two."""
    asked = SESSION.questions[id]
    said: list[Phrase] = [Say(f"ask.{asked.ask}", {"name": asked.of or ""})]
    if asked.choices:
        said.append(Say("ask.choices", {"choices": ", ".join(map(repr, asked.choices))}))
    return SESSION.say(*said)


def answer(id: str, value: Any = ...) -> None:
    """Gives an answer. The one in the cell counts; `...` is none yet."""
    if value is ...:
        SESSION.answers.pop(id, None)
        print(SESSION.say(Say("answer.none", {"id": id})))
        return
    SESSION.answers[id] = value
    asked = SESSION.questions.get(id)
    if asked is None:
        raise NameError(f"answer({id!r}): run the cell with question({id!r}, …) first")
    if asked.choices and not any(predictions.agree(value, one) for one in asked.choices):
        parts = {"answer": repr(value), "choices": ", ".join(map(repr, asked.choices))}
        print(SESSION.say(Say("answer.no choice", parts)))
    else:
        print(SESSION.say(Say("answer.yours", {"answer": repr(value)})))


class check:
    """check("v") judges a prediction; `with check("fix"):` judges the code below it. Raises NotYet.

    hidden: how many more assertions are made when it is graded.
    """

    def __init__(self, id: str, hidden: int = 0) -> None:
        self.id, self.hidden = id, hidden
        if id in SESSION.questions:
            _judge(id)

    def __enter__(self) -> check:
        # Whatever a check writes to stderr, a warning for instance, nbgrader would take for a failure.
        self._quiet = contextlib.ExitStack()
        self._quiet.enter_context(contextlib.redirect_stderr(sys.stdout))
        self._quiet.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")
        return self

    def __exit__(self, kind: Any, error: BaseException | None, traceback: TracebackType | None) -> None:
        self._quiet.close()
        if error is None:
            _pass(
                self.id, Say("passed.visible", {"count": self.hidden}) if self.hidden else Say("passed.all")
            )
        elif isinstance(error, Exception) and not isinstance(error, NotYet):
            difference = falsy(error)
            if difference is not None:
                draw_difference(difference, SESSION.language)
            raise NotYet(_not_yet(self.id, reasons(error))) from None


def _judge(id: str) -> None:
    asked = SESSION.questions[id]
    if id not in SESSION.answers:
        raise NotYet(SESSION.say(Say("answer.none", {"id": id})))
    given = SESSION.answers[id]
    key = right_answer(id)
    if not predictions.agree(given, key):
        raise NotYet(_not_yet(id, (Say(f"wrong.{_kind(asked.ask)}", {"answer": repr(given)}),)))
    _pass(id, Say("passed.prediction", {"answer": repr(key), "id": id}))


def _kind(ask: str) -> str:
    return "raises" if ask == "raises" else "value"


def _pass(id: str, said: Phrase) -> None:
    SESSION.passed.add(id)
    print(SESSION.say(said))


def _not_yet(id: str, said: tuple[Phrase, ...]) -> str:
    help = (Say("hint.there is", {"id": id}),) if SESSION.hint_left(id) else ()
    return SESSION.say(Say("not yet"), *said, *help)


def run_check(id: str, source: str, namespace: dict[str, Any]) -> None:
    """Runs a check as a grader has it, hidden assertions included, on the learner's names. Raises NotYet."""
    from . import __all__ as public

    ours = {name: getattr(sys.modules[__package__], name) for name in public}
    filename = f"<check of {id}>"
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    with check(id):
        exec(compile(source, filename, "exec"), {**namespace, **ours})


def ask_again(
    name: str, id: str, program: str, ask: str = "value", of: str | None = None, choices: Any = ()
) -> None:
    """Puts a question as the author has it, whatever the notebook made of it; the answer stays. name: of the set."""
    SESSION.name = name
    _ask(id, program, ask, of, choices)


def right_answer(id: str) -> Any:
    """What the engine answers to a question, for the author's own notebooks."""
    asked = SESSION.questions[id]
    return predictions.key_of(asked.program, asked.ask, asked.of)


def hint(id: str) -> None:
    """Shows the next hint; after the last one it begins again."""
    hints = SESSION.notes.get("hints", {}).get(id, ())
    if not hints:
        print(SESSION.say(Say("hint.none", {"id": id})))
        return
    seen = SESSION.hints_seen.get(id, 0)
    SESSION.hints_seen[id] = seen % len(hints) + 1
    number = Say("hint.number", {"number": seen % len(hints) + 1, "count": len(hints)})
    print(f"{render(number, SESSION.language)} {hints[seen % len(hints)]}")


def solution(id: str) -> None:
    """Shows the solution, once the exercise has been passed."""
    if id not in SESSION.passed:
        print(SESSION.say(Say("solution.first", {"id": id})))
        return
    if id in SESSION.questions:
        print(repr(right_answer(id)))
        return
    print(SESSION.notes.get("solutions", {}).get(id) or SESSION.say(Say("solution.kept")))


def look(id: str) -> None:
    """Shows the graph of a question's program, step by step, once the answer has been right."""
    from IPython.display import display

    from ..graph_view import GraphView

    if id not in SESSION.passed:
        print(SESSION.say(Say("solution.first", {"id": id})))
        return
    view = GraphView()
    view.draw(predictions.run_program(SESSION.questions[id].program).trace)
    display(view)
