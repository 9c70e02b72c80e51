#!/usr/bin/env python3
"""Run the conformance cases against a module and compare with what torch answered.

    python run.py --module minigrad             run every case
    python run.py --module minigrad --cases 'views*' --failures
    python run.py --module torch --record       write golden.json anew

README.md beside this file states the comparison rules.
"""

import argparse
import contextlib
import fnmatch
import importlib
import importlib.util
import inspect
import json
import math
import os
import re
import signal
import sys
import types
import warnings
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
SECONDS_PER_CASE = 30

# dtype -> (relative, absolute) tolerance; a dtype not listed must match exactly.
TOLERANCE = {
    "float16": (1e-3, 1e-3),
    "bfloat16": (1e-2, 1e-2),
    "float32": (1e-5, 1e-6),
    "float64": (1e-9, 1e-12),
}
PYTHON_FLOAT_TOLERANCE = TOLERANCE["float32"]


# ------------------------------------------------------------- normalising --


def normalise_text(text, package):
    """Replace what may differ between two runs or two packages."""
    text = re.sub(r"0x[0-9a-fA-F]+", "<addr>", text)
    text = re.sub(r"\b(\w+::)+", "", text)  # torch::autograd::CopySlices
    text = re.sub(r"(output \d+ of \w+?)Backward\d*\b", r"\1", text)  # "of AddBackward0"
    return re.sub(rf"\b(torch|{re.escape(package)})\.", "<pkg>.", text)


def first_sentence(message):
    """The part of an error message that has to match, and the rest of it."""
    # Some of torch's messages lack the space: "is not allowed.You can make a clone".
    ends = r"(?<=[.!?])\s+|\n|(?<=\.)(?=(?:You|This|See)\b)"
    parts = re.split(ends, message.strip(), maxsplit=1)
    return parts[0].rstrip(".!? "), parts[1].strip() if len(parts) > 1 else ""


def to_json(value, T):
    """Turn an observed value into JSON, so that it can be stored and compared."""
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, str):
        return normalise_text(value, T.__name__)
    if isinstance(value, float):
        return {"float": _number(value, "float64")}
    if isinstance(value, T.Tensor):
        dtype = _last_name(value.dtype)
        if hasattr(value, "_is_zerotensor") and value._is_zerotensor():
            value = value.clone()  # torch has zeros without memory, which tolist() refuses
        return {
            "tensor": dtype,
            "shape": [int(n) for n in value.shape],
            "values": _numbers(value.tolist(), dtype),
            "requires_grad": bool(value.requires_grad),
        }
    if isinstance(value, (np.ndarray, np.generic)):
        dtype = value.dtype.name
        return {
            "array": dtype,
            "shape": list(value.shape),
            "values": _numbers(value.tolist(), dtype),
        }
    if isinstance(value, tuple):  # torch.Size among them
        return {"tuple": [to_json(item, T) for item in value]}
    if isinstance(value, list):
        return [to_json(item, T) for item in value]
    if isinstance(value, dict):
        return {"dict": [[to_json(k, T), to_json(v, T)] for k, v in value.items()]}
    if isinstance(value, type(T.float32)):
        return {"dtype": _last_name(value)}
    if isinstance(value, type):
        return {"type": value.__name__}
    if hasattr(value, "next_functions"):
        return {"node": normalise_text(value.name(), T.__name__)}
    raise TypeError(f"cannot record a value of type {type(value).__name__}")


def _last_name(dtype):
    return str(dtype).rsplit(".", 1)[-1]


def _numbers(values, dtype):
    if isinstance(values, list):
        return [_numbers(v, dtype) for v in values]
    return _number(values, dtype) if isinstance(values, float) else values


def _number(value, dtype):
    if not math.isfinite(value):
        return str(value)  # "nan", "inf", "-inf": strict JSON has no such numbers
    return float(f"{value:.9g}") if dtype != "float64" else value


# --------------------------------------------------------------- observing --


class CaseTimeout(BaseException):
    """A case ran too long. Not an Exception, so that no case can swallow it."""


