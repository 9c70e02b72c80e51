// @ts-check
// Which groups of a large graph are open, and where everything stands then. Pure.
//
// Python has drawn each group once, with the boxes in it closed (see levels.py). Opening a box stretches the
// drawing that it is in: what is below moves down, what is beside moves aside, and so on outwards.

import { pathPoints } from "./geometry.js";

/**
 * @typedef {import("./model.js").Trace} Trace
 * @typedef {import("./model.js").Layout} Layout
 * @typedef {import("./geometry.js").Box} Box
 * @typedef {import("./geometry.js").Point} Point
 * @typedef {{ids: string[], points: Point[], kind: ""|"lane"|"stub"}} Route
 * @typedef {{width: number, height: number, boxes: Map<string, Box>, routes: Route[]}} Level
 * @typedef {{id: string, kind: string, title: string, open: boolean, depth: number, turns: string[],
 *   tensors: string[], functions: string[]}} Group what is in it at any depth; the first function of each turn
 * @typedef {{id: string, source: string, target: string, ids: string[], points: Point[],
 *   loose: ""|"start"|"end"}} Way a line of one or more edges; its loose end joins a lane
 * @typedef {{folding: Folding, width: number, height: number, boxes: Map<string, Box>, open: Set<string>, ways: Way[],
 *   shownAs: (id: string) => string[]}} Places the last says what stands for a thing or an edge
 */

const OUTERMOST = "";

/** The groups of a layout, and what is in each. */
export class Folding {
  /** @param {Layout} layout @param {Trace} trace */
  constructor(layout, trace) {
    this.layout = layout;
    this.frame = layout.frame ?? { head: 0, side: 0, foot: 0 };
    this.ends = new Map(trace.edges.map((edge) => [edge.id, edge]));
    /** @type {Map<string, Group>} */
    this.groups = new Map();
    /** @type {Map<string, string>} the group that a card, function or group is directly in */
    this.home = new Map();
    /** @type {Map<number, {boxes: Box[], routes: Point[][], lanes: Point[][]}>} */
    this.shapes = new Map();
    const tensors = new Set(trace.tensors.map((tensor) => tensor.id));
    for (const id of Object.keys(layout.nodes)) this.home.set(id, OUTERMOST);
    for (const [id, group] of Object.entries(layout.groups ?? {})) {
      for (const member of group.members) this.home.set(member, id);
      const { kind, title, open } = group;
      this.groups.set(id, { id, kind, title, open, depth: 0, turns: [], tensors: [], functions: [] });
    }
    for (const id of this.home.keys()) {
      const above = this.above(id);
      const group = this.groups.get(id);
      if (group) group.depth = above.length;
      else for (const outer of above) this.groups.get(outer)?.[tensors.has(id) ? "tensors" : "functions"].push(id);
    }
    for (const group of this.groups.values()) {
      if (group.kind !== "repeat") continue;
      const turns = layout.groups?.[group.id].members.filter((member) => !tensors.has(member)) ?? [];
      group.turns = turns.map((turn) => this.groups.get(turn)?.functions[0] ?? turn);
    }
  }

  /** The groups that a thing is in, inner ones first. @param {string} id @returns {string[]} */
  above(id) {
    const found = [];
    for (let up = this.home.get(id); up; up = this.home.get(up)) found.push(up);
    return found;
  }

  /** What stands for a thing while these groups are open: itself, or the box that hides it.
   * @param {string} id @param {Set<string>} open @returns {string} */
  standsFor(id, open) {
    return this.above(id).reverse().find((group) => !open.has(group)) ?? id;
  }

  /** The groups that are open where the learner has not chosen otherwise.
   * @param {Map<string, boolean>} chosen @returns {Set<string>} */
  opened(chosen) {
    const open = [...this.groups.values()].filter((group) => chosen.get(group.id) ?? group.open);
    return new Set(open.map((group) => group.id));
  }

  /** The drawing of a group with all boxes in it closed. @param {string} id @returns {Level} */
  level(id) {
    const { layout } = this;
    if (id === OUTERMOST) {
      const boxes = new Map(Object.entries(layout.nodes).map(([key, place]) => [key, boxOf(place)]));
      /** @type {Route[]} */
      const routes = Object.entries(layout.edges).map(([key, d]) => route([key], pathPoints(d)));
      for (const [d, ids] of layout.bundles ?? []) routes.push(route(ids, pathPoints(d)));
      return { width: layout.width, height: layout.height, boxes, routes };
    }
    const group = /** @type {import("./model.js").GroupLayout} */ (layout.groups?.[id]);
    const given = /** @type {import("./model.js").Shape} */ (layout.shapes?.[group.shape]);
    let shape = this.shapes.get(group.shape);
    if (!shape) {
      shape = {
        boxes: given.boxes.map(boxOf),
        routes: given.routes.map(pathPoints),
        lanes: (given.lanes ?? []).map(pathPoints),
      };
      this.shapes.set(group.shape, shape);
    }
    const { boxes, routes, lanes } = shape;
    const stubs = given.stubs ?? {};
    return {
      width: given.width,
      height: given.height,
      boxes: new Map(group.members.map((member, i) => [member, boxes[i]])),
      routes: [
        ...group.routes.map((ids, i) => route(ids, routes[i], i in stubs ? "stub" : "")),
        ...lanes.map((points, lane) =>
          route(group.routes.filter((_, i) => stubs[i] === lane).flat(), points, "lane"),
        ),
      ],
    };
  }
}

