// What is known of a thing beyond what is drawn: numbers as tables, writes, who keeps it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { detailsTrees } from "../../widgets/frontend/details.js";
import { savedBy, sharing, stepThatMade, writesTo } from "../../widgets/frontend/ledger.js";
import { lastMoment, momentAt } from "../../widgets/frontend/model.js";
import { numberText, shades, slices, tableTree } from "../../widgets/frontend/table.js";
import { NAMES, parts, read, words } from "./fixtures.mjs";

const named = (trace, name) => trace.tensors.find((t) => t.current && t.names.includes(name));

test("numbers are written as Python writes them", () => {
  const written = [1, -4, 0.1428571, 1234567, 0.000015, -0, "nan", true, 1e30, 999999, 2.5].map(numberText);
  assert.deepEqual(written, ["1", "-4", "0.1429", "1.235e6", "1.5e-5", "-0", "nan", "True", "1e30", "999999", "2.5"]);
});

test("a shade is the share of the largest number", () => {
  assert.deepEqual(shades([2, -4, 0]), [0.5, -1, 0]);
  assert.deepEqual(shades(["nan", 0]), [0, 0]);
  assert.deepEqual(shades([]), []);
});

test("slices are named by their first indices, and end with what is known", () => {
  assert.deepEqual(slices([], 1), [{ name: "", rows: [[0]] }]);
  assert.deepEqual(slices([3], 3), [{ name: "", rows: [[0, 1, 2]] }]);
  assert.deepEqual(slices([2, 2], 3), [{ name: "", rows: [[0, 1], [2]] }]);
  assert.deepEqual(slices([2, 1, 1, 2], 4), [
    { name: "[0, 0, :, :]", rows: [[0, 1]] }, { name: "[1, 0, :, :]", rows: [[2, 3]] },
  ]);
  assert.deepEqual(slices([0, 3], 0), []);
});

test("a table says what it leaves out", () => {
  const value = { said: "", shape: [2, 50], numbers: Array(64).fill(1), complete: false };
  assert.match(words(tableTree(value, "x")), /The first 64 of 100 numbers\.$/);
  const thin = { said: "", shape: [20, 1, 1], numbers: Array(20).fill(1), complete: true };
  assert.match(words(tableTree(thin, "x")), /The first 16 of 20 numbers\.$/);
  assert.doesNotMatch(words(tableTree({ ...value, shape: [64], complete: true }, "x")), /first/);
});

test("every write of a memory is in its ledger, with versions, line and step", () => {
  const { trace } = read("version_error");
  const now = lastMoment(trace);
  const b = named(trace, "b");
  const [write, ...more] = writesTo(now, b.storage);
  assert.deepEqual(more, []);
  const step = trace.steps.findIndex((s) => s.kind === "write") + 1;
  assert.deepEqual(write, { step, text: "b[0] = 1000.", was: 0, now: 1, place: trace.steps[step - 1].place });
  assert.deepEqual(writesTo(momentAt(now, step - 1), b.storage), []); // it has not happened yet
  // Where the step was let go, the function still tells of it.
  const forgotten = lastMoment({ ...trace, steps: trace.steps.slice(step), dropped: step });
  assert.deepEqual(writesTo(forgotten, b.storage).map(({ step, text, now }) => [step, text, now]), [[0, "b[0] = 1000.", 1]]);
});

test("a write that no version counts is in the ledger, too", () => {
  const { trace } = read("version_error");
  const b = named(trace, "b");
  const unseen = {
    kind: "write", about: [b.id], place: null, cell: null, error: null,
    said: [{ say: "changed.value", name: "b", before: "1.0", after: "2.0" }],
    changes: [{ id: b.id, field: "value", before: b.value, after: b.value }],
  };
  const now = lastMoment({ ...trace, steps: [...trace.steps, unseen] });
  assert.deepEqual(writesTo(now, b.storage).at(-1), { step: trace.steps.length + 1, text: "", was: null, now: null, place: null });
});

test("who keeps a card, who shares its memory, which step made it", () => {
  const { trace } = read("ghost_and_cuts");
  const now = lastMoment(trace);
  const c = named(trace, "c");
  assert.ok(sharing(now, c).some((other) => other.names.includes("a")));
  assert.ok(!sharing(now, c).includes(c));
  const step = stepThatMade(now, c.id);
  assert.ok(trace.steps[step - 1].changes.some((change) => change.id === c.id && change.field === "shown"));
  const broken = read("version_error").trace;
  const old = broken.tensors.find((t) => t.names.includes("b") && !t.current);
  assert.deepEqual(savedBy(lastMoment(broken), old.id).map(({ saved }) => saved.slot), ["self", "other"]);
});

for (const name of NAMES) {
  test(`${name}: there are details of every thing at every moment`, () => {
    const { trace } = read(name);
    let now = lastMoment(trace);
    for (let k = trace.steps.length; k >= 0; k--) {
      now = momentAt(now, k);
      for (const { id, shown } of [...now.tensors.values(), ...now.functions.values()]) {
        const trees = detailsTrees(now, id);
        assert.equal(trees.length > 1, shown);
        for (const button of trees.flatMap((tree) => parts(tree, "button"))) {
          const { "data-select": select, "data-step": step } = button.attrs;
          assert.ok(select ? now.tensors.has(select) || now.functions.has(select) : step > 0 && step <= trace.steps.length);
        }
      }
    }
  });
}

test("hooks are named where there are some", () => {
  const { trace } = read("worked");
  const l1 = { ...named(trace, "l1"), hooks: ["double"] };
  const tensors = trace.tensors.map((t) => (t.id === l1.id ? l1 : t));
  const texts = detailsTrees(lastMoment({ ...trace, tensors }), l1.id).map(words);
  assert.ok(texts.includes("Hooksdouble"));
});
