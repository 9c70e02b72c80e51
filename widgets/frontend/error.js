// @ts-check
// An error of autograd, explained: what was saved where, what changed it where, why it matters, the cures.

import { h } from "./dom.js";
import { alarmIcon } from "./icons.js";
import { nameOf, placeText, sourceLine } from "./model.js";
import { wording } from "./words.js";

/**
 * @typedef {import("./model.js").Fault} Fault
 * @typedef {import("./model.js").Moment} Moment
 * @typedef {import("./model.js").Place} Place
 */

const CURES = ["A cure:", "Either cures it:", "Any of these cures it:"];

/** What happened at the two places of an error, in a word. @type {Record<string, [string, string]>} */
const HAPPENED = {
  version: ["saved", "changed"],
  leaf: ["made", "refused"],
  freed: ["saved", "let go"],
  "no graph": ["cut", "asked"],
  other: ["made", "written"],
};

/** @param {Fault} fault @param {Moment} moment */
export function errorTree(fault, moment) {
  const tensor = fault.card === null ? undefined : moment.tensors.get(fault.card);
  const name = tensor ? nameOf(tensor) : "";
  const [saved, changed] = HAPPENED[fault.kind] ?? HAPPENED.other;
  const rows = [
    placeRow(moment, "saved", saved, name, fault.saved_version, fault.saved_at),
    placeRow(moment, "changed", changed, name, fault.now_version, fault.changed_at),
  ].filter((row) => row !== null);
  return h(
    "section",
    { class: "mg-error", "aria-label": "What went wrong", "data-kind": fault.kind },
    h(
      "h4",
      {},
      h("svg", { viewBox: "0 0 14 13", width: 15, height: 14, "aria-hidden": "true" }, alarmIcon()),
      h("span", {}, wording(fault.title)),
    ),
    rows.length ? h("table", {}, h("tbody", {}, ...rows)) : null,
    h("p", {}, wording(fault.why) || fault.message),
    fault.cures.length
      ? h(
          "div",
          { class: "mg-cures" },
          h("span", {}, CURES[Math.min(fault.cures.length, 3) - 1]),
          ...fault.cures.map((cure) => h("code", {}, cure)),
        )
      : null,
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
    h("th", { scope: "row" }, word),
    h("td", {}, version === null ? name : `${name} at version ${version}`.trim()),
    h("td", {}, placeText(moment, place)),
    h("td", {}, line ? h("code", {}, line) : null),
  );
}
