// @ts-check
// What is said of a moment: which step it is, the learner's own line, the sentence with its names and numbers.

import { h } from "./dom.js";
import { placeText, sourceLine, stepOf } from "./model.js";
import { cellOf, valueOf } from "./steps.js";
import { pieces, sentences, t, wording } from "./words.js";

/**
 * @typedef {import("./model.js").Moment} Moment
 * @typedef {import("./model.js").Trace} Trace
 * @typedef {import("./dom.js").Tree} Tree
 */

// The parts of a message that stand out: who is spoken of, and what came of it.
const WHO = ["name", "names", "node"];
const RESULT = ["result", "total", "after"];
const MOST = 300; // steps of which the longest is looked for

/** Which step it is and what the learner wrote. @param {Moment} moment @returns {Tree[]} */
export function whenTrees(moment) {
  const count = moment.trace.steps.length;
  const past = moment.step < count;
  const step = stepOf(moment);
  const trees = [h("span", { class: "mg-tag" }, t(past ? "step.past" : "step.now", { step: moment.step, count }))];
  if (!step) return trees;
  const cell = cellOf(step);
  if (step.place) {
    const line = sourceLine(moment, step.place);
    const value = valueOf(moment, step);
    trees.push(h("span", { class: "mg-where" }, placeText(moment, step.place)));
    if (line) trees.push(h("code", {}, line));
    if (line && value) trees.push(h("span", { class: "mg-gave" }, `→ ${wording(value.said)}`));
  } else if (cell !== null) {
    trees.push(h("span", { class: "mg-where" }, moment.trace.cells[cell].label));
  }
  return trees;
}

/** The sentences of a moment, those that it begins with where no step has been. @param {Moment} moment
 * @returns {import("./words.js").Phrase[]} */
export function saidAt(moment) {
  const step = stepOf(moment);
  if (step) return step.said;
  const { steps, dropped } = moment.trace;
  if (!steps.length) return [];
  return dropped ? [{ say: "step.begin" }, { say: "step.dropped", count: dropped }] : [{ say: "step.begin" }];
}

/** The same with its names and results in bold. @param {Moment} moment @returns {Tree} */
export function sayTree(moment) {
  const parts = pieces(saidAt(moment)).map(({ text, part }) => {
    if (WHO.includes(part)) return h("b", {}, text);
    return RESULT.includes(part) ? h("b", { class: "mg-result" }, text) : text;
  });
  return h("span", {}, ...parts);
}

/** The longest sentence of a trace: the room for it is kept, or what stands below would jump at each step.
 * @param {Trace} trace @returns {string} */
export function longest(trace) {
  let found = "";
  for (const step of trace.steps.slice(-MOST)) {
    const text = sentences(step.said);
    if (text.length > found.length) found = text;
  }
  return found;
}