/** @param {number[]} place @returns {Box} */
function boxOf([x, y, w, h]) {
  return { x, y, w, h };
}

/** @param {string[]} ids @param {Point[]} points @param {""|"lane"|"stub"} [kind] @returns {Route} */
function route(ids, points, kind = "") {
  return { ids, points, kind };
}

/** Moves along one axis so that open boxes get their room: each stretch of it grows as much as the box over it
 * that needs most. @param {{at: number, size: number, wanted: number}[]} boxes
 * @returns {(value: number) => number} */
function stretched(boxes) {
  const growing = boxes.filter(({ size, wanted }) => wanted > size);
  const stops = [...new Set(growing.flatMap(({ at, size }) => [at, at + size]))].sort((a, b) => a - b);
  const rates = stops.map((stop) =>
    Math.max(0, ...growing.map((b) => (b.at <= stop && stop < b.at + b.size ? b.wanted / b.size - 1 : 0))),
  );
  const sums = [0];
  for (let i = 1; i < stops.length; i++) sums.push(sums[i - 1] + rates[i - 1] * (stops[i] - stops[i - 1]));
  return (value) => {
    let [low, high] = [0, stops.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (stops[middle] <= value) low = middle + 1;
      else high = middle;
    }
    return low ? value + sums[low - 1] + rates[low - 1] * (value - stops[low - 1]) : value;
  };
}

/**
 * Where everything stands while these groups are open.
 * @param {Folding} folding @param {Set<string>} open @returns {Places}
 */
export function unfold(folding, open) {
  const { head, side, foot } = folding.frame;
  /** @typedef {{level: Level, x: (v: number) => number, y: (v: number) => number, w: number, h: number}} Sized */
  /** @type {Map<string, Sized>} */
  const sized = new Map();
  /** @param {string} id @returns {Sized} */
  const measure = (id) => {
    const level = folding.level(id);
    const [across, down] = [/** @type {any[]} */ ([]), /** @type {any[]} */ ([])];
    for (const [member, box] of level.boxes) {
      if (!open.has(member)) continue;
      const inner = measure(member);
      across.push({ at: box.x, size: box.w, wanted: inner.w + 2 * side });
      down.push({ at: box.y, size: box.h, wanted: inner.h + head + foot });
    }
    const [x, y] = [stretched(across), stretched(down)];
    const found = { level, x, y, w: x(level.width), h: y(level.height) };
    sized.set(id, found);
    return found;
  };
  const all = measure(OUTERMOST);
  /** @type {Map<string, Box>} */
  const boxes = new Map();
  /** @type {Map<string, Piece[]>} by edge */
  const pieces = new Map();
  /** @param {string} id @param {number} left @param {number} top @param {number} depth */
  const put = (id, left, top, depth) => {
    const { level, x, y } = /** @type {Sized} */ (sized.get(id));
    for (const [member, box] of level.boxes) {
      const inner = sized.get(member);
      const w = inner ? Math.max(box.w, inner.w + 2 * side) : box.w;
      const h = inner ? Math.max(box.h, inner.h + head + foot) : box.h;
      const middle = (x(box.x) + x(box.x + box.w)) / 2;
      const upper = inner ? y(box.y) : (y(box.y) + y(box.y + box.h) - h) / 2;
      const placed = { x: left + middle - w / 2, y: top + upper, w, h };
      boxes.set(member, placed);
      if (inner) put(member, placed.x + (w - inner.w) / 2, placed.y + head, depth + 1);
    }
    for (const [i, { ids, points, kind }] of level.routes.entries()) {
      const edge = folding.ends.get(ids[0]);
      if (!edge) continue;
      const [from, to] = [edge.source, edge.target].map((end) => memberOf(folding, end, id));
      const moved = points.map(([px, py]) => /** @type {Point} */ ([left + x(px), top + y(py)]));
      if (from && kind !== "lane") fasten(moved, 0, 1, points[0], level.boxes.get(from), boxes.get(from), head);
      const last = points.length - 1;
      if (to && kind !== "lane") fasten(moved, last, last - 1, points[last], level.boxes.get(to), boxes.get(to), head);
      const order = from && to ? 0 : (from ? -1 : 1) * (depth - (kind === "lane" ? 0.5 : 0));
      for (const key of ids) {
        const piece = { order, points: moved, kind, name: `${id} ${i}`, group: id };
        const found = pieces.get(key);
        if (found) found.push(piece);
        else pieces.set(key, [piece]);
      }
    }
  };
  put(OUTERMOST, 0, 0, 0);
  // About in the order in which they are read, so that a scene has little to sort.
  const placed = new Map([...boxes].sort(([, a], [, b]) => a.y + a.h / 2 - (b.y + b.h / 2)));
  const ways = waysOf(folding, open, pieces);
  /** @type {Map<string, string[]>} */
  const waysBy = new Map();
  for (const way of ways) for (const id of way.ids) waysBy.set(id, [...(waysBy.get(id) ?? []), way.id]);
  const shownAs = (/** @type {string} */ id) => waysBy.get(id) ?? (folding.ends.has(id) ? [] : [folding.standsFor(id, open)]);
  return { folding, width: all.w, height: all.h, boxes: placed, open, ways, shownAs };
}

