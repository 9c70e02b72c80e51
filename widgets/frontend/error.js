// @ts-check
// An error of autograd, explained: what was saved where, what changed it where, why it matters, the cures.

import { h } from "./dom.js";
import { alarmIcon } from "./icons.js";
import { nameOf, placeText, sourceLine } from "./model.js";

/**
 * @typedef {import("./model.js").Fault} Fault
 * @typedef {import("./model.js").Moment} Moment
 * @typedef {import("./model.js").Place} Place
 */

/** @param {Fault} fault @param {Moment} moment */
export function errorTree(fault, moment) {
  const tensor = fault.card === null ? undefined : moment.tensors.get(fault.card);
  const name = tensor ? nameOf(tensor) : "it";
  const rows = [
    placeRow(moment, "saved", name, fault.saved_version, fault.saved_at),
    placeRow(moment, "changed", name, fault.now_version, fault.changed_at),
  ].filter((row) => row !== null);
  return h(
    "section",
    { class: "mg-error", "aria-label": "What went wrong", "data-kind": fault.kind },
    h(
      "h4",
      {},
      h("svg", { viewBox: "0 0 14 13", width: 15, height: 14, "aria-hidden": "true" }, alarmIcon()),
      h("span", {}, fault.title),
    ),
    rows.length ? h("table", {}, h("tbody", {}, ...rows)) : null,
    h("p", {}, fault.why || fault.message),
    fault.cures.length
      ? h(
          "div",
          { class: "mg-cures" },
          h("span", {}, fault.cures.length === 1 ? "A cure:" : "Either cure works:"),
          ...fault.cures.map((cure) => h("code", {}, cure)),
        )
      : null,
  );
}

/** @param {Moment} moment @param {string} what @param {string} name @param {number|null} version
 * @param {Place|null} place */
function placeRow(moment, what, name, version, place) {
  if (!place) return null;
  const line = sourceLine(moment, place);
  return h(
    "tr",
    { "data-what": what },
    h("th", { scope: "row" }, what),
    h("td", {}, version === null ? name : `${name} at version ${version}`),
    h("td", {}, placeText(moment, place)),
    h("td", {}, line ? h("code", {}, line) : null),
  );
}
