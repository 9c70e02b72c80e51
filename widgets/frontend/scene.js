// @ts-check
// What one drawing shows of a moment: every thing with its box, every edge with its line. Pure.

import { edgeLine, edgeMessages, pillBox } from "./edge.js";
import { functionBox } from "./function.js";
import { BoxIndex, bounds, detour, pathPoints } from "./geometry.js";
import { firstGradients } from "./steps.js";

/**
 * @typedef {import("./model.js").Moment} Moment
 * @typedef {import("./model.js").Layout} Layout
 * @typedef {import("./model.js").Tensor} Tensor
 * @typedef {import("./model.js").Func} Func
 * @typedef {import("./model.js").Edge} Edge
 * @typedef {import("./text.js").Measure} Measure
 * @typedef {import("./geometry.js").Box} Box
 * @typedef {import("./geometry.js").Point} Point
 * @typedef {import("./card.js").Side} Side
 * @typedef {{id: string, box: Box, tensor: Tensor|null, func: Func|null}} Thing
 * @typedef {{id: string, edge: Edge, points: Point[], box: Box, message: import("./edge.js").Message,
 *   pill: Box|null}} Line
 * @typedef {{side: Side, width: number, height: number, things: Map<string, Thing>,
 *   lines: Map<string, Line>, near: Map<string, Set<string>>, future: Box[]}} Scene
 */

/** @param {Moment} moment @param {Layout} layout @param {Side} side @param {Measure} measure
 * @returns {Scene} */
export function buildScene(moment, layout, side, measure) {
  /** @type {Thing[]} */
  const things = [];
  /** @type {Box[]} the places of what is not there yet */
  const future = [];
  for (const tensor of moment.tensors.values()) {
    const place = layout.nodes[tensor.id];
    if (!place) continue;
    const [x, y, w, h] = place;
    if (tensor.shown) things.push({ id: tensor.id, box: { x, y, w, h }, tensor, func: null });
    else future.push({ x, y, w, h });
  }
  for (const func of moment.functions.values()) {
    const place = layout.nodes[func.id];
    if (!place) continue;
    const [x, y, w, h] = place;
    const box = functionBox(func, side, { x, y, w, h }, measure);
    if (func.shown) things.push({ id: func.id, box, tensor: null, func });
    else future.push(box);
  }
  // In reading order, for the tab key and screen readers.
  things.sort((a, b) => a.box.y + a.box.h / 2 - (b.box.y + b.box.h / 2) || a.box.x - b.box.x);
  const byId = new Map(things.map((thing) => [thing.id, thing]));
  /** @type {Scene} */
  const scene = {
    side, width: layout.width, height: layout.height, things: byId, lines: new Map(), near: new Map(),
    future,
  };
  const taken = new BoxIndex();
  for (const { box } of things) taken.add(box);
  /** @type {Line[]} */
  const labelled = [];
  for (const [id, message] of edgeMessages(moment, side)) {
    const { edge } = message;
    const [source, target] = [byId.get(edge.source), byId.get(edge.target)];
    const d = layout.edges[id];
    if (!source || !target || (!d && moment.edges.has(id))) continue;
    const course = d ? pathPoints(d) : detour(source.box, target.box);
    const points = edgeLine(course, side, source.box, target.box);
    const line = { id, edge, points, box: bounds(points), message, pill: null };
    scene.lines.set(id, line);
    if (message.pill) labelled.push(line);
    for (const end of [edge.source, edge.target]) {
      join(scene.near, end, id);
      join(scene.near, id, end);
    }
  }
  // In the order in which they came, so that a label stays where it is when others come.
  const first = firstGradients(moment.trace);
  labelled.sort((a, b) => (first.get(a.id) ?? -1) - (first.get(b.id) ?? -1));
  for (const line of labelled) line.pill = pillBox(line.message, line.points, taken, measure);
  return scene;
}

/** @param {Map<string, Set<string>>} sets @param {string} key @param {string} value */
function join(sets, key, value) {
  const set = sets.get(key);
  if (set) set.add(value);
  else sets.set(key, new Set([value]));
}
