// @ts-check
// Pure geometry of a drawing: paths, arrowheads, where a label fits, who is next to whom.

/**
 * @typedef {[number, number]} Point
 * @typedef {{x: number, y: number, w: number, h: number}} Box
 */

const STRIDES = 8; // straight pieces that stand for a cubic one, where its length matters

/**
 * The points of "M x y C x y ...": the start, then three for each cubic piece.
 * @param {string} d @returns {Point[]}
 */
export function pathPoints(d) {
  const numbers = (d.match(/-?[\d.]+(?:e-?\d+)?/g) ?? []).map(Number);
  /** @type {Point[]} */
  const points = [];
  for (let i = 0; i + 1 < numbers.length; i += 2) points.push([numbers[i], numbers[i + 1]]);
  return points;
}

/** @param {number} value */
const short = (value) => String(Math.round(value * 10) / 10);

/** @param {Point[]} points @returns {string} */
export function pathText(points) {
  const words = points.map(([x, y]) => `${short(x)} ${short(y)}`);
  return `M${words[0]}C${words.slice(1).join(" ")}`;
}

/** The outlines of boxes as one path. @param {Box[]} boxes @returns {string} */
export function boxesText(boxes) {
  return boxes.map(({ x, y, w, h }) => `M${short(x)} ${short(y)}h${short(w)}v${short(h)}h${short(-w)}Z`).join("");
}

/** The point at `u` in 0..1 of one cubic piece. @param {Point[]} points @param {number} piece
 * @param {number} u @returns {Point} */
function cubicAt(points, piece, u) {
  const [a, b, c, d] = points.slice(piece * 3, piece * 3 + 4);
  /** @param {0|1} i */
  const at = (i) =>
    a[i] * (1 - u) ** 3 + 3 * b[i] * u * (1 - u) ** 2 + 3 * c[i] * u * u * (1 - u) + d[i] * u ** 3;
  return [at(0), at(1)];
}

/** The point at `t` in 0..1 of a path's length. @param {Point[]} points @param {number} t
 * @returns {Point} */
export function pointAt(points, t) {
  /** @type {Point[]} */
  const walk = [points[0]];
  for (let piece = 0; piece < (points.length - 1) / 3; piece++) {
    for (let k = 1; k <= STRIDES; k++) walk.push(cubicAt(points, piece, k / STRIDES));
  }
  const lengths = walk.slice(1).map(([x, y], i) => Math.hypot(x - walk[i][0], y - walk[i][1]));
  let left = t * lengths.reduce((sum, length) => sum + length, 0);
  for (const [i, length] of lengths.entries()) {
    if (left <= length && length > 0) {
      const [[ax, ay], [bx, by]] = [walk[i], walk[i + 1]];
      return [ax + ((bx - ax) * left) / length, ay + ((by - ay) * left) / length];
    }
    left -= length;
  }
  return walk[walk.length - 1];
}

/** Where the line from a point to the middle of a box meets its border. @param {Point} from
 * @param {Box} box @returns {Point} */
function borderPoint([px, py], box) {
  const [cx, cy] = [box.x + box.w / 2, box.y + box.h / 2];
  const [dx, dy] = [px - cx, py - cy];
  const reach = Math.max(Math.abs(dx) / (box.w / 2), Math.abs(dy) / (box.h / 2));
  return reach <= 1 ? [px, py] : [cx + dx / reach, cy + dy / reach];
}

/**
 * The path with a straight piece added where an end lies outside the box that is drawn there: a
 * function is drawn smaller than the place that the layout keeps for it.
 * @param {Point[]} points @param {Box|null} start @param {Box|null} end @returns {Point[]}
 */
export function reachTo(points, start, end) {
  let reached = points;
  if (start) {
    const [x, y] = points[0];
    const [bx, by] = borderPoint([x, y], start);
    if (Math.hypot(bx - x, by - y) > 0.5) reached = [[bx, by], [bx, by], [x, y], ...reached];
  }
  if (end) {
    const [x, y] = points[points.length - 1];
    const [bx, by] = borderPoint([x, y], end);
    if (Math.hypot(bx - x, by - y) > 0.5) reached = [...reached, [x, y], [bx, by], [bx, by]];
  }
  return reached;
}

/** A path between two boxes that no layout knows of: from side to side, round what stands between.
 * @param {Box} from @param {Box} to @returns {Point[]} */
export function detour(from, to) {
  const side = to.x + to.w / 2 >= from.x + from.w / 2 ? 1 : 0;
  const [ax, ay] = [from.x + from.w * side, from.y + from.h / 2];
  const [bx, by] = [to.x + to.w * side, to.y + to.h / 2];
  const bulge = (30 + Math.abs(by - ay) / 6) * (side ? 1 : -1);
  const far = side ? Math.max(ax, bx) + bulge : Math.min(ax, bx) + bulge;
  return [[ax, ay], [far, ay], [far, by], [bx, by]];
}

