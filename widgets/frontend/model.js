// @ts-check
// The trace in the browser: what the graph was after any of its steps.
//
// The entities of a trace hold their state after the last step, and each step carries the fields that
// it changed, before and after. So an earlier moment is the last one with steps taken back.

import { t } from "./words.js";

/**
 * The shapes of trace.py, field by field.
 * @typedef {import("./words.js").Phrase} Phrase
 * @typedef {{said: Phrase, shape: number[], numbers: (number|boolean|string)[], complete: boolean}} Value
 * @typedef {{cell: number, line: number}} Place
 * @typedef {{label: string, source: string}} Cell
 * @typedef {{slot: string, card: string|null, version: number, now: number,
 *   state: "intact"|"freed"|"broken"|"unseen", text: string}} Saved
 * @typedef {{id: string, tensor: string, storage: string, shape: number[], dtype: string,
 *   base: string|null, made_by: string|null, output_nr: number, place: Place|null, shown: boolean,
 *   names: string[], ghosts: string[], label: string, value: Value|null, version: number,
 *   is_leaf: boolean, requires_grad: boolean, grad_fn: string|null, grad: Value|null,
 *   grad_state: "none"|"kept"|"let go", retains_grad: boolean, current: boolean, alive: boolean,
 *   unseen: boolean, hooks?: string[]}} Tensor
 * @typedef {{id: string, op: string, node: string|null, text: string, inplace: boolean,
 *   cut: string|null, place: Place|null, shown: boolean, saved: Saved[], runs: number, refused: boolean,
 *   call: string|null, hooks?: string[]}} Func
 * @typedef {{id: string, kind: string, name: string, parent: string|null}} Call
 * @typedef {{id: string, source: string, target: string, slot: string, tracked: boolean,
 *   shown: boolean, gradient: Value|null}} Edge
 * @typedef {{id: string, field: string, before: any, after: any}} Change
 * @typedef {{kind: string, title: Phrase, message: string, why: Phrase, function: string|null,
 *   slot: string|null, card: string|null, saved_version: number|null, now_version: number|null,
 *   saved_at: Place|null, changed_at: Place|null, cures: string[], happened: string[], path: string[],
 *   operands: Operand[], warning: boolean}} Fault
 * @typedef {{card: string|null, name: string, shape: number[], dtype: string, unmet: number[]}} Operand
 * @typedef {{kind: string, said: Phrase[], about: string[], place: Place|null, changes: Change[],
 *   error: Fault|null, cell: number|null}} Step
 * @typedef {{cells: Cell[], tensors: Tensor[], functions: Func[], edges: Edge[], steps: Step[],
 *   dropped: number, elsewhere: number, format: number, calls: Call[]}} Trace
 */

/**
 * The shapes of layout.py and, for a graph that folds, of levels.py.
 * @typedef {{kind: string, title: string, open: boolean, shape: number, members: string[],
 *   routes: string[][]}} GroupLayout
 * @typedef {{width: number, height: number, boxes: number[][], routes: string[], lanes?: string[],
 *   stubs?: Record<number, number>}} Shape
 * @typedef {{width: number, height: number, nodes: Record<string, number[]>,
 *   edges: Record<string, string>, metrics: Record<string, number>, bundles?: [string, string[]][],
 *   groups?: Record<string, GroupLayout>, shapes?: Shape[],
 *   frame?: {head: number, side: number, foot: number}}} Layout
 */

/**
 * One moment of a trace: the entities by id, after the first `step` steps.
 * @typedef {{trace: Trace, step: number, tensors: Map<string, Tensor>, functions: Map<string, Func>,
 *   edges: Map<string, Edge>}} Moment
 */

/** @type {Trace} */
export const EMPTY_TRACE = {
  cells: [], tensors: [], functions: [], edges: [], steps: [], dropped: 0, elsewhere: 0, format: 1, calls: [],
};

/** @type {Layout} */
export const EMPTY_LAYOUT = { width: 0, height: 0, nodes: {}, edges: {}, metrics: {} };

/** @template {{id: string}} T @param {T[]} entities @returns {Map<string, T>} */
function byId(entities) {
  return new Map(entities.map((entity) => [entity.id, entity]));
}

/** The moment after the last step. @param {Trace} trace @returns {Moment} */
export function lastMoment(trace) {
  return {
    trace,
    step: trace.steps.length,
    tensors: byId(trace.tensors),
    functions: byId(trace.functions),
    edges: byId(trace.edges),
  };
}

/**
 * The same trace after `step` steps; steps are undone or applied one by one from the moment given.
 * An entity that no step touched stays the very same object, so a drawing sees what it can keep.
 * @param {Moment} moment @param {number} step between 0 and the number of steps @returns {Moment}
 */
export function momentAt(moment, step) {
  const { steps } = moment.trace;
  if (!Number.isInteger(step) || step < 0 || step > steps.length) {
    throw new RangeError(`step ${step} is not between 0 and ${steps.length}`);
  }
  const next = {
    trace: moment.trace,
    step,
    tensors: new Map(moment.tensors),
    functions: new Map(moment.functions),
    edges: new Map(moment.edges),
  };
  for (let k = moment.step; k > step; k--) {
    const { changes } = steps[k - 1];
    for (let i = changes.length - 1; i >= 0; i--) set(next, changes[i], changes[i].before);
  }
  for (let k = moment.step; k < step; k++) {
    for (const change of steps[k].changes) set(next, change, change.after);
  }
  return next;
}

/** @param {Moment} moment @param {Change} change @param {any} value */
function set(moment, change, value) {
  for (const entities of [moment.tensors, moment.functions, moment.edges]) {
    const entity = entities.get(change.id);
    if (entity) {
      /** @type {Map<string, any>} */ (entities).set(change.id, { ...entity, [change.field]: value });
      return;
    }
  }
  throw new Error(`a step changes ${change.id}.${change.field}, and the trace has no ${change.id}`);
}

/** The step that led to a moment. @param {Moment} moment @returns {Step|null} */
export function stepOf(moment) {
  return moment.trace.steps[moment.step - 1] ?? null;
}

/**
 * The error that still stands: the last one, until a later cell changes the graph.
 * @param {Moment} moment @returns {Fault|null}
 */
export function standingError(moment) {
  let latest = -1;
  for (let k = moment.step - 1; k >= 0; k--) {
    const { error, place, kind } = moment.trace.steps[k];
    if (error) return place && latest > place.cell ? null : error;
    if (kind !== "name") latest = Math.max(latest, place?.cell ?? -1);
  }
  return null;
}

/** What to call a tensor in a sentence. @param {Tensor} tensor @returns {string} */
export function nameOf(tensor) {
  if (tensor.names.length) return tensor.names.join(", ");
  const { ghosts, label } = tensor;
  return ghosts.length ? t("word.was", { names: ghosts.join(", ") }) : label || t("word.nameless");
}

/** A shape as Python prints it. @param {number[]} shape @returns {string} */
export function shapeText(shape) {
  return shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
}

/** "In [3] line 2", the way the notebook labels it. @param {Moment} moment @param {Place} place */
export function placeText(moment, place) {
  const cell = moment.trace.cells[place.cell];
  if (!cell) return "";
  return t(cell.label.startsWith("[") ? "place.cell" : "place.file", { label: cell.label, line: place.line });
}

/** The learner's own line, or "". @param {Moment} moment @param {Place} place @returns {string} */
export function sourceLine(moment, place) {
  return (moment.trace.cells[place.cell]?.source.split("\n")[place.line - 1] ?? "").trim();
}