class Observer:
    """The `observe` argument of a case: records labelled values, errors, warnings."""

    def __init__(self, T):
        self._T = T
        self.records = {}  # label -> value as JSON
        self.missing = set()  # names that the module lacks

    def __call__(self, label, value):
        self._add(label, to_json(value, self._T))

    @contextlib.contextmanager
    def raises(self, label, type_only=False):
        """Record the exception that the block raises, or that it raises none.

        With type_only the message is not compared at all.
        """
        record = {"raises": None}
        try:
            yield
        except Exception as error:
            record["raises"] = type(error).__name__
            if not type_only:
                text = normalise_text(str(error), self._T.__name__)
                record["message"], rest = first_sentence(text)
                if rest:
                    record["rest"] = rest[:300]
            self.note_missing(error)
        self._add(label, record)

    @contextlib.contextmanager
    def warns(self, label):
        """Record the warnings that the block gives: category and first sentence."""
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            yield
        found = []
        for warning in caught:
            text = normalise_text(str(warning.message), self._T.__name__)
            entry = [warning.category.__name__, first_sentence(text)[0]]
            if entry not in found:
                found.append(entry)
        self._add(label, {"warnings": found})

    def note_missing(self, error):
        if isinstance(error, AttributeError):
            name = missing_name(error, self._T)
            if name:
                self.missing.add(name)

    def _add(self, label, record):
        if label in self.records:
            raise ValueError(f"label used twice in one case: {label!r}")
        self.records[label] = record


def missing_name(error, T):
    """'T.foo', 'Tensor.foo' ... when the error says that the module lacks a name."""
    owner, name = getattr(error, "obj", None), getattr(error, "name", None)
    package = T.__name__
    if name is None:
        return None
    if isinstance(owner, types.ModuleType):
        if owner.__name__.split(".")[0] != package.split(".")[0]:
            return None
        return "T" + owner.__name__[len(package) :] + "." + name
    kind = owner if isinstance(owner, type) else type(owner)
    if kind.__module__.split(".")[0] == package.split(".")[0]:
        return f"{kind.__name__}.{name}"
    if hasattr(T, "Tensor") and issubclass(kind, T.Tensor):
        return f"Tensor.{name}"
    return None


# --------------------------------------------------------------- comparing --


def differences(expected, got, where=""):
    """Yield one line for each thing in which `got` departs from `expected`."""
    if isinstance(expected, dict) and isinstance(got, dict) and "raises" in expected:
        for key in ("raises", "message"):
            if expected.get(key) != got.get(key) and not (key == "message" and "message" not in expected):
                yield f"{where}{key}: expected {expected.get(key)!r}, got {_got_error(got)}"
                return
    elif isinstance(expected, dict) and isinstance(got, dict):
        if expected.keys() != got.keys():
            yield f"{where}expected {show(expected)}, got {show(got)}"
            return
        if "float" in expected:
            if not _close(expected["float"], got["float"], *PYTHON_FLOAT_TOLERANCE):
                yield f"{where}expected {expected['float']}, got {got['float']}"
            return
        dtype = expected.get("tensor") or expected.get("array")
        for key in expected:
            if key == "values":
                if not _all_close(expected[key], got[key], dtype):
                    yield f"{where}values: expected {expected[key]}, got {got[key]}"
            else:
                yield from differences(expected[key], got[key], f"{where}{key}: ")
    elif isinstance(expected, list) and isinstance(got, list):
        if len(expected) != len(got):
            yield f"{where}expected {show(expected)}, got {show(got)}"
            return
        for i, (e, g) in enumerate(zip(expected, got, strict=True)):
            yield from differences(e, g, f"{where}[{i}] ")
    elif type(expected) is not type(got) or expected != got:
        yield f"{where}expected {show(expected)}, got {show(got)}"


def _got_error(record):
    if record["raises"] is None:
        return "no error"
    return f"{record['raises']}({record.get('message', '')!r})"


def _all_close(expected, got, dtype):
    if isinstance(expected, list) or isinstance(got, list):
        return (
            isinstance(expected, list)
            and isinstance(got, list)
            and len(expected) == len(got)
            and all(_all_close(e, g, dtype) for e, g in zip(expected, got, strict=True))
        )
    return _close(expected, got, *TOLERANCE.get(dtype, (0.0, 0.0)))