/** The same path run the other way. @param {Point[]} points @returns {Point[]} */
export function turned(points) {
  return [...points].reverse();
}

/**
 * An arrowhead at the end of a path, and the path cut back so that its stroke ends under the head.
 * @param {Point[]} points @param {number} size @returns {{line: Point[], head: string}}
 */
export function arrow(points, size) {
  const tip = points[points.length - 1];
  // The direction over the last stretch as long as the head, so a bent end does not twist it.
  let from = points[0];
  for (let i = points.length - 4; i >= 0 && from === points[0]; i -= 3) {
    for (let u = 1; u >= 0; u -= 1 / STRIDES) {
      const back = cubicAt(points, i / 3, u);
      if (Math.hypot(tip[0] - back[0], tip[1] - back[1]) < size) continue;
      from = back;
      break;
    }
  }
  const length = Math.hypot(tip[0] - from[0], tip[1] - from[1]) || 1;
  const [ux, uy] = [(tip[0] - from[0]) / length, (tip[1] - from[1]) / length];
  const half = size * 0.45;
  /** @type {Point} */
  const neck = [tip[0] - ux * size * 0.8, tip[1] - uy * size * 0.8];
  const corners = [
    tip,
    [tip[0] - ux * size - uy * half, tip[1] - uy * size + ux * half],
    neck,
    [tip[0] - ux * size + uy * half, tip[1] - uy * size - ux * half],
  ];
  const head = `M${corners.map(([x, y]) => `${short(x)} ${short(y)}`).join("L")}Z`;
  return { line: [...points.slice(0, -1), neck], head };
}

/** The box round a path. @param {Point[]} points @returns {Box} */
export function bounds(points) {
  const [xs, ys] = [points.map((point) => point[0]), points.map((point) => point[1])];
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x, y, w: Math.max(...xs) - x, h: Math.max(...ys) - y };
}

/** Whether two boxes touch. @param {Box} a @param {Box} b @returns {boolean} */
export function overlap(a, b) {
  return a.x <= b.x + b.w && b.x <= a.x + a.w && a.y <= b.y + b.h && b.y <= a.y + a.h;
}

/** Boxes filed by place, so that one question looks at its neighbours only. */
export class BoxIndex {
  /** @param {number} cell */
  constructor(cell = 120) {
    this.cell = cell;
    /** @type {Map<string, Box[]>} */
    this.files = new Map();
  }

  /** @param {Box} box @returns {string[]} */
  keys(box) {
    const keys = [];
    for (let i = Math.floor(box.x / this.cell); i <= Math.floor((box.x + box.w) / this.cell); i++) {
      for (let j = Math.floor(box.y / this.cell); j <= Math.floor((box.y + box.h) / this.cell); j++) {
        keys.push(`${i} ${j}`);
      }
    }
    return keys;
  }

  /** @param {Box} box */
  add(box) {
    for (const key of this.keys(box)) {
      const file = this.files.get(key);
      if (file) file.push(box);
      else this.files.set(key, [box]);
    }
  }

  /** @param {Box} box @returns {boolean} */
  hits(box) {
    return this.keys(box).some((key) => this.files.get(key)?.some((other) => overlap(box, other)));
  }
}

/**
 * The first place along a path where a label covers nothing, or null where there is none.
 * @param {Point[]} points @param {number} w @param {number} h @param {BoxIndex} taken
 * @returns {Box|null}
 */
export function labelPlace(points, w, h, taken) {
  for (const t of [0.45, 0.38, 0.52, 0.3, 0.6, 0.22, 0.68]) {
    const [x, y] = pointAt(points, t);
    const box = { x: x - w / 2, y: y - h / 2, w, h };
    if (!taken.hits(box)) return box;
  }
  return null;
}

/**
 * The nearest box in a direction, for the arrow keys; sideways distance counts double.
 * @param {Map<string, {box: Box}>} things @param {string} from @param {"up"|"down"|"left"|"right"} direction
 * @returns {string|null}
 */
export function neighbour(things, from, direction) {
  const here = things.get(from)?.box;
  if (!here) return null;
  const upright = direction === "up" || direction === "down";
  const sign = direction === "up" || direction === "left" ? -1 : 1;
  let best = null;
  let least = Infinity;
  for (const [id, { box }] of things) {
    const dx = box.x + box.w / 2 - (here.x + here.w / 2);
    const dy = box.y + box.h / 2 - (here.y + here.h / 2);
    const ahead = sign * (upright ? dy : dx);
    if (id === from || ahead <= 1) continue;
    const far = ahead + 2 * Math.abs(upright ? dx : dy);
    if (far < least) [best, least] = [id, far];
  }
  return best;
}