/** @typedef {{order: number, points: Point[], kind: string, name: string, group: string}} Piece */

/** The member of a group that a thing is, or is in; null where it is outside.
 * @param {Folding} folding @param {string} id @param {string} group @returns {string|null} */
function memberOf(folding, id, group) {
  for (let at = id; ; ) {
    const up = folding.home.get(at);
    if (up === group) return at;
    if (!up) return null;
    at = up;
  }
}

/** Keeps an end of a path where it was on the border of its box. @param {Point[]} points @param {number} end
 * @param {number} next @param {Point} before @param {Box|undefined} old @param {Box|undefined} now
 * @param {number} head */
function fasten(points, end, next, before, old, now, head) {
  if (!old || !now) return;
  const [u, v] = [(before[0] - old.x) / old.w, (before[1] - old.y) / old.h];
  const grown = now.h > old.h || now.w > old.w;
  const onSide = grown && (u < 0.001 || u > 0.999);
  const [x, y] = [now.x + u * now.w, onSide ? now.y + head / 2 : now.y + v * now.h];
  const [dx, dy] = [x - points[end][0], y - points[end][1]];
  points[end] = [x, y];
  points[next] = [points[next][0] + dx, points[next][1] + dy];
}

/** Puts the pieces of each edge together; edges that run along the same pieces are one line.
 * @param {Folding} folding @param {Set<string>} open @param {Map<string, Piece[]>} pieces @returns {Way[]} */
function waysOf(folding, open, pieces) {
  /** @type {Map<string, Way>} */
  const ways = new Map();
  for (const [id, found] of pieces) {
    const edge = /** @type {import("./model.js").Edge} */ (folding.ends.get(id));
    found.sort((a, b) => a.order - b.order);
    const [source, target] = [folding.standsFor(edge.source, open), folding.standsFor(edge.target, open)];
    let from = 0;
    for (let i = 1; i <= found.length; i++) {
      const [one, next] = [found[i - 1], found[i]];
      if (next && (one.kind !== "lane" || next.kind !== "stub") && (one.kind !== "stub" || next.kind !== "lane")) continue;
      const run = found.slice(from, i);
      const name = run.map((piece) => piece.name).join("|");
      const way = ways.get(name);
      if (way) way.ids.push(id);
      else {
        const loose = run[0].kind === "stub" && from > 0 ? "start" : one.kind === "stub" && next ? "end" : "";
        const lane = run.find((piece) => piece.kind === "lane");
        ways.set(name, {
          id: lane ? `${id}:${lane.group}` : id,
          source: lane && from > 0 ? lane.group : source,
          target: lane && next ? lane.group : target,
          ids: [id],
          points: joined(run.map((piece) => piece.points)),
          loose: lane ? (next ? "end" : "start") : loose,
        });
      }
      from = i;
    }
  }
  return [...ways.values()];
}

/** One path from several, with a curve from the end of each to the start of the next.
 * @param {Point[][]} paths @returns {Point[]} */
function joined(paths) {
  let points = paths[0];
  for (const path of paths.slice(1)) {
    const [x, y] = points[points.length - 1];
    const [to, end] = path[0];
    const middle = (y + end) / 2;
    points = Math.hypot(to - x, end - y) < 0.5
      ? [...points, ...path.slice(1)]
      : [...points, [x, middle], [to, middle], ...path];
  }
  return points;
}
