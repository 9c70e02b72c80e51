// The trace in the browser: every moment is what Python says it was.

import assert from "node:assert/strict";
import { test } from "node:test";
import { cardClass, cardWords } from "../../widgets/frontend/card.js";
import { edgeClass, edgeMessages } from "../../widgets/frontend/edge.js";
import { errorTree } from "../../widgets/frontend/error.js";
import { functionClass, functionWords } from "../../widgets/frontend/function.js";
import { lastMoment, momentAt, standingError } from "../../widgets/frontend/model.js";
import { speak } from "../../widgets/frontend/words.js";
import { NAMES, parts, read, words } from "./fixtures.mjs";

const SIDES = ["forward", "backward"];

/** What a moment says: of each thing its words and classes, of each edge its label, too. */
function said(moment) {
  const found = {};
  for (const tensor of moment.tensors.values()) {
    if (tensor.shown) found[tensor.id] = [cardWords(tensor), ...SIDES.map((side) => cardClass(tensor, side))];
  }
  for (const func of moment.functions.values()) {
    if (func.shown) found[func.id] = [functionWords(func), ...SIDES.map((side) => functionClass(func, side))];
  }
  const messages = SIDES.map((side) => edgeMessages(moment, side));
  for (const [id, forward] of messages[0]) {
    const backward = messages[1].get(id);
    found[id] = [
      forward.words,
      edgeClass("forward", forward), forward.pill,
      edgeClass("backward", backward), backward.pill,
    ];
  }
  return found;
}

/** The words of every moment, out of what changes from one to the next. */
function everyMoment(changes) {
  const moments = [];
  for (const change of changes) {
    const next = { ...moments.at(-1), ...change };
    for (const id of Object.keys(change)) if (change[id] === null) delete next[id];
    moments.push(next);
  }
  return moments;
}

for (const name of NAMES) {
  const { trace, expected } = read(name);
  const moments = everyMoment(expected.words);
  const count = trace.steps.length;

  test(`${name}: every moment, forwards, is what Python says`, () => {
    assert.equal(moments.length, count + 1);
    let moment = momentAt(lastMoment(trace), 0);
    for (let step = 0; step <= count; step++) {
      moment = momentAt(moment, step);
      assert.deepEqual(said(moment), moments[step], `after ${step} steps`);
    }
  });

  test(`${name}: backwards, and across`, () => {
    let moment = lastMoment(trace);
    for (let step = count; step >= 0; step--) {
      moment = momentAt(moment, step);
      assert.deepEqual(said(moment), moments[step], `after ${step} steps`);
    }
    for (const step of [count, 1, count >> 1, 0, count - 1]) {
      moment = momentAt(moment, step);
      assert.deepEqual(said(moment), moments[step], `after ${step} steps`);
    }
  });

  test(`${name}: in Chinese`, () => {
    speak("zh");
    try {
      assert.deepEqual(said(lastMoment(trace)), expected.chinese);
    } finally {
      speak("en");
    }
  });

  test(`${name}: there and back is the same data`, () => {
    const last = lastMoment(trace);
    const back = momentAt(momentAt(last, 0), count);
    assert.deepEqual([...back.tensors.values()], trace.tensors);
    assert.deepEqual([...back.functions.values()], trace.functions);
    assert.deepEqual([...back.edges.values()], trace.edges);
  });

  test(`${name}: the error that stands, explained`, () => {
    const found = expected.errors.map((_, step) => {
      const moment = momentAt(lastMoment(trace), step);
      const error = standingError(moment);
      if (!error) return null;
      const tree = errorTree(error, moment);
      return {
        title: parts(tree, "h4").map(words).join(""),
        rows: parts(tree, "tr").map((row) => row.children.map(words)),
        why: words(parts(tree, "p")[0]),
        cures: error.cures,
      };
    });
    assert.deepEqual(found, expected.errors);
  });
}

test("a moment that there is not is refused", () => {
  const { trace } = read("worked");
  for (const step of [-1, trace.steps.length + 1, 0.5, Number.NaN]) {
    assert.throws(() => momentAt(lastMoment(trace), step), RangeError);
  }
});

test("a thing that no step touched stays the same object", () => {
  const { trace } = read("worked");
  const last = lastMoment(trace);
  const before = momentAt(last, trace.steps.length - 1);
  const touched = new Set(trace.steps.at(-1).changes.map((change) => change.id));
  for (const [id, tensor] of last.tensors) assert.equal(before.tensors.get(id) === tensor, !touched.has(id));
});

test("a step about nothing is refused by name", () => {
  const { trace } = read("worked");
  const steps = [...trace.steps.slice(0, -1), { ...trace.steps.at(-1), changes: [{ id: "t99", field: "version", before: 0, after: 1 }] }];
  assert.throws(() => momentAt(lastMoment({ ...trace, steps }), 0), /changes t99\.version, and the trace has no t99/);
});

test("an error stands until a later cell changes the graph", () => {
  const { trace } = read("worked");
  const error = { kind: "version", title: "stop" };
  const step = (kind, cell, error = null) => ({ kind, said: [], about: [], changes: [], error, place: { cell, line: 1 } });
  const stands = (...later) => {
    const steps = [step("error", 0, error), ...later.map(([kind, cell]) => step(kind, cell))];
    return standingError(lastMoment({ ...trace, steps })) === error;
  };
  assert.ok(stands());
  assert.ok(stands(["name", 1])); // looking at things does not cure it
  assert.ok(stands(["op", 0])); // caught, and the same cell went on
  assert.ok(!stands(["op", 1]));
  assert.ok(!stands(["write", 1], ["name", 1]));
});

test("a gradient is written once on its way, and a sum where ways meet", () => {
  const moment = lastMoment(read("worked").trace);
  const named = (id) => moment.tensors.get(id)?.names[0] ?? moment.functions.get(id).op;
  const pills = [...edgeMessages(moment, "backward").values()].filter(({ pill }) => pill);
  // l1 is used by add and by mul: what comes back is added up on the edge that goes on.
  assert.deepEqual(
    pills.map(({ edge, pill }) => `${named(edge.source)} ${named(edge.target)} ${pill}`),
    [
      "w1 mul 28.0", "mul l1 all 7.0", "l1 add all 2.0", "w2 add 8.0", "l1 mul all 5.0", "w3 mul 10.0",
      "l2 mul all 2.0", "l3 mul all 1.25", "l4 mean all 0.25", "mean loss 1.0",
    ],
  );
});
