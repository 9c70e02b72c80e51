// @ts-check
// All that is known of one tensor or function at a moment, as a plain tree: numbers, versions, who keeps it.

import { gradText, hasGradLine } from "./card.js";
import { h } from "./dom.js";
import { cutText, functionTitle, ranText, recordedText, slotText } from "./function.js";
import { edgesOf, savedBy, sharing, stepThatMade, writesTo } from "./ledger.js";
import { nameOf, placeText, shapeText, sourceLine } from "./model.js";
import { tableTree } from "./table.js";
import { t, wording } from "./words.js";

/**
 * @typedef {import("./model.js").Moment} Moment
 * @typedef {import("./model.js").Tensor} Tensor
 * @typedef {import("./model.js").Func} Func
 * @typedef {import("./model.js").Edge} Edge
 * @typedef {import("./model.js").Place} Place
 * @typedef {import("./dom.js").Tree} Tree
 */

/** What to call a thing in a heading. @param {Moment} moment @param {string} id @returns {string} */
export function titleOf(moment, id) {
  const tensor = moment.tensors.get(id);
  if (tensor) return nameOf(tensor);
  const func = moment.functions.get(id);
  return func ? functionTitle(func, "forward") : "";
}

/** @param {Moment} moment @param {string} id of a tensor or a function @returns {Tree[]} */
export function detailsTrees(moment, id) {
  const tensor = moment.tensors.get(id);
  if (tensor) return tensor.shown ? tensorTrees(moment, tensor) : [h("p", {}, t("details.not yet"))];
  const func = moment.functions.get(id);
  if (func) return func.shown ? functionTrees(moment, func) : [h("p", {}, t("details.not yet"))];
  return [h("p", {}, t("details.gone"))];
}

/** @param {Moment} moment @param {Tensor} tensor @returns {Tree[]} */
function tensorTrees(moment, tensor) {
  const { value, grad } = tensor;
  const keepers = savedBy(moment, tensor.id);
  const others = sharing(moment, tensor);
  const passed = grad ? null : edgesOf(moment, tensor.id).inputs[0]?.gradient;
  const base = tensor.base === null ? undefined : moment.tensors.get(tensor.base);
  const kind = [shapeText(tensor.shape), tensor.dtype, tensor.is_leaf ? t("word.leaf") : ""];
  return [
    h("p", { class: "mg-soft" }, kind.filter(Boolean).join(" · ")),
    section("details.value", value ? tableTree(value, nameOf(tensor)) : said("card.not kept")),
    hasGradLine(tensor)
      ? section("details.grad", grad ? tableTree(grad, `${nameOf(tensor)}.grad`) : h("p", {}, gradText(tensor)))
      : null,
    passed ? section("details.passed", tableTree(passed, nameOf(tensor))) : null,
    section("details.made", ...madeTrees(moment, tensor)),
    section("details.ledger", ledgerTree(moment, tensor)),
    tensor.requires_grad || keepers.length
      ? section(
          "details.saved",
          keepers.length
            ? list(keepers.map(({ func, saved }) => [go(func.id, functionTitle(func, "backward")), slotText(saved)]))
            : said("details.saved.none"),
        )
      : null,
    others.length || base
      ? section(
          "details.shares",
          list([
            ...(base ? [[t("details.base"), go(base.id, nameOf(base))]] : []),
            ...others
              .filter((other) => other.id !== tensor.base)
              .map((other) => [go(other.id, nameOf(other)), `v${other.version}`]),
          ]),
        )
      : null,
    hooksTree(tensor.hooks),
  ].filter((tree) => tree !== null);
}

