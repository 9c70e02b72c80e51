// @ts-check
// An edge: which way it points, what flowed along it, whether what it leads to is broken.

import { h } from "./dom.js";
import { arrow, labelPlace, pathText, reachTo, turned } from "./geometry.js";
import { isBroken } from "./function.js";
import { nameOf } from "./model.js";
import { FONTS, fit } from "./text.js";
import { t, wording } from "./words.js";

/**
 * @typedef {import("./model.js").Edge} Edge
 * @typedef {import("./model.js").Moment} Moment
 * @typedef {import("./model.js").Saved} Saved
 * @typedef {import("./geometry.js").Point} Point
 * @typedef {import("./geometry.js").Box} Box
 * @typedef {import("./text.js").Measure} Measure
 * @typedef {import("./card.js").Side} Side
 * @typedef {{edge: Edge, pill: string, words: string, broken: boolean, tracked: boolean, flowed: boolean}} Message
 */

const HEAD = 8;
const LABEL = 16;
const MOST_LABEL = 92;
const DOT = 8;
const MOST_TOLD = 6; // of the edges that one line stands for

/**
 * What each edge of a moment says. A gradient that one edge hands on unchanged through a card to the
 * next is written once, on the edge that leaves the function; where several meet, their sum stands on
 * the edge that goes on.
 * @param {Moment} moment @param {Side} side @returns {Map<string, Message>}
 */
export function edgeMessages(moment, side) {
  /** @type {Map<string, number>} */
  const arriving = new Map();
  for (const edge of moment.edges.values()) {
    if (edge.shown && edge.gradient && moment.tensors.has(edge.source)) {
      arriving.set(edge.source, (arriving.get(edge.source) ?? 0) + 1);
    }
  }
  const messages = new Map();
  const told = new Set();
  for (const edge of [...moment.edges.values(), ...strayEdges(moment)]) {
    if (!edge.shown) continue;
    const broken = brokenSlot(moment, edge);
    const input = moment.tensors.has(edge.source);
    let pill = "";
    if (broken) {
      // b * b saves b twice: two edges side by side, and one label is enough.
      const pair = `${edge.source} ${edge.target}`;
      if (!told.has(pair)) pill = `v${broken.version} ≠ v${broken.now}`;
      told.add(pair);
    } else if (edge.gradient && side === "backward" && (input || arriving.get(edge.target) !== 1)) {
      pill = wording(edge.gradient.said);
    }
    messages.set(edge.id, {
      edge,
      pill,
      // Of a large graph most lines are out of view, and nobody reads what they say.
      get words() {
        return edgeWords(moment, edge, broken);
      },
      broken: broken !== null,
      tracked: edge.tracked,
      flowed: edge.gradient !== null,
    });
  }
  return messages;
}

/**
 * An edge of our own for each broken slot whose card is neither an input of the function nor an output: no edge of
 * the trace leads there. @param {Moment} moment @returns {Edge[]}
 */
function strayEdges(moment) {
  const broken = [...moment.functions.values()].filter((func) => func.shown && isBroken(func));
  if (!broken.length) return [];
  const joined = new Set();
  for (const { source, target } of moment.edges.values()) joined.add(`${source} ${target}`);
  return broken.flatMap(({ id, saved }) =>
    saved
      .filter((slot) => slot.state === "broken" && slot.card)
      .filter(({ card }) => !joined.has(`${card} ${id}`) && !joined.has(`${id} ${card}`))
      .map(({ slot, card }) => ({
        id: `${id} ${slot}`, source: card ?? "", target: id, slot, tracked: false, shown: true, gradient: null,
      })),
  );
}

/**
 * What one line says that stands for several edges: all of it, as far as there is room.
 * @param {Message[]} messages at least one @returns {Message}
 */
export function joinMessages(messages) {
  if (messages.length === 1) return messages[0];
  const pills = messages.filter((message) => message.pill);
  const broken = messages.find((message) => message.broken);
  const few = messages.length <= MOST_TOLD ? messages : messages.slice(0, MOST_TOLD - 1);
  const more = messages.length - few.length;
  return {
    edge: messages[0].edge,
    pill: broken?.pill || (pills.length === 1 ? pills[0].pill : pills.length ? t("fold.gradients", { n: pills.length }) : ""),
    get words() {
      return [...few.map((message) => message.words), ...(more ? [t("fold.more edges", { n: more })] : [])].join("\n");
    },
    broken: broken !== undefined,
    tracked: messages.some((message) => message.tracked),
    flowed: messages.some((message) => message.flowed),
  };
}

