// @ts-check
// A function as an oval: the op in the forward drawing, its node and what it saved in the backward one.

import { h } from "./dom.js";
import { alarmIcon, cutIcon } from "./icons.js";
import { FONTS, fit } from "./text.js";

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

/** What one slot says. @param {Saved} saved @returns {string} */
export function slotText(saved) {
  const what = saved.text ? `${saved.slot} ${saved.text}` : saved.slot;
  if (saved.state === "freed") return `${what} · freed`;
  if (saved.state === "broken") return `${what} · saved v${saved.version}, now v${saved.now}`;
  return saved.card === null ? what : `${what} · saved v${saved.version}`;
}

/** The name on the oval. @param {Func} func @param {Side} side @returns {string} */
export function functionTitle(func, side) {
  const op = func.inplace && func.text ? func.text : func.op;
  const title = side === "backward" && func.node ? func.node : op;
  if (!func.cut || func.cut === title) return title;
  return `${title} · ${func.cut}`;
}

/** The whole function in words. @param {Func} func @returns {string} */
export function functionWords(func) {
  const words = [`function ${func.op}`];
  if (func.text) words.push(func.text);
  if (func.inplace) words.push("in place");
  words.push(func.node ? `recorded as ${func.node}` : "recorded nothing");
  if (func.cut) words.push(`the gradient is cut off here: ${func.cut}`);
  for (const saved of func.saved) words.push(slotText(saved));
  if (func.runs) words.push(func.runs === 1 ? "backward ran it once" : `backward ran it ${func.runs} times`);
  return words.join(", ");
}

/** Whether its saved slots are drawn: the forward drawing shows what ran, not what was kept.
 * @param {Func} func @param {Side} side */
function drawsSlots(func, side) {
  return side === "backward" && func.node !== null && func.saved.length > 0;
}

/**
 * The box that is drawn in the place that the layout keeps. @param {Func} func @param {Side} side
 * @param {Box} place @param {Measure} measure @returns {Box}
 */
export function functionBox(func, side, place, measure) {
  if (drawsSlots(func, side)) return place;
  const marks = (func.cut ? 17 : 0) + (isBroken(func) ? 19 : 0);
  const wanted = measure(functionTitle(func, side), FONTS.title) + marks + 26;
  const w = Math.min(place.w, Math.max(56, wanted));
  const height = Math.min(place.h, PILL);
  return { x: place.x + (place.w - w) / 2, y: place.y + (place.h - height) / 2, w, h: height };
}

/** @param {Func} func @param {Side} side @returns {string} */
export function functionClass(func, side) {
  const classes = ["mg-fn"];
  if (isBroken(func)) classes.push("mg-broken");
  if (func.cut) classes.push("mg-cut");
  if (side === "backward" && !func.node) classes.push("mg-dim");
  if (side === "backward" && func.runs > 0) classes.push("mg-ran");
  return classes.join(" ");
}

/** @param {Func} func @param {Side} side @param {Box} box what functionBox gave
 * @param {Measure} measure */
export function functionTree(func, side, { w, h: height }, measure) {
  const slots = drawsSlots(func, side);
  const icon = isBroken(func) ? alarmIcon() : func.cut ? cutIcon() : null;
  const iconWidth = icon ? 18 : 0;
  const title = fit(functionTitle(func, side), w - 20 - iconWidth, FONTS.title, measure);
  const start = (w - measure(title, FONTS.title) - iconWidth) / 2;
  return h(
    "g",
    { class: functionClass(func, side) },
    h("title", {}, functionWords(func)),
    h("rect", { class: "mg-body", width: w, height, rx: PILL / 2 }),
    icon ? h("g", { transform: `translate(${start - 1} ${isBroken(func) ? 7.5 : 8})` }, icon) : null,
    h("text", { class: "mg-title", x: start + iconWidth, y: 18.5 }, title),
    ...(slots ? func.saved.map((saved, i) => slotTree(saved, i, w, measure)) : []),
  );
}

/** @param {Saved} saved @param {number} i @param {number} width @param {Measure} measure */
function slotTree(saved, i, width, measure) {
  const font = saved.state === "broken" ? FONTS.alarm : FONTS.slot;
  return h(
    "g",
    { class: `mg-slot mg-${saved.state}`, transform: `translate(9 ${26 + i * SLOT})` },
    h("rect", { width: width - 18, height: SLOT - 2, rx: 4 }),
    h("text", { x: 6, y: 10.5 }, fit(slotText(saved), width - 30, font, measure)),
  );
}