def _close(expected, got, rtol, atol):
    if isinstance(expected, (bool, str)) or isinstance(got, (bool, str)):
        return type(expected) is type(got) and expected == got
    return abs(expected - got) <= atol + rtol * abs(expected)


def show(value):
    text = value if isinstance(value, str) else json.dumps(value)
    return repr(text) if isinstance(value, str) else text


# ----------------------------------------------------------------- running --


def load_cases(directory, pattern="*"):
    """{'topic.case': function} for every case under directory/cases, in file order."""
    cases = {}
    for path in sorted((directory / "cases").glob("*.py")):
        spec = importlib.util.spec_from_file_location(f"cases_{path.stem}", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        for name, function in vars(module).items():
            if name.startswith("_") or not inspect.isfunction(function):
                continue
            if function.__module__ != module.__name__:
                continue
            if list(inspect.signature(function).parameters) != ["T", "observe"]:
                raise SystemExit(f"{path.name}: {name} must take (T, observe)")
            case = f"{path.stem}.{name}"
            if fnmatch.fnmatch(case, pattern) or fnmatch.fnmatch(path.stem, pattern):
                cases[case] = function
    return cases


def run_case(function, T):
    """Run one case; return its observer and what it raised outside observe.raises."""
    observe = Observer(T)
    error = None
    with warnings.catch_warnings(), _time_limit(SECONDS_PER_CASE):
        warnings.simplefilter("ignore")
        try:
            function(T, observe)
        except (Exception, CaseTimeout) as caught:
            error = caught
            observe.note_missing(caught)
        finally:
            _restore_global_state(T)
    return observe, error


def _restore_global_state(T):
    """Undo what a case that stopped half-way may have left behind."""
    for name, value in (("set_grad_enabled", True), ("set_default_dtype", "float32")):
        with contextlib.suppress(Exception):
            getattr(T, name)(getattr(T, value) if isinstance(value, str) else value)
    with contextlib.suppress(Exception):
        T.autograd.set_detect_anomaly(False)
    with contextlib.suppress(Exception):
        T.set_printoptions(profile="default", sci_mode=None)


@contextlib.contextmanager
def _time_limit(seconds):
    if not hasattr(signal, "SIGALRM"):
        yield
        return

    def stop(signum, frame):
        raise CaseTimeout(f"stopped after {seconds} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def check_case(function, expected, T):
    """Run one case and compare it; return (problems, observations matched, missing)."""
    observe, error = run_case(function, T)
    problems, matched = [], 0
    for label, value in expected.items():
        if label in observe.records:
            found = list(differences(value, observe.records[label]))
            problems += [f"{label}: {line}" for line in found]
            matched += not found
        elif error is not None:
            problems.append(f"{label}: expected {show(value)}, not reached")
        else:
            problems.append(f"{label}: expected {show(value)}, never observed")
    problems += [
        f"{label}: observed, but not in golden.json" for label in observe.records if label not in expected
    ]
    if error is not None:
        name = type(error).__name__
        stopped = f"stopped by {name}: {normalise_text(str(error), T.__name__)}"
        problems.insert(0, stopped[:500])
    return problems, matched, observe.missing


# --------------------------------------------------------------- reporting --


def run(T, cases, golden):
    results = {}
    for case, function in cases.items():
        if case in golden:
            problems, matched, missing = check_case(function, golden[case], T)
        else:
            problems, matched, missing = ["no entry in golden.json"], 0, set()
        results[case] = {
            "passed": not problems,
            "observations": len(golden.get(case, {})),
            "matched": matched,
            "missing": sorted(missing) if problems else [],
            "problems": problems,
        }
    return results


def report(results, every_failure):
    topics = {}
    for case, result in results.items():
        row = topics.setdefault(case.split(".")[0], [0, 0, 0, 0])
        row[0] += result["passed"]
        row[1] += 1
        row[2] += result["matched"]
        row[3] += result["observations"]

    failing = {case: r for case, r in results.items() if not r["passed"]}
    cases_left = len(failing) if every_failure else 20
    for case, result in list(failing.items())[:cases_left]:
        lines = result["problems"] if every_failure else result["problems"][:4]
        print(f"FAIL {case}")
        for line in lines:
            print(f"     {line if every_failure else line[:400]}")
        if len(lines) < len(result["problems"]):
            print(f"     ... and {len(result['problems']) - len(lines)} more")
    if cases_left < len(failing):
        print(f"... and {len(failing) - cases_left} more failing cases (--failures shows all)")

    missing = {}
    for result in results.values():
        for name in result["missing"]:
            missing[name] = missing.get(name, 0) + 1
    for name, count in sorted(missing.items(), key=lambda item: (-item[1], item[0])):
        print(f"missing: {name} ({count} case{'s' if count > 1 else ''})")

    print(f"\n{'topic':<28}{'cases':>12}{'observations':>16}")
    for topic, (passed, total, matched, observations) in topics.items():
        print(f"{topic:<28}{f'{passed}/{total}':>12}{f'{matched}/{observations}':>16}")
    sums = [sum(column) for column in zip(*topics.values(), strict=True)] or [0, 0, 0, 0]
    print(f"{'all':<28}{f'{sums[0]}/{sums[1]}':>12}{f'{sums[2]}/{sums[3]}':>16}")
    print(f"\n{sums[0]} passed, {sums[1] - sums[0]} failed")
    return sums[0] == sums[1] and sums[1] > 0


# --------------------------------------------------------------- recording --


def record(T, cases, path):
    """Write golden.json. Every case runs twice, so that none depends on chance."""
    golden, bad = {}, 0
    for case, function in cases.items():
        (first, error), (second, _) = run_case(function, T), run_case(function, T)
        if error is not None:
            print(f"{case}: {type(error).__name__}: {error}")
        elif first.records != second.records:
            print(f"{case}: two runs gave different answers")
        elif not first.records:
            print(f"{case}: observes nothing")
        else:
            golden[case] = first.records
            continue
        bad += 1
    if bad:
        raise SystemExit(f"nothing written: {bad} bad cases")
    write_golden(path, T, golden)
    print(f"{path}: {len(golden)} cases, {sum(map(len, golden.values()))} observations")


def write_golden(path, T, golden):
    """JSON with one observation a line, so that a change to it reads well in a diff."""
    blocks = []
    for case, records in golden.items():
        lines = [f"{json.dumps(k)}: {json.dumps(v)}" for k, v in records.items()]
        blocks.append(f"{json.dumps(case)}: {{\n  " + ",\n  ".join(lines) + "\n}")
    made = "by tests/conformance/run.py --record; not to be edited"
    head = f'"generated": "{made}",\n"recorded_from": {json.dumps(T.__name__ + " " + T.__version__)}'
    body = ",\n".join(blocks)
    path.write_text(f'{{\n{head},\n"cases": {{\n{body}\n}}\n}}\n')


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--module", default="minigrad", help="module to run (minigrad)")
    parser.add_argument("--dir", type=Path, default=HERE, help="folder of cases/ and golden.json")
    parser.add_argument("--cases", default="*", metavar="GLOB", help="topics or topic.case names")
    parser.add_argument("--list", action="store_true", help="name the cases and stop")
    parser.add_argument("--failures", action="store_true", help="print every failing label in full")
    parser.add_argument("--json", type=Path, metavar="OUT", help="write the results there too")
    parser.add_argument("--record", action="store_true", help="write golden.json (module: torch)")
    args = parser.parse_args(argv)

    cases = load_cases(args.dir, args.cases)
    if args.list:
        print("\n".join(cases))
        return 0
    sys.path.insert(0, os.getcwd())
    T = importlib.import_module(args.module)
    if hasattr(T, "set_warn_always"):
        T.set_warn_always(True)  # torch gives some warnings once a process otherwise
    golden_path = args.dir / "golden.json"
    if args.record:
        if args.cases != "*":
            raise SystemExit("--record writes all cases; leave --cases out")
        record(T, cases, golden_path)
        return 0

    golden = json.loads(golden_path.read_text())["cases"]
    results = run(T, cases, golden)
    all_passed = report(results, args.failures)
    if args.json:
        args.json.write_text(json.dumps({"module": args.module, "cases": results}, indent=1))
    return 0 if all_passed else 1


if __name__ == "__main__":
    sys.exit(main())