/** The broken slot that an edge stands for: the function saved the card at its other end.
 * @param {Moment} moment @param {Edge} edge @returns {Saved|null} */
function brokenSlot(moment, edge) {
  const input = moment.functions.get(edge.target);
  const card = input ? edge.source : edge.target;
  const func = input ?? moment.functions.get(edge.source);
  const slots = func ? func.saved.filter((s) => s.state === "broken" && s.card === card) : [];
  return slots.find((s) => !input || s.slot === edge.slot) ?? null;
}

/** @param {Moment} moment @param {string} id */
function endName(moment, id) {
  const tensor = moment.tensors.get(id);
  return tensor ? nameOf(tensor) : (moment.functions.get(id)?.op ?? "");
}

/** @param {Moment} moment @param {Edge} edge @param {Saved|null} broken */
function edgeWords(moment, edge, broken) {
  const { slot } = edge;
  const [source, target] = [endName(moment, edge.source), endName(moment, edge.target)];
  const words = [t(slot ? "edge.slot" : "edge", { source, target, slot })];
  if (!edge.tracked) words.push(t("edge.untracked"));
  if (edge.gradient) words.push(t("edge.gradient", { gradient: edge.gradient.said }));
  if (broken) words.push(t("edge.broken", { version: broken.version, now: broken.now }));
  return words.join(t("word.comma"));
}

/**
 * The points of an edge as it is drawn: up to what is really drawn at its ends, and run backwards in
 * the backward drawing.
 * @param {Point[]} points @param {Side} side @param {Box|null} start @param {Box|null} end
 */
export function edgeLine(points, side, start, end) {
  const reached = reachTo(points, start, end);
  return side === "backward" ? turned(reached) : reached;
}

/** @param {Side} side @param {Message} message @returns {string} */
export function edgeClass(side, message) {
  const classes = ["mg-edge"];
  if (message.broken) classes.push("mg-broken");
  else if (side === "backward" && !message.tracked) classes.push("mg-dim");
  else if (side === "backward" && message.flowed) classes.push("mg-flowed");
  return classes.join(" ");
}

/** @param {string} id @param {Side} side @param {Message} message @param {Point[]} points
 * @param {boolean} joins whether it ends at another line, not at a thing */
export function edgeTree(id, side, message, points, joins) {
  const { line, head } = arrow(points, HEAD);
  const pointed = !joins && (side === "forward" || message.tracked);
  return h(
    "g",
    { class: edgeClass(side, message), "data-id": id },
    h("title", {}, message.words),
    h("path", { class: "mg-hit", d: pathText(points) }),
    h("path", { class: "mg-line", d: pathText(pointed ? line : points) }),
    pointed ? h("path", { class: "mg-head", d: head }) : null,
  );
}

/**
 * Where the label of an edge covers nothing, or a dot that tells on pointing at it; null for neither.
 * @param {Message} message @param {Point[]} points @param {import("./geometry.js").BoxIndex} taken
 * @param {Measure} measure @returns {Box|null}
 */
export function pillBox(message, points, taken, measure) {
  const text = fit(message.pill, MOST_LABEL, FONTS.badge, measure);
  const width = Math.max(24, measure(text, FONTS.badge) + 12);
  const box = labelPlace(points, width, LABEL, taken) ?? labelPlace(points, DOT, DOT, taken);
  if (box) taken.add(box);
  return box;
}

/** @param {string} id @param {Message} message @param {Box} box @param {Measure} measure */
export function pillTree(id, message, { x, y, w, h: height }, measure) {
  const text = fit(message.pill, MOST_LABEL, FONTS.badge, measure);
  return h(
    "g",
    {
      class: message.broken ? "mg-pill mg-broken" : "mg-pill",
      "data-id": id,
      transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})`,
    },
    h("title", {}, message.words),
    h("rect", { width: w.toFixed(1), height, rx: height / 2 }),
    height === LABEL ? h("text", { x: (w / 2).toFixed(1), y: 11.5 }, text) : null,
  );
}
