// @ts-check
// A group of functions: one box that says what is hidden in it, or a frame around what it shows.

import { h } from "./dom.js";
import { alarmIcon, cutIcon } from "./icons.js";
import { FONTS, fit } from "./text.js";
import { counted, t } from "./words.js";

/**
 * @typedef {import("./fold.js").Group} Group
 * @typedef {import("./model.js").Moment} Moment
 * @typedef {import("./model.js").Fault} Fault
 * @typedef {import("./text.js").Measure} Measure
 * @typedef {import("./card.js").Side} Side
 * @typedef {{turns: number, tensors: number, functions: number, ops: string[], broken: number, unseen: number, freed: number,
 *   cuts: number, nodes: number, ran: number, grads: number, error: boolean}} State
 */

const EDGE = 10;
const LINE = 16;

/** What is in a group at a moment. @param {Group} group @param {Moment} moment @param {Fault|null} error
 * @returns {State} */
export function groupState(group, moment, error) {
  const functions = group.functions.map((id) => moment.functions.get(id)).filter((f) => f?.shown);
  const tensors = group.tensors.map((id) => moment.tensors.get(id)).filter((t) => t?.shown);
  const state = {
    turns: group.turns.filter((id) => moment.functions.get(id)?.shown).length,
    tensors: tensors.length, functions: functions.length, ops: [], broken: 0, unseen: 0, freed: 0,
    cuts: 0, nodes: 0, ran: 0, grads: 0,
    error: error !== null && [...group.functions, ...group.tensors].some((id) => id === error.function || id === error.card),
  };
  const ops = new Set();
  for (const func of functions) {
    if (!func) continue;
    ops.add(func.op);
    if (func.saved.some((saved) => saved.state === "broken")) state.broken++;
    if (func.saved.some((saved) => saved.state === "unseen")) state.unseen++;
    if (func.saved.some((saved) => saved.state === "freed")) state.freed++;
    if (func.cut) state.cuts++;
    if (func.node) state.nodes++;
    if (func.runs) state.ran++;
  }
  for (const tensor of tensors) if (tensor?.grad) state.grads++;
  return { ...state, ops: /** @type {string[]} */ ([...ops]) };
}

/** What is special about the hidden: said in words, the worst first. @param {State} state @param {Side} side */
function stateText(state, side) {
  const words = [];
  if (state.error) words.push(t("fold.error"));
  if (state.broken) words.push(t("fold.broken", { n: state.broken }));
  if (state.unseen) words.push(t("fold.unseen", { n: state.unseen }));
  if (state.cuts) words.push(t("fold.cuts", { n: state.cuts }));
  if (side === "backward" && state.ran) words.push(t("fold.ran", { n: state.ran, all: state.nodes }));
  if (state.freed) words.push(t("fold.freed", { n: state.freed }));
  if (state.grads) words.push(t("fold.gradients", { n: state.grads }));
  return words.join(" · ");
}

/** @param {State} state */
function hiddenText({ functions, tensors }) {
  const words = { tensors: counted("tensor", tensors), functions: counted("function", functions) };
  return functions ? t("count", words) : words.tensors;
}

/** What stands on a group. @param {Group} group */
function groupTitle({ kind, title }) {
  return kind === "turn" || kind === "parameters" ? t(`fold.${kind}.named`, { title }) : title;
}

/** The whole group in words. @param {Group} group @param {State} state @param {boolean} open */
export function groupWords(group, state, open) {
  const words = [t(`fold.${group.kind}.named`, { title: group.title })];
  if (group.kind === "repeat") words.push(t("fold.times", { n: state.turns }));
  words.push(open ? t("fold.open") : t("fold.folded", { hidden: hiddenText(state) }));
  if (state.ops.length) words.push(state.ops.join(", "));
  const special = stateText(state, "backward");
  if (special) words.push(special);
  return words.join(", ");
}

/** @param {State} state @param {boolean} open */
function groupClass(state, open) {
  const classes = [open ? "mg-open" : "mg-group"];
  if (state.broken || state.unseen || state.error) classes.push("mg-broken");
  return classes.join(" ");
}

/** A plus in a box, or a minus. @param {boolean} open */
function sign(open) {
  return h(
    "g",
    { class: "mg-plus", "aria-hidden": "true" },
    h("rect", { width: 13, height: 13, rx: 3 }),
    h("path", { d: open ? "M3.5 6.5H9.5" : "M3.5 6.5H9.5M6.5 3.5V9.5" }),
  );
}

