// @ts-check
// A function as an oval: the op in the forward drawing, its node and what it saved in the backward one.

import { h } from "./dom.js";
import { alarmIcon, cutIcon, hookIcon } from "./icons.js";
import { FONTS, fit } from "./text.js";
import { t } from "./words.js";

/**
 * @typedef {import("./model.js").Func} Func
 * @typedef {import("./model.js").Saved} Saved
 * @typedef {import("./text.js").Measure} Measure
 * @typedef {import("./geometry.js").Box} Box
 * @typedef {import("./card.js").Side} Side
 */

const PILL = 28;
const SLOT = 16;

/** @param {Func} func @returns {boolean} */
export function isBroken(func) {
  return func.saved.some((saved) => saved.state === "broken");
}

/** Whether what it saved has changed and it cannot know. @param {Func} func @returns {boolean} */
function isMisled(func) {
  return func.saved.some((saved) => saved.state === "unseen");
}

/** Whether an alarm stands on it: something is wrong here. @param {Func} func @returns {boolean} */
function isAlarmed(func) {
  return isBroken(func) || isMisled(func) || func.refused;
}

/** What one slot says. @param {Saved} saved @returns {string} */
export function slotText(saved) {
  const { state, version, now } = saved;
  const what = saved.text ? `${saved.slot} ${saved.text}` : saved.slot;
  return state === "intact" && saved.card === null ? what : t(`slot.${state}`, { what, version, now });
}

/** The name on the oval. @param {Func} func @param {Side} side @returns {string} */
export function functionTitle(func, side) {
  const op = func.inplace && func.text ? func.text : func.op;
  const title = side === "backward" && func.node ? func.node : op;
  return !func.cut || func.cut === title ? title : `${title} · ${cutText(func.cut)}`;
}

/** Why a gradient ends, in a word: most of these are names. @param {string} cut @returns {string} */
export function cutText(cut) {
  return cut === "not differentiable" ? t("word.not differentiable") : cut;
}

/** The whole function in words. @param {Func} func @returns {string} */
export function functionWords(func) {
  const words = [t("word.function", { op: func.op })];
  if (func.text) words.push(func.text);
  if (func.inplace) words.push(t("word.in place"));
  words.push(func.refused ? t("word.refused") : recordedText(func));
  if (func.cut) words.push(t("word.cut", { why: cutText(func.cut) }));
  for (const saved of func.saved) words.push(slotText(saved));
  if (func.runs) words.push(ranText(func));
  if (func.hooks?.length) words.push(t("word.hooks", { hooks: func.hooks }));
  return words.join(t("word.comma"));
}

/** @param {Func} func @returns {string} */
export function recordedText({ node }) {
  return node ? t("word.recorded", { node }) : t("word.unrecorded");
}

/** How often backward ran it. @param {Func} func @returns {string} */
export function ranText({ runs }) {
  return t(runs === 0 ? "word.ran.not" : runs === 1 ? "word.ran.once" : "word.ran.times", { count: runs });
}

/** Whether its saved slots are drawn: the forward drawing shows what ran, not what was kept.
 * @param {Func} func @param {Side} side */
function drawsSlots(func, side) {
  return side === "backward" && func.node !== null && func.saved.length > 0;
}

/** The room for the mark of the hooks of its node, which is in the backward drawing. @param {Func} func
 * @param {Side} side */
function hookWidth(func, side) {
  return side === "backward" && func.hooks?.length ? 16 : 0;
}

/**
 * The box that is drawn in the place that the layout keeps. @param {Func} func @param {Side} side
 * @param {Box} place @param {Measure} measure @returns {Box}
 */
export function functionBox(func, side, place, measure) {
  if (drawsSlots(func, side)) return place;
  const marks = (func.cut ? 17 : 0) + (isAlarmed(func) ? 19 : 0) + hookWidth(func, side);
  const wanted = measure(functionTitle(func, side), FONTS.title) + marks + 26;
  const w = Math.min(place.w, Math.max(56, wanted));
  const height = Math.min(place.h, PILL);
  return { x: place.x + (place.w - w) / 2, y: place.y + (place.h - height) / 2, w, h: height };
}

/** @param {Func} func @param {Side} side @returns {string} */
export function functionClass(func, side) {
  const classes = ["mg-fn"];
  if (isBroken(func)) classes.push("mg-broken");
  if (isMisled(func)) classes.push("mg-misled");
  if (func.refused) classes.push("mg-refused");
  if (func.cut) classes.push("mg-cut");
  if (side === "backward" && !func.node) classes.push("mg-dim");
  if (side === "backward" && func.runs > 0) classes.push("mg-ran");
  return classes.join(" ");
}

/** @param {Func} func @param {Side} side @param {Box} box what functionBox gave
 * @param {Measure} measure */
export function functionTree(func, side, { w, h: height }, measure) {
  const slots = drawsSlots(func, side);
  const alarm = isAlarmed(func);
  const icon = alarm ? alarmIcon() : func.cut ? cutIcon() : null;
  const iconWidth = icon ? 18 : 0;
  const hook = hookWidth(func, side);
  const title = fit(functionTitle(func, side), w - 20 - iconWidth - hook, FONTS.title, measure);
  const start = (w - measure(title, FONTS.title) - iconWidth - hook) / 2;
  return h(
    "g",
    { class: functionClass(func, side) },
    h("title", {}, functionWords(func)),
    h("rect", { class: "mg-body", width: w, height, rx: func.refused ? 4 : PILL / 2 }),
    icon ? h("g", { transform: `translate(${start - 1} ${alarm ? 7.5 : 8})` }, icon) : null,
    h("text", { class: "mg-title", x: start + iconWidth, y: 18.5 }, title),
    hook ? h("g", { transform: `translate(${w - start - 9} 8)` }, hookIcon()) : null,
    ...(slots ? func.saved.map((saved, i) => slotTree(saved, i, w, measure)) : []),
  );
}

/** @param {Saved} saved @param {number} i @param {number} width @param {Measure} measure */
function slotTree(saved, i, width, measure) {
  const font = ["broken", "unseen"].includes(saved.state) ? FONTS.alarm : FONTS.slot;
  return h(
    "g",
    { class: `mg-slot mg-${saved.state}`, transform: `translate(9 ${26 + i * SLOT})` },
    h("rect", { width: width - 18, height: SLOT - 2, rx: 4 }),
    h("text", { x: 6, y: 10.5 }, fit(slotText(saved), width - 30, font, measure)),
  );
}
