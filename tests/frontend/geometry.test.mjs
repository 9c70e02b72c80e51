// Paths, arrowheads, who is next to whom, and how large a drawing is shown.

import assert from "node:assert/strict";
import { test } from "node:test";
import { arrow, boxesText, detour, neighbour, pathPoints, pointAt, turned } from "../../widgets/frontend/geometry.js";
import { fitBoth, intoView, scaleFor } from "../../widgets/frontend/stage.js";
import { FONTS, fit } from "../../widgets/frontend/text.js";

test("a path is read and run the other way", () => {
  assert.deepEqual(turned(pathPoints("M 1 2 C 3 4 5 -6.5 1e-1 8")), [[0.1, 8], [5, -6.5], [3, 4], [1, 2]]);
});

test("the middle of a path is half of its length, not half of its pieces", () => {
  const [x, y] = pointAt(pathPoints("M 0 0 C 30 0 60 0 90 0 C 93 0 97 0 100 0"), 0.5);
  assert.ok(Math.abs(x - 50) < 1e-6 && y === 0);
});

test("an arrow points along the end of its path, and the line ends under it", () => {
  const { line, head } = arrow(pathPoints("M 0 0 C 0 20 50 0 50 60"), 8);
  const [tip, left, neck, right] = head.slice(1, -1).split("L").map((point) => point.split(" ").map(Number));
  assert.deepEqual(tip, [50, 60]);
  assert.ok(left[1] < 60 && right[1] < 60);
  assert.ok((left[0] < neck[0] && neck[0] < right[0]) || (right[0] < neck[0] && neck[0] < left[0]));
  for (const i of [0, 1]) assert.ok(Math.abs(line.at(-1)[i] - neck[i]) < 0.1);
});

test("a way of our own leads from side to side, outside of both boxes", () => {
  const [from, to] = [{ x: 0, y: 0, w: 40, h: 20 }, { x: 30, y: 100, w: 40, h: 20 }];
  const points = detour(from, to);
  assert.deepEqual([points[0], points.at(-1)], [[40, 10], [70, 110]]);
  assert.ok(points[1][0] > 70 && points[2][0] > 70);
  assert.deepEqual(detour(to, from)[0], [30, 110]);
});

test("empty places are one path", () => {
  assert.equal(boxesText([{ x: 1, y: 2, w: 3, h: 4 }]), "M1 2h3v4h-3Z");
});

test("an arrow key leads to the nearest in its direction", () => {
  const places = { a: [0, 0], b: [200, 0], c: [20, 100], d: [0, 300] };
  const things = new Map(Object.entries(places).map(([id, [x, y]]) => [id, { box: { x, y, w: 50, h: 20 } }]));
  const ways = ["right", "left", "down", "up"].map((way) => neighbour(things, "a", way));
  assert.deepEqual(ways, ["b", null, "c", null]);
});

test("a text is cut to its room, with an ellipsis", () => {
  const ruler = (text) => [...text].length * 10;
  const cut = [50, 40, 20, 10, 5].map((room) => fit("abcde", room, FONTS.small, ruler));
  assert.deepEqual(cut, ["abcde", "abc…", "a…", "", ""]);
});

test("a drawing is shown whole where it can be read, else it scrolls", () => {
  const scale = (room, drawing) => scaleFor(...room, ...drawing, 1.6);
  assert.equal(scale([400, 800], [400, 600]), 1);
  assert.equal(scale([800, 1200], [400, 600]), 1.6); // as large as it gets
  assert.equal(scale([400, 500], [400, 600]), 500 / 600); // the whole is still easy to read
  assert.equal(scale([400, 300], [400, 600]), 1); // it would not be: as wide as the room
  assert.equal(scale([300, 300], [400, 600]), 0.75);
  assert.equal(scale([100, 300], [400, 600]), 0.68); // never smaller than can be read
  assert.equal(scale([100, 300], [0, 0]), 1);
});

test("two drawings stand side by side where both can be read", () => {
  assert.ok(fitBoth(720, 5000));
  assert.ok(fitBoth(422, 300));
  assert.ok(!fitBoth(422, 310));
});

test("what is in view stays where it is, what is not is brought to the middle", () => {
  assert.equal(intoView(100, 200, 110, 290), 100);
  assert.equal(intoView(100, 200, 290, 330), 210);
  assert.equal(intoView(100, 200, 20, 60), 0);
  assert.equal(intoView(0, 200, 100, 500), 200); // more than there is room for: its middle
});
