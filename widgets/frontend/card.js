// @ts-check
// A tensor as a card: what it says, in words and marks, and how it is drawn.

import { h } from "./dom.js";
import { hookIcon, leafIcon } from "./icons.js";
import { nameOf, shapeText } from "./model.js";
import { FONTS, fit } from "./text.js";
import { t, wording } from "./words.js";

/**
 * @typedef {import("./model.js").Tensor} Tensor
 * @typedef {import("./text.js").Measure} Measure
 * @typedef {"forward"|"backward"} Side
 */

const PAD = 9;
const ROW = 16;
const HOOK = 15; // what a hook takes of its row
const TOP = 6; // the same whether or not the last row is there yet

/** Whether a card has a line about its .grad. @param {Tensor} tensor @returns {boolean} */
export function hasGradLine(tensor) {
  if (!tensor.requires_grad) return tensor.grad !== null;
  return tensor.is_leaf || tensor.retains_grad || tensor.grad_state !== "none";
}

/** @param {Tensor} tensor @returns {string} */
export function gradText(tensor) {
  if (tensor.grad) return wording(tensor.grad.said);
  return tensor.grad_state === "let go" ? t("card.let go") : "None";
}

/** The line that says how a tensor stands to autograd. @param {Tensor} tensor @param {Side} side */
function autogradText(tensor, side) {
  if (!tensor.requires_grad) return "requires_grad False";
  if (tensor.grad_fn) return tensor.grad_fn;
  return side === "backward" ? "AccumulateGrad" : "requires_grad True";
}

/** The whole card in words, for a screen reader and the tooltip. @param {Tensor} tensor */
export function cardWords(tensor) {
  const words = [t("word.tensor", { name: nameOf(tensor) })];
  if (tensor.names.length && tensor.ghosts.length) words.push(t("word.was", { names: tensor.ghosts.join(", ") }));
  if (!tensor.current) words.push(t("word.overwritten"));
  else if (!tensor.alive) words.push(t("word.unheld"));
  if (tensor.is_leaf) words.push(t("word.leaf"));
  words.push(t("word.shape", { shape: shapeText(tensor.shape) }), tensor.dtype);
  words.push(tensor.value ? t("word.value", { value: tensor.value.said }) : t("word.value gone"));
  words.push(t("word.version", { version: tensor.version }));
  words.push(`requires_grad ${tensor.requires_grad ? "True" : "False"}`);
  if (tensor.unseen) words.push(t("word.unseen"));
  if (tensor.grad_fn) words.push(`grad_fn ${tensor.grad_fn}`);
  if (hasGradLine(tensor)) words.push(t("word.grad", { gradient: gradText(tensor) }));
  if (tensor.retains_grad) words.push(t("word.retains"));
  if (tensor.base) words.push(t("word.view"));
  if (tensor.hooks?.length) words.push(t("word.hooks", { hooks: tensor.hooks }));
  return words.join(t("word.comma"));
}

/** The marks of a card's state, as classes. @param {Tensor} tensor @param {Side} side */
export function cardClass(tensor, side) {
  const classes = ["mg-card"];
  if (tensor.is_leaf && tensor.requires_grad) classes.push("mg-grows");
  if (!tensor.current) classes.push("mg-old");
  else if (!tensor.alive || !tensor.names.length) classes.push("mg-unheld");
  if (tensor.current && tensor.version > 0) classes.push("mg-written");
  if (tensor.unseen) classes.push("mg-unseen");
  if (side === "backward" && !tensor.requires_grad) classes.push("mg-dim");
  return classes.join(" ");
}

/**
 * @param {Tensor} tensor @param {Side} side @param {number} width @param {number} height
 * @param {Measure} measure
 */
export function cardTree(tensor, side, width, height, measure) {
  const rows = [
    nameRow(tensor, width, measure),
    valueRow(tensor, width, measure),
    autogradRow(tensor, side, width, measure),
  ];
  if (hasGradLine(tensor)) rows.push(gradRow(tensor, width, measure));
  return h(
    "g",
    { class: cardClass(tensor, side) },
    h("title", {}, cardWords(tensor)),
    h("rect", { class: "mg-body", width, height, rx: 8 }),
    ...rows.map((row, i) => h("g", { transform: `translate(0 ${TOP + i * ROW})` }, row)),
  );
}

