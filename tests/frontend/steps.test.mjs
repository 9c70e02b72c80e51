// Stepping: where cells begin, where a key leads, what a step lights, where a step is in a later trace.

import assert from "node:assert/strict";
import { test } from "node:test";
import { lastMoment, momentAt, stepOf } from "../../widgets/frontend/model.js";
import { saidAt, sayTree, whenTrees } from "../../widgets/frontend/sentence.js";
import {
  dwell, firstGradients, marksOf, moved, playFrom, sameStep, touchedBy, valueOf,
} from "../../widgets/frontend/steps.js";
import { sentences } from "../../widgets/frontend/words.js";
import { NAMES, parts, read, words } from "./fixtures.mjs";

const { trace } = read("worked");
const moment = (step) => momentAt(lastMoment(trace), step);
const find = (kind, about) => trace.steps.findIndex((s) => s.kind === kind && (!about || s.about.includes(about))) + 1;

test("a mark stands where the run of a cell begins", () => {
  assert.deepEqual(marksOf(trace), [
    { step: 1, label: "[1]" }, { step: 5, label: "[2]" }, { step: 10, label: "[3]" },
  ]);
  // A function stands in the cell where it was written: that is no run of that cell.
  const steps = [{ cell: 0, place: { cell: 0 } }, { cell: 1, place: { cell: 0 } }, { cell: 1, place: { cell: 1 } }];
  assert.deepEqual(marksOf({ ...trace, steps }).map((mark) => mark.step), [1, 2]);
});

test("moves stay within the trace and go from cell to cell", () => {
  const marks = marksOf(trace);
  const count = trace.steps.length;
  const go = (move, step) => moved(move, step, count, marks);
  assert.deepEqual([go("back", 0), go("on", count), go("first", 7), go("last", 7)], [0, count, 0, count]);
  assert.deepEqual([go("cell on", 1), go("cell on", 10), go("cell back", 10), go("cell back", 1)], [5, count, 5, 0]);
  assert.deepEqual([playFrom(3, count, marks), playFrom(count, count, marks)], [3, 9]);
  assert.equal(playFrom(2, 2, []), 0);
});

test("a longer sentence stays longer, a Chinese character as long as three letters, double speed half as long", () => {
  assert.ok(dwell("a long sentence", 1) > dwell("short", 1));
  assert.equal(dwell("梯度", 1), dwell("abcdef", 1));
  assert.equal(dwell("same", 2) * 2, dwell("same", 1));
});

test("a step is found again by what it did", () => {
  const later = { ...trace, steps: [...trace.steps, trace.steps[0]] };
  assert.equal(sameStep(trace, 7, later), 7);
  assert.equal(sameStep(trace, 0, later), 0);
  const cut = { ...trace, steps: trace.steps.slice(3), dropped: 3 };
  assert.equal(sameStep(trace, 7, cut), 4);
  assert.equal(sameStep(trace, 2, cut), cut.steps.length); // it is gone: to the end
  const twice = { ...trace, steps: [0, 1, 1, 2].map((i) => trace.steps[i]) }; // of two alike it is the one in its place
  assert.equal(sameStep(twice, 2, { ...twice, steps: twice.steps.slice(1), dropped: 1 }), 1);
});

for (const name of NAMES) {
  test(`${name}: a step touches what it is about and what it changes`, () => {
    const { trace } = read(name);
    for (let k = 1; k <= trace.steps.length; k++) {
      const now = momentAt(lastMoment(trace), k);
      const touched = touchedBy(now, stepOf(now));
      const { about, changes } = trace.steps[k - 1];
      for (const id of about) assert.ok(touched.has(id));
      for (const { id, field } of changes) assert.ok(touched.get(id).has(field));
    }
  });
}

test("where a node runs, what came is upstream and what went on is downstream", () => {
  const step = trace.steps.findIndex((s) => s.kind === "run" && s.about.length === 3 && s.said[0].gradients.last) + 1;
  const now = moment(step);
  const ran = trace.steps[step - 1].about[0];
  const roles = { up: [], down: [] };
  for (const [id, words] of touchedBy(now, stepOf(now))) {
    for (const role of ["up", "down"]) if (words.has(role)) roles[role].push(now.edges.get(id));
  }
  assert.deepEqual(roles.down.map((edge) => edge.target), [ran, ran]);
  assert.equal(roles.up.length, 2); // from its output, and to it
  assert.ok(roles.up.every((edge) => edge.gradient));
  // At another step nothing is.
  const named = touchedBy(moment(find("op")), stepOf(moment(find("op"))));
  assert.ok([...named.values()].every((words) => !words.has("up") && !words.has("down")));
});

test("labels are placed in the order in which gradients come", () => {
  const first = firstGradients(trace);
  const order = [...first.values()];
  assert.deepEqual(order, [...order].sort((a, b) => a - b));
  assert.equal(firstGradients(trace), first); // worked out once
});

test("a moment says its step, the learner's line and what it gave", () => {
  const texts = whenTrees(moment(6)).map(words);
  assert.deepEqual(texts, [`In the past · step 6 of ${trace.steps.length}`, "In [2] line 2", "l2 = l1 + w2", "→ all 5.0"]);
  assert.equal(words(whenTrees(moment(trace.steps.length))[0]), `Now · step 26 of 26`);
  const kept = find("accumulate");
  assert.equal(valueOf(moment(kept), stepOf(moment(kept))).said, trace.steps[kept - 1].said.at(-1).after);
  assert.equal(valueOf(moment(0), null), null);
});

test("a sentence in pieces says the same, its names and results in bold", () => {
  for (let k = 0; k <= trace.steps.length; k++) assert.equal(words(sayTree(moment(k))), sentences(saidAt(moment(k))));
  const ran = trace.steps.findIndex((s) => s.kind === "run" && s.said[0].gradients?.say === "run.and") + 1;
  const bold = parts(sayTree(moment(ran)), "b").map(words);
  assert.equal(bold[0], trace.steps[ran - 1].said[0].node);
  assert.ok(bold.length >= 3);
  assert.equal(sentences(saidAt(momentAt(lastMoment({ ...trace, dropped: 9 }), 0))),
    "Before the first step. 9 earlier steps were let go, to save memory.");
});
