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
