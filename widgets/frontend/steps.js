// @ts-check
// Stepping through a trace: where the cells begin, what a step changed, how long to look at it. Pure.

/**
 * @typedef {import("./model.js").Trace} Trace
 * @typedef {import("./model.js").Step} Step
 * @typedef {import("./model.js").Moment} Moment
 * @typedef {import("./model.js").Value} Value
 * @typedef {{step: number, label: string}} Mark
 * @typedef {"first"|"back"|"on"|"last"|"cell back"|"cell on"} Move
 */

export const SPEEDS = [0.5, 1, 2, 4];

const LOOK = 900; // milliseconds that a step is looked at before it is read
const LETTER = 28; // milliseconds to read a letter; a Chinese character takes as long as three
const CHINESE = /[\u2e80-\u9fff\uff00-\uffef]/g;

/** The cell in whose run a step happened. @param {Step} step @returns {number|null} */
export function cellOf(step) {
  return step.cell ?? step.place?.cell ?? null;
}

/** The first step of each run of a cell, counted from 1. @param {Trace} trace @returns {Mark[]} */
export function marksOf(trace) {
  /** @type {Mark[]} */
  const marks = [];
  let last = null;
  for (const [i, step] of trace.steps.entries()) {
    const cell = cellOf(step);
    if (cell === null || cell === last) continue;
    marks.push({ step: i + 1, label: trace.cells[cell].label });
    last = cell;
  }
  return marks;
}

/** Where a move leads. @param {Move} move @param {number} step @param {number} count how many there are
 * @param {Mark[]} marks @returns {number} */
export function moved(move, step, count, marks) {
  switch (move) {
    case "first": return 0;
    case "back": return Math.max(0, step - 1);
    case "on": return Math.min(count, step + 1);
    case "last": return count;
    case "cell back": return Math.max(0, ...marks.map((mark) => mark.step).filter((s) => s < step));
    case "cell on": return Math.min(count, ...marks.map((mark) => mark.step).filter((s) => s > step));
  }
}

/** Where playing begins: here, or once more from the last cell when all has been played.
 * @param {number} step @param {number} count @param {Mark[]} marks @returns {number} */
export function playFrom(step, count, marks) {
  return step < count ? step : (marks[marks.length - 1]?.step ?? 1) - 1;
}

/** How long a step stays while playing, in milliseconds. @param {string} text @param {number} speed */
export function dwell(text, speed) {
  const letters = text.length + 2 * (text.match(CHINESE)?.length ?? 0);
  return (LOOK + LETTER * letters) / speed;
}

/**
 * Where a step of one trace is in a later one, of which old steps may be gone; its end where it is not.
 * @param {Trace} before @param {number} step @param {Trace} after @returns {number}
 */
export function sameStep(before, step, after) {
  if (step === 0) return 0;
  const wanted = identity(before.steps[step - 1]);
  const expected = step - (after.dropped - before.dropped);
  for (let k = Math.min(expected, after.steps.length); k > 0; k--) {
    if (identity(after.steps[k - 1]) === wanted) return k;
  }
  return after.steps.length;
}

/** What a step keeps when names come to light later. @param {Step} step */
function identity({ kind, about, changes }) {
  return JSON.stringify([kind, about, changes.map((change) => [change.id, change.field])]);
}

/**
 * What the step of a moment touched, by id: the fields that it changed, and the part that it played where a node
 * ran: "up" for the gradients that came, "down" for those that went on.
 * @param {Moment} moment @param {Step|null} step @returns {Map<string, Set<string>>}
 */
export function touchedBy(moment, step) {
  /** @type {Map<string, Set<string>>} */
  const touched = new Map((step?.about ?? []).map((id) => [id, new Set()]));
  const touch = (/** @type {string} */ id, /** @type {string} */ word) => {
    const words = touched.get(id);
    if (words) words.add(word);
    else touched.set(id, new Set([word]));
  };
  for (const { id, field } of step?.changes ?? []) touch(id, field);
  const ran = step?.kind === "run" ? step.about.find((id) => moment.functions.has(id)) : undefined;
  if (ran === undefined) return touched;
  const outputs = new Set();
  for (const edge of moment.edges.values()) {
    if (edge.source === ran && edge.gradient) outputs.add(edge.target);
    if (edge.source === ran && edge.gradient) touch(edge.id, "up");
    if (edge.target === ran && touched.get(edge.id)?.has("gradient")) touch(edge.id, "down");
  }
  // What came to its outputs, from wherever they were used.
  for (const edge of moment.edges.values()) {
    if (outputs.has(edge.source) && edge.gradient) touch(edge.id, "up");
  }
  return touched;
}

/** @type {WeakMap<Trace, Map<string, number>>} */
const firsts = new WeakMap();

/** When an edge got its first gradient, for each that did. @param {Trace} trace @returns {Map<string, number>} */
export function firstGradients(trace) {
  let first = firsts.get(trace);
  if (!first) {
    firsts.set(trace, (first = new Map()));
    for (const [i, { changes }] of trace.steps.entries()) {
      for (const { id, field } of changes) if (field === "gradient" && !first.has(id)) first.set(id, i);
    }
  }
  return first;
}

/** The value that a step brought about: of the tensor that it made, or of the gradient that it kept.
 * @param {Moment} moment @param {Step|null} step @returns {Value|null} */
export function valueOf(moment, step) {
  for (const { id, field } of step?.changes ?? []) {
    const tensor = moment.tensors.get(id);
    if (!tensor) continue;
    if (field === "shown" || field === "value") return tensor.value;
    if (field === "grad") return tensor.grad;
  }
  return null;
}
