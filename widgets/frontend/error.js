// @ts-check
// An error, explained: what an op was given, what was saved where and what changed it where, why it matters, the cures.

import { h } from "./dom.js";
import { alarmIcon } from "./icons.js";
import { nameOf, placeText, sourceLine } from "./model.js";
import { t, wording } from "./words.js";

/**
 * @typedef {import("./model.js").Fault} Fault
 * @typedef {import("./model.js").Moment} Moment
 * @typedef {import("./model.js").Operand} Operand
 * @typedef {import("./model.js").Place} Place
 * @typedef {import("./dom.js").Tree} Tree
 */

/** @param {Fault} fault @param {Moment} moment */
export function errorTree(fault, moment) {
  const tensor = fault.card === null ? undefined : moment.tensors.get(fault.card);
  const name = tensor ? nameOf(tensor) : "";
  const [saved, changed] = fault.happened;
  const rows = [
    ...fault.operands.map(operandRow),
    placeRow(moment, "saved", saved, name, fault.saved_version, fault.saved_at),
    placeRow(moment, "changed", changed, name, fault.now_version, fault.changed_at),
  ].filter((row) => row !== null);
  return h(
    "section",
    {
      class: fault.warning ? "mg-error mg-notice" : "mg-error",
      "aria-label": t(fault.warning ? "error.notice" : "error.label"),
      "data-kind": fault.kind,
    },
    h(
      "h4",
      {},
      h("svg", { viewBox: "0 0 14 13", width: 15, height: 14, "aria-hidden": "true" }, alarmIcon()),
      h("span", {}, wording(fault.title)),
    ),
    rows.length ? h("table", {}, h("tbody", {}, ...rows)) : null,
    h("p", {}, wording(fault.why) || fault.message),
    fault.cures.length
      ? h("div", { class: "mg-cures" }, h("span", {}, t(curesKey(fault.cures.length))), ...fault.cures.map(cureTree))
      : null,
  );
}

/** The message above so many cures. @param {number} count */
function curesKey(count) {
  return count === 1 ? "error.cure.one" : count === 2 ? "error.cure.two" : "error.cure.many";
}

/** @param {string} cure @returns {Tree} */
function cureTree(cure) {
  const button = h("button", { class: "mg-copy", type: "button" }, t("error.copy"));
  return h("span", { class: "mg-cure" }, h("code", {}, cure), button);
}

/** A tensor that an op would not take: its shape, with the dimensions that do not fit marked. @param {Operand} operand
 * @returns {Tree} */
function operandRow(operand) {
  /** @type {(Tree|string)[]} */
  const shape = ["("];
  operand.shape.forEach((n, dim) => {
    if (dim) shape.push(", ");
    const unmet = operand.unmet.includes(dim);
    shape.push(unmet ? h("mark", { title: t("error.unmet") }, String(n)) : String(n));
  });
  shape.push(operand.shape.length === 1 ? ",)" : ")");
  return h(
    "tr",
    { "data-what": "operand" },
    h("th", { scope: "row" }, t("place.given")),
    h("td", {}, operand.name),
    h("td", { class: "mg-shape" }, ...shape),
    h("td", {}, operand.dtype),
  );
}

/** @param {Moment} moment @param {string} what @param {string} word @param {string} name
 * @param {number|null} version @param {Place|null} place */
function placeRow(moment, what, word, name, version, place) {
  if (!place) return null;
  const line = sourceLine(moment, place);
  return h(
    "tr",
    { "data-what": what },
    h("th", { scope: "row" }, t(`place.${word}`)),
    h("td", {}, version === null ? name : t("at version", { name, version })),
    h("td", {}, placeText(moment, place)),
    h("td", {}, line ? h("code", {}, line) : null),
  );
}