/** @param {Moment} moment @param {Func} func @returns {Tree[]} */
function functionTrees(moment, func) {
  const { inputs, outputs } = edgesOf(moment, func.id);
  const row = (/** @type {Edge} */ edge, /** @type {string} */ end) => {
    const tensor = moment.tensors.get(end);
    const gradient = edge.gradient ? t("details.gradient", { gradient: edge.gradient.said }) : "";
    return [tensor ? go(end, nameOf(tensor)) : "", tensor ? shapeText(tensor.shape) : "", edge.slot, gradient];
  };
  return [
    h("p", { class: "mg-soft" }, recordedText(func)),
    func.cut ? h("p", {}, t("word.cut", { why: cutText(func.cut) })) : null,
    section("details.made", whereTree(moment, func.id, func.place)),
    inputs.length ? section("details.inputs", list(inputs.map((edge) => row(edge, edge.source)))) : null,
    outputs.length ? section("details.outputs", list(outputs.map((edge) => row(edge, edge.target)))) : null,
    func.node
      ? section(
          "details.keeps",
          func.saved.length
            ? list(
                func.saved.map((saved) => [
                  saved.card && moment.tensors.has(saved.card) ? go(saved.card, saved.text) : saved.text,
                  slotText({ ...saved, text: "" }),
                  keptValue(moment, saved.card),
                ]),
              )
            : said("details.keeps.none"),
        )
      : null,
    func.node ? section("details.ran", h("p", {}, ranText(func))) : null,
    hooksTree(func.hooks),
  ].filter((tree) => tree !== null);
}

/** @param {Moment} moment @param {string|null} card */
function keptValue(moment, card) {
  const value = card === null ? null : moment.tensors.get(card)?.value;
  return value ? wording(value.said) : "";
}

/** @param {Moment} moment @param {Tensor} tensor @returns {Tree[]} */
function madeTrees(moment, tensor) {
  const func = tensor.made_by === null ? undefined : moment.functions.get(tensor.made_by);
  const where = whereTree(moment, tensor.id, tensor.place ?? func?.place ?? null);
  return func ? [h("p", {}, go(func.id, functionTitle(func, "forward"))), where] : [where];
}

/** The cell and the line, which lead to the step; the learner's own line.
 * @param {Moment} moment @param {string} id @param {Place|null} place */
function whereTree(moment, id, place) {
  if (!place) return said("details.unknown");
  const line = sourceLine(moment, place);
  return h(
    "p",
    {},
    jump(stepThatMade(moment, id), placeText(moment, place)),
    " ",
    line ? h("code", {}, line) : null,
  );
}

/** @param {Moment} moment @param {Tensor} tensor */
function ledgerTree(moment, tensor) {
  const writes = writesTo(moment, tensor.storage);
  if (!writes.length) return h("p", {}, t("details.ledger.none", { version: tensor.version }));
  return list(
    writes.map(({ step, text, was, now, place }) => [
      was !== null && now !== null ? `v${was} → v${now}` : now !== null ? `v${now}` : t("details.uncounted"),
      text ? h("code", {}, text) : t("details.unseen"),
      place ? jump(step, placeText(moment, place)) : "",
    ]),
  );
}

/** @param {string[]|undefined} hooks */
function hooksTree(hooks) {
  return hooks?.length ? section("details.hooks", list(hooks.map((hook) => [h("code", {}, hook)]))) : null;
}

/** @param {string} key @param {...Tree} children */
function section(key, ...children) {
  return h("section", {}, h("h4", {}, t(key)), ...children);
}

/** @param {string} key */
function said(key) {
  return h("p", {}, t(key));
}

/** @param {(Tree|string)[][]} rows */
function list(rows) {
  return h(
    "table",
    { class: "mg-list" },
    h("tbody", {}, ...rows.map((row) => h("tr", {}, ...row.map((cell) => h("td", {}, cell))))),
  );
}

/** A button that leads to another thing. @param {string} id @param {string} name */
function go(id, name) {
  return h("button", { type: "button", class: "mg-link", "data-select": id }, name);
}

/** A button that leads to a step, where it is still known. @param {number} step @param {string} text */
function jump(step, text) {
  return step ? h("button", { type: "button", class: "mg-link", "data-step": step }, text) : h("span", {}, text);
}