/** @param {Tensor} tensor @param {number} width @param {Measure} measure */
function nameRow(tensor, width, measure) {
  const { version, unseen } = tensor;
  const badge = unseen ? t("badge.unseen", { version }) : `v${version}`;
  const badgeWidth = Math.max(24, measure(badge, FONTS.badge) + 12);
  const left = PAD + (tensor.is_leaf ? 17 : 0);
  let room = width - left - 6 - badgeWidth - 6;
  const parts = [];
  const own = tensor.names.join(", ") || (tensor.ghosts.length ? "" : nameOf(tensor));
  if (own) {
    const text = fit(own, room, FONTS.name, measure);
    parts.push(h("tspan", { class: tensor.names.length ? "mg-name" : "mg-label" }, text));
    room -= measure(`${text} `, FONTS.name);
  }
  if (!tensor.current) {
    const old = t("card.old");
    if (measure(old, FONTS.small) <= room) parts.push(h("tspan", { class: "mg-ghost", dx: 5 }, old));
    room -= measure(`${old} `, FONTS.small);
  }
  if (tensor.ghosts.length && room > 30) {
    const was = t("card.was");
    const ghosts = fit(tensor.ghosts.join(", "), room - measure(`${was} `, FONTS.small), FONTS.small, measure);
    parts.push(
      h("tspan", { class: "mg-ghost", dx: own ? 5 : 0 }, was),
      h("tspan", { class: "mg-ghost mg-struck", dx: 3 }, ghosts),
    );
  }
  return h(
    "g",
    {},
    tensor.is_leaf ? h("g", { transform: `translate(${PAD - 1} 1.5)` }, leafIcon(tensor.requires_grad)) : null,
    h("text", { x: left, y: 12 }, ...parts),
    h(
      "g",
      { class: "mg-version", transform: `translate(${width - 6 - badgeWidth} 0)` },
      h("rect", { width: badgeWidth, height: 15, rx: 7.5 }),
      h("text", { x: badgeWidth / 2, y: 11 }, badge),
    ),
  );
}

/** Behind a row, seen where a step has changed what stands in it. @param {string} kind @param {number} width */
function highlight(kind, width) {
  return h("rect", { class: `mg-hl ${kind}`, x: PAD - 4, y: 0, width: width - 2 * PAD + 8, height: ROW, rx: 4 });
}

/** @param {Tensor} tensor @param {number} width @param {Measure} measure */
function valueRow(tensor, width, measure) {
  const dtype = tensor.dtype === "float32" ? "" : ` ${tensor.dtype}`;
  const shape = fit(shapeText(tensor.shape) + dtype, width - 2 * PAD, FONTS.small, measure);
  const room = width - 2 * PAD - measure(shape, FONTS.small) - 8;
  return h(
    "g",
    {},
    highlight("mg-hl-value", width),
    h("text", { class: "mg-soft", x: PAD, y: 12 }, shape),
    h(
      "text",
      { class: tensor.value ? "mg-value" : "mg-value mg-soft", x: width - PAD, y: 12 },
      fit(tensor.value ? wording(tensor.value.said) : t("card.not kept"), room, FONTS.value, measure),
    ),
  );
}

/** @param {Tensor} tensor @param {Side} side @param {number} width @param {Measure} measure */
function autogradRow(tensor, side, width, measure) {
  const hooked = Boolean(tensor.hooks?.length);
  const text = fit(autogradText(tensor, side), width - 2 * PAD - (hooked ? HOOK : 0), FONTS.small, measure);
  return h(
    "g",
    {},
    h("text", { class: tensor.grad_fn || !tensor.requires_grad ? "mg-soft" : "mg-asks", x: PAD, y: 12 }, text),
    hooked ? h("g", { transform: `translate(${width - PAD - 9} 2)` }, hookIcon()) : null,
  );
}

/** @param {Tensor} tensor @param {number} width @param {Measure} measure */
function gradRow(tensor, width, measure) {
  const label = tensor.retains_grad && !tensor.is_leaf ? t("card.retained") : ".grad";
  const room = width - 2 * PAD - measure(label, FONTS.small) - 8;
  const state = tensor.grad ? "mg-value mg-got" : tensor.grad_state === "let go" ? "mg-gone" : "mg-soft mg-end";
  return h(
    "g",
    {},
    highlight("mg-hl-grad", width),
    h("text", { class: tensor.grad ? "mg-got" : "mg-soft", x: PAD, y: 12 }, label),
    h("text", { class: state, x: width - PAD, y: 12 }, fit(gradText(tensor), room, FONTS.value, measure)),
  );
}
