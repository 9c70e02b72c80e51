// @ts-check
// What a trace knows of a thing beyond what is drawn: who wrote its memory and when, who saved it, who shares it. Pure.

/**
 * @typedef {import("./model.js").Moment} Moment
 * @typedef {import("./model.js").Tensor} Tensor
 * @typedef {import("./model.js").Func} Func
 * @typedef {import("./model.js").Edge} Edge
 * @typedef {import("./model.js").Saved} Saved
 * @typedef {import("./model.js").Place} Place
 * @typedef {{step: number, text: string, was: number|null, now: number|null, place: Place|null}} Write
 */

/**
 * Every write of a memory up to a moment. No versions: it was not counted; `step` is 0 and `was` null where the step
 * itself was let go. @param {Moment} moment @param {string} storage @returns {Write[]}
 */
export function writesTo(moment, storage) {
  const cards = new Map([...moment.tensors].filter(([, card]) => card.storage === storage));
  /** @type {Write[]} */
  const writes = [];
  const told = new Set();
  for (let k = 0; k < moment.step; k++) {
    const { kind, said, changes, about, place } = moment.trace.steps[k];
    if (kind !== "write") continue;
    const here = changes.filter(({ id }) => cards.has(id));
    if (!here.length) continue;
    for (const id of about) told.add(id);
    // What is said of it tells of the versions, even where the function is no part of the graph any more.
    const [first] = said;
    const write = typeof first === "object" && "say" in first && first.say.startsWith("write.") ? first : null;
    const counted = here.find(({ field }) => field === "version");
    const was = write?.versions.was ?? counted?.before ?? null;
    writes.push({ step: k + 1, text: write?.text ?? "", was, now: write?.versions.now ?? counted?.after ?? null, place });
  }
  /** @type {Write[]} */
  const earlier = [];
  for (const edge of moment.edges.values()) {
    const func = moment.functions.get(edge.source);
    const card = cards.get(edge.target);
    if (!func?.inplace || !func.shown || !card || told.has(func.id)) continue;
    earlier.push({ step: 0, text: func.text || func.op, was: null, now: card.version, place: func.place });
  }
  return [...earlier.sort((a, b) => (a.now ?? 0) - (b.now ?? 0)), ...writes];
}

/** The functions that keep a card for backward, with the slot. @param {Moment} moment @param {string} card
 * @returns {{func: Func, saved: Saved}[]} */
export function savedBy(moment, card) {
  return [...moment.functions.values()].flatMap((func) =>
    func.shown ? func.saved.filter((saved) => saved.card === card).map((saved) => ({ func, saved })) : [],
  );
}

/** The other tensors in the same memory, as they are now. @param {Moment} moment @param {Tensor} tensor
 * @returns {Tensor[]} */
export function sharing(moment, tensor) {
  return [...moment.tensors.values()].filter(
    (other) =>
      other.storage === tensor.storage && other.tensor !== tensor.tensor && other.shown && other.current,
  );
}

/** The edges into a function and out of it, as far as they are there. @param {Moment} moment @param {string} id
 * @returns {{inputs: Edge[], outputs: Edge[]}} */
export function edgesOf(moment, id) {
  const shown = [...moment.edges.values()].filter((edge) => edge.shown);
  return {
    inputs: shown.filter((edge) => edge.target === id),
    outputs: shown.filter((edge) => edge.source === id),
  };
}

/** The step that brought a thing about, from 1; 0 where it was let go. @param {Moment} moment @param {string} id */
export function stepThatMade(moment, id) {
  return (
    moment.trace.steps.findIndex(({ changes }) =>
      changes.some((change) => change.id === id && change.field === "shown"),
    ) + 1
  );
}
