// @ts-check
// What one drawing shows of a moment: every thing with its box, every edge with its line. Pure.

import { edgeLine, edgeMessages, joinMessages, pillBox } from "./edge.js";
import { functionBox } from "./function.js";
import { BoxIndex, bounds, detour } from "./geometry.js";
import { groupState } from "./group.js";
import { standingError } from "./model.js";
import { firstGradients } from "./steps.js";

/**
 * @typedef {import("./model.js").Moment} Moment
 * @typedef {import("./model.js").Tensor} Tensor
 * @typedef {import("./model.js").Func} Func
 * @typedef {import("./fold.js").Places} Places
 * @typedef {import("./fold.js").Group} Group
 * @typedef {import("./fold.js").Way} Way
 * @typedef {import("./edge.js").Message} Message
 * @typedef {import("./group.js").State} State
 * @typedef {import("./text.js").Measure} Measure
 * @typedef {import("./geometry.js").Box} Box
 * @typedef {import("./geometry.js").Point} Point
 * @typedef {import("./card.js").Side} Side
 * @typedef {{id: string, box: Box, tensor: Tensor|null, func: Func|null, group: Group|null,
 *   state: State|null, open: boolean, depth: number}} Thing a tensor, a function, or a group and its state
 * @typedef {{id: string, points: Point[], box: Box, message: Message, pill: Box|null,
 *   joins: boolean}} Line
 * @typedef {{side: Side, width: number, height: number, things: Map<string, Thing>,
 *   lines: Map<string, Line>, near: Map<string, Set<string>>, future: Box[]}} Scene
 */

const FRAME_HEAD = 26;

/** @param {Moment} moment @param {Places} places @param {Side} side @param {Measure} measure
 * @returns {Scene} */
export function buildScene(moment, places, side, measure) {
  const { folding } = places;
  const error = standingError(moment);
  /** @type {Thing[]} */
  const things = [];
  /** @type {Box[]} the places of what is not there yet */
  const future = [];
  for (const [id, box] of places.boxes) {
    const tensor = moment.tensors.get(id) ?? null;
    const func = moment.functions.get(id) ?? null;
    const group = folding.groups.get(id) ?? null;
    /** @type {Thing} */
    const thing = { id, box, tensor, func, group, state: null, open: false, depth: folding.above(id).length };
    if (func) thing.box = functionBox(func, side, box, measure);
    if (group) {
      thing.state = groupState(group, moment, error);
      thing.open = places.open.has(id);
    }
    const there = group ? thing.state?.functions || thing.state?.tensors : (tensor ?? func)?.shown;
    if (there) things.push(thing);
    else if (tensor || func || group) future.push(thing.box);
  }
  // In reading order, for the tab key and screen readers; a frame before what is in it.
  const middle = (/** @type {Thing} */ { box, open }) => box.y + (open ? 0 : box.h / 2);
  things.sort((a, b) => middle(a) - middle(b) || a.box.x - b.box.x);
  const byId = new Map(things.map((thing) => [thing.id, thing]));
  /** @type {Scene} */
  const scene = {
    side, width: places.width, height: places.height, things: byId, lines: new Map(), near: new Map(),
    future,
  };
  const first = firstGradients(moment.trace);
  /** @type {[number, Line][]} */
  const labelled = [];
  /** @param {Way} way @param {Message[]} said */
  const draw = (way, said) => {
    const [source, target] = [byId.get(way.source), byId.get(way.target)];
    if (!said.length || !source || !target || source === target) return;
    const message = joinMessages(said);
    const start = way.loose === "start" || source.open ? null : source.box;
    const end = way.loose === "end" || target.open ? null : target.box;
    const course = way.points.length ? way.points : detour(source.box, target.box);
    const points = edgeLine(course, side, start, end);
    const joins = way.loose === (side === "forward" ? "end" : "start");
    /** @type {Line} */
    const line = { id: way.id, points, box: bounds(points), message, pill: null, joins };
    scene.lines.set(way.id, line);
    if (message.pill) labelled.push([Math.min(...way.ids.map((id) => first.get(id) ?? -1)), line]);
    for (const end of [way.source, way.target]) {
      join(scene.near, end, way.id);
      join(scene.near, way.id, end);
    }
  };
  const messages = edgeMessages(moment, side);
  for (const way of places.ways) {
    draw(way, way.ids.map((id) => messages.get(id)).filter((message) => message !== undefined));
  }
  for (const [id, message] of messages) {
    if (moment.edges.has(id)) continue;
    const [source, target] = [message.edge.source, message.edge.target].flatMap(places.shownAs);
    draw({ id, source, target, ids: [id], points: [], loose: "" }, [message]);
  }
  if (!labelled.length) return scene;
  const taken = new BoxIndex();
  for (const { box, open } of things) taken.add(open ? { ...box, h: FRAME_HEAD } : box);
  // In the order in which they came, so that a label stays where it is when others come.
  labelled.sort((a, b) => a[0] - b[0]);
  for (const [, line] of labelled) line.pill = pillBox(line.message, line.points, taken, measure);
  return scene;
}

/** @param {Map<string, Set<string>>} sets @param {string} key @param {string} value */
function join(sets, key, value) {
  const set = sets.get(key);
  if (set) set.add(value);
  else sets.set(key, new Set([value]));
}