/** The sign, the title, how many turns. @param {Group} group @param {State} state @param {boolean} open
 * @param {number} width @param {Measure} measure */
function titleRow(group, state, open, width, measure) {
  const times = group.kind === "repeat" ? `× ${state.turns}` : "";
  const badge = times ? Math.max(24, measure(times, FONTS.badge) + 12) : 0;
  const title = fit(groupTitle(group), width - 2 * EDGE - 19 - (badge ? badge + 6 : 0), FONTS.title, measure);
  // In a frame right behind the title, in a box at its end.
  const at = open ? EDGE + 19 + measure(title, FONTS.title) + 8 : width - EDGE - badge;
  return h(
    "g",
    {},
    h("g", { transform: `translate(${EDGE - 1} 1.5)` }, sign(open)),
    h("text", { class: "mg-title", x: EDGE + 18, y: 12 }, title),
    badge
      ? h(
          "g",
          { class: "mg-times", transform: `translate(${at} 0)` },
          h("rect", { width: badge, height: 15, rx: 7.5 }),
          h("text", { x: badge / 2, y: 11 }, times),
        )
      : null,
  );
}

/** @param {Group} group @param {State} state @param {Side} side @param {number} width @param {Measure} measure */
function stateRow(group, state, side, width, measure) {
  const alarm = state.error || state.broken + state.unseen > 0;
  const icon = alarm ? alarmIcon() : state.cuts ? cutIcon() : null;
  const left = EDGE + (icon ? 18 : 0);
  return h(
    "g",
    { class: alarm ? "mg-alert" : "mg-told" },
    icon ? h("g", { transform: `translate(${EDGE} 1)` }, icon) : null,
    h("text", { x: left, y: 12 }, fit(stateText(state, side), width - left - EDGE, alarm ? FONTS.alert : FONTS.small, measure)),
  );
}

/** A closed box. @param {Group} group @param {State} state @param {Side} side @param {number} width
 * @param {number} height @param {Measure} measure */
export function groupTree(group, state, side, width, height, measure) {
  const soft = (/** @type {string} */ text) =>
    h("text", { class: "mg-soft", x: EDGE, y: 12 }, fit(text, width - 2 * EDGE, FONTS.small, measure));
  const rows = [titleRow(group, state, false, width, measure)];
  const special = stateText(state, side);
  if (group.kind === "turn") rows.push(special ? stateRow(group, state, side, width, measure) : soft(state.ops.join(", ")));
  else {
    if (state.ops.length) rows.push(soft(state.ops.join(", ")));
    rows.push(soft(hiddenText(state)));
    if (special) rows.push(stateRow(group, state, side, width, measure));
  }
  const top = (height - LINE * rows.length) / 2;
  return h(
    "g",
    { class: groupClass(state, false), "data-toggle": group.id },
    h("title", {}, groupWords(group, state, false)),
    group.kind === "repeat" ? h("rect", { class: "mg-behind", x: 4, y: 4, width, height, rx: 6 }) : null,
    h("rect", { class: "mg-body", width, height, rx: 6 }),
    ...rows.map((row, i) => h("g", { transform: `translate(0 ${top + i * LINE})` }, row)),
  );
}

/** A frame around what is shown of it. @param {State} state @param {number} width @param {number} height */
export function frameTree(state, width, height) {
  return h("g", { class: groupClass(state, true) }, h("rect", { class: "mg-body", width, height, rx: 8 }));
}

/** What stands at the top of a frame, over the lines that come in there. @param {Group} group
 * @param {State} state @param {number} width @param {Measure} measure */
export function headTree(group, state, width, measure) {
  const title = Math.min(measure(groupTitle(group), FONTS.title), width - 2 * EDGE - 60);
  return h(
    "g",
    { class: "mg-frame-head", "data-toggle": group.id },
    h("title", {}, groupWords(group, state, true)),
    h("rect", { class: "mg-head-back", x: 3, y: 3, width: title + (group.kind === "repeat" ? 84 : 40), height: 22, rx: 6 }),
    h("g", { transform: "translate(0 6)" }, titleRow(group, state, true, width, measure)),
  );
}
