// The two drawings: boxes, lines, labels and texts are where Python puts them.

import assert from "node:assert/strict";
import { test } from "node:test";
import { cardTree } from "../../widgets/frontend/card.js";
import { Folding, unfold } from "../../widgets/frontend/fold.js";
import { functionTree } from "../../widgets/frontend/function.js";
import { arrow, BoxIndex, labelPlace, overlap, pathPoints, pathText, reachTo } from "../../widgets/frontend/geometry.js";
import { lastMoment, momentAt } from "../../widgets/frontend/model.js";
import { buildScene } from "../../widgets/frontend/scene.js";
import { FONTS, fit } from "../../widgets/frontend/text.js";
import { drawnTexts, NAMES, read, ruler } from "./fixtures.mjs";

const HEAD = 8;
const MOST_LABEL = 92;

/** Whether two drawings of numbers are the same to a tenth of a pixel. */
function near(found, wanted, what) {
  assert.equal(found.length, wanted.length, what);
  for (const [i, number] of found.entries()) {
    assert.ok(Math.abs(number - wanted[i]) < 0.11, `${what}: ${found} and ${wanted}`);
  }
}

const numbers = (path) => pathPoints(path).flat();

for (const name of NAMES) {
  const { trace, layout, expected } = read(name);
  const places = unfold(new Folding(layout, trace), new Set());
  for (const wanted of expected.scenes) {
    test(`${name}: the ${wanted.side} drawing after ${wanted.step} steps`, () => {
      const scene = buildScene(momentAt(lastMoment(trace), wanted.step), places, wanted.side, ruler);
      assert.deepEqual([...scene.things.keys()], wanted.order);
      for (const [id, { box, tensor, func }] of scene.things) {
        near([box.x, box.y, box.w, box.h], wanted.things[id].box, `box of ${id}`);
        const tree = tensor
          ? cardTree(tensor, wanted.side, box.w, box.h, ruler)
          : functionTree(func, wanted.side, box, ruler);
        assert.deepEqual(drawnTexts(tree), wanted.things[id].texts);
      }
      assert.deepEqual([...scene.lines.keys()].sort(), Object.keys(wanted.lines).sort());
      for (const [id, { points, message, pill }] of scene.lines) {
        const { path, head, pill: label } = wanted.lines[id];
        const cut = arrow(points, HEAD);
        near(numbers(pathText(cut.line)), numbers(path), `line of ${id}`);
        near(numbers(cut.head), numbers(head), `head of ${id}`);
        assert.equal(pill === null, label === null, `label of ${id}`);
        if (!pill) continue;
        near([pill.x, pill.y, pill.w, pill.h], label.slice(0, 4), `label of ${id}`);
        assert.equal(fit(message.pill, MOST_LABEL, FONTS.badge, ruler), label[4]);
      }
    });
  }
}

test("texts are cut to their room as Python cuts them", () => {
  for (const [text, room, font, wanted] of read("fits").fits) {
    assert.equal(fit(text, room, FONTS[font], ruler), wanted, `${text} in ${room} px of ${font}`);
  }
});

test("a path that ends beside a box is drawn up to it", () => {
  const box = { x: 0, y: 100, w: 40, h: 20 };
  const points = pathPoints("M 20 0 C 20 20 20 60 20 80");
  const reached = reachTo(points, null, box);
  assert.deepEqual(reached.at(-1), [20, 100]);
  assert.equal((reached.length - 1) % 3, 0);
});

test("a label keeps off what is taken, and gives up where all is", () => {
  const points = pathPoints("M 0 0 C 0 50 0 100 0 150");
  const taken = new BoxIndex();
  const first = labelPlace(points, 20, 10, taken);
  taken.add(first);
  const second = labelPlace(points, 20, 10, taken);
  assert.ok(!overlap(first, second));
  taken.add({ x: -50, y: -50, w: 100, h: 300 });
  assert.equal(labelPlace(points, 20, 10, taken), null);
});
