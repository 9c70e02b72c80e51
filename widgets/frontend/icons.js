// @ts-check
// Small pictures as paths: no font is needed, and every one stands beside a word.

import { h } from "./dom.js";

/** A leaf, 12 x 12; `filled` for one that asks for a gradient. @param {boolean} filled */
export function leafIcon(filled) {
  return h(
    "g",
    { class: filled ? "mg-leaf" : "mg-leaf mg-hollow", "aria-hidden": "true" },
    h("path", { d: "M1.2 11C0.6 4.6 4 1 11.4 1C11.8 7.6 8.6 11 3.4 9.7" }),
    h("path", { class: "mg-vein", d: "M1.2 11.6C2.4 8.6 4.4 6.4 7.4 4.8" }),
  );
}

/** Scissors, 12 x 12: the gradient is cut off here. */
export function cutIcon() {
  return h(
    "g",
    { class: "mg-cutmark", "aria-hidden": "true" },
    h("circle", { cx: 2.6, cy: 2.9, r: 1.8 }),
    h("circle", { cx: 2.6, cy: 9.1, r: 1.8 }),
    h("path", { d: "M4.2 3.8L11.4 9M4.2 8.2L11.4 3" }),
  );
}

/** A hook, 10 x 12: backward calls a function of the learner's here. */
export function hookIcon() {
  return h("g", { class: "mg-hook", "aria-hidden": "true" }, h("path", { d: "M8 1V7.8A3.1 3.1 0 0 1 1.8 7.8V6M0.4 7.6L1.8 5.6L3.4 7.4" }));
}

/** An exclamation mark in a triangle, 14 x 13. */
export function alarmIcon() {
  return h(
    "g",
    { class: "mg-alarm", "aria-hidden": "true" },
    h("path", { class: "mg-sign", d: "M7 1L13.4 12.2H0.6Z" }),
    h("path", { d: "M7 4.8V8.4M7 10.1V10.6" }),
  );
}

const STEPS = /** @type {Record<string, string>} */ ({
  first: "M3.5 3V13M12.5 3L6 8L12.5 13Z",
  back: "M11 3L4.5 8L11 13Z",
  play: "M5 2.8L13 8L5 13.2Z",
  pause: "M5 3.2V12.8M11 3.2V12.8",
  on: "M5 3L11.5 8L5 13Z",
  last: "M12.5 3V13M3.5 3L10 8L3.5 13Z",
});

/** A button of the stepper, 16 x 16. @param {string} name */
export function stepIcon(name) {
  return h(
    "svg",
    { class: "mg-icon", viewBox: "0 0 16 16", width: 16, height: 16, "aria-hidden": "true" },
    h("path", { d: STEPS[name] }),
  );
}

/** A cross, 16 x 16. */
export function closeIcon() {
  return h(
    "svg",
    { class: "mg-icon", viewBox: "0 0 16 16", width: 16, height: 16, "aria-hidden": "true" },
    h("path", { d: "M4 4L12 12M12 4L4 12" }),
  );
}
