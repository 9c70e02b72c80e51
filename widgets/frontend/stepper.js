// @ts-check
// The controls of the stepper: buttons, slider, the marks of the cells, playing, keys.

import { build, buildHtml, h } from "./dom.js";
import { alarmIcon, stepIcon } from "./icons.js";
import { SPEEDS, dwell, marksOf, moved, playFrom } from "./steps.js";
import { t } from "./words.js";

/**
 * @typedef {import("./model.js").Trace} Trace
 * @typedef {import("./steps.js").Move} Move
 */

const BUTTONS = /** @type {const} */ (["first", "back", "play", "on", "last"]);
/** @type {Record<string, Move>} */
const KEYS = {
  ArrowLeft: "back", ArrowRight: "on", Home: "first", End: "last", PageUp: "cell back", PageDown: "cell on",
};
/** What the tooltips call the keys. @type {Record<string, string>} */
const SIGNS = { first: "Home", back: "←", play: "␣", on: "→", last: "End" };
const SPEED = "minigrad_widgets.speed";
const GAP = 6; // pixels between the labels of two cells

/** What it looks like; `labelPanel` writes the words. */
export function stepperTree() {
  const button = (/** @type {string} */ name) =>
    h("button", { type: "button", "data-do": name, "data-label": `step.${name}`, "data-key": SIGNS[name] }, stepIcon(name));
  return h(
    "div",
    { class: "mg-stepper", role: "group", "data-label": "step.group" },
    h("div", { class: "mg-buttons" }, ...BUTTONS.map(button)),
    h(
      "div",
      { class: "mg-track" },
      h("input", { type: "range", min: 0, step: 1, class: "mg-slider", "data-label": "step.slider" }),
      h("div", { class: "mg-marks" }),
    ),
    h("span", { class: "mg-at" }),
    h(
      "select",
      { class: "mg-speed", "data-label": "step.speed" },
      ...SPEEDS.map((speed) => h("option", { value: speed }, `${speed}×`)),
    ),
  );
}

export class Stepper {
  /**
   * @param {HTMLElement} root of the stepper @param {(step: number) => void} onStep called to show a step
   * @param {() => string} sentence what the step that is shown says
   */
  constructor(root, onStep, sentence) {
    this.root = root;
    this.onStep = onStep;
    this.sentence = sentence;
    this.step = 0;
    this.count = 0;
    /** @type {import("./steps.js").Mark[]} */
    this.marks = [];
    this.timer = 0; // while playing
    this.slider = /** @type {HTMLInputElement} */ (root.querySelector(".mg-slider"));
    this.markRow = /** @type {HTMLElement} */ (root.querySelector(".mg-marks"));
    this.at = /** @type {HTMLElement} */ (root.querySelector(".mg-at"));
    this.speed = /** @type {HTMLSelectElement} */ (root.querySelector(".mg-speed"));
    this.speed.value = String(recalledSpeed());
    this.speed.addEventListener("change", () => {
      try {
        localStorage.setItem(SPEED, this.speed.value);
      } catch {
        // It is for this visit, then.
      }
      if (this.playing) this.schedule();
    });
    this.slider.addEventListener("input", () => this.to(Number(this.slider.value)));
    root.addEventListener("click", (event) => {
      const button = /** @type {HTMLElement} */ (event.target).closest("button");
      if (button?.dataset.step) this.to(Number(button.dataset.step));
      else if (button?.dataset.do === "play") this.toggle();
      else if (button?.dataset.do) this.move(/** @type {Move} */ (button.dataset.do));
    });
  }

  get playing() {
    return this.timer !== 0;
  }

  /** Takes a trace. @param {Trace} trace */
  show(trace) {
    this.count = trace.steps.length;
    this.marks = marksOf(trace);
    this.slider.max = String(this.count);
    this.root.hidden = this.count === 0;
    const errors = trace.steps.flatMap((step, i) => (step.error ? [i + 1] : []));
    this.markRow.replaceChildren(
      ...errors.map((step) => build(errorMark(step / this.count))),
      ...this.marks.map(({ step, label }) =>
        buildHtml(h("button", { type: "button", "data-step": step, tabindex: -1, "--mg-at": step / this.count }, label)),
      ),
    );
  }

  /** Shows where we are. @param {number} step */
  showStep(step) {
    this.step = step;
    this.slider.value = String(step);
    this.root.style.setProperty("--mg-done", String(step / Math.max(1, this.count)));
    const at = t("step.at", { step, count: this.count });
    this.slider.setAttribute("aria-valuetext", at);
    this.at.textContent = `${step} / ${this.count}`;
    for (const name of BUTTONS) {
      const there = name === "first" || name === "back" ? step === 0 : step === this.count;
      // Not `disabled`: that would take the focus from the button under a learner's finger.
      if (name !== "play") this.button(name).setAttribute("aria-disabled", String(there));
    }
    this.showPlay();
    if (this.playing) this.schedule();
  }

  /** Says what the play button does now. */
  showPlay() {
    const button = this.button("play");
    const cell = this.marks[this.marks.length - 1]?.label ?? "";
    const again = this.step === this.count && cell;
    const label = this.playing ? t("step.pause") : again ? t("step.again", { cell }) : t("step.play");
    button.setAttribute("aria-label", label);
    button.title = `${label} (${SIGNS.play})`;
    button.replaceChildren(build(stepIcon(this.playing ? "pause" : "play")));
  }

  /** Leaves out the labels of cells that would cover each other. */
  arrange() {
    let end = -Infinity;
    for (const mark of /** @type {NodeListOf<HTMLElement>} */ (this.markRow.querySelectorAll("button"))) {
      const left = mark.offsetLeft - mark.offsetWidth / 2;
      mark.classList.toggle("mg-tick", left < end + GAP);
      if (left >= end + GAP) end = left + mark.offsetWidth;
    }
  }

  /** @param {string} name */
  button(name) {
    return /** @type {HTMLElement} */ (this.root.querySelector(`[data-do=${name}]`));
  }

  /** @param {number} step */
  to(step) {
    this.pause();
    this.onStep(step);
  }

  /** @param {Move} move */
  move(move) {
    this.to(moved(move, this.step, this.count, this.marks));
  }

  toggle() {
    if (this.playing) this.pause();
    else if (this.count) {
      this.timer = -1;
      this.onStep(playFrom(this.step, this.count, this.marks) + 1);
    }
  }

  pause() {
    if (!this.playing) return;
    clearTimeout(this.timer);
    this.timer = 0;
    this.showPlay();
  }

  schedule() {
    clearTimeout(this.timer);
    if (this.step >= this.count) {
      this.pause();
      return;
    }
    const wait = dwell(this.sentence(), Number(this.speed.value));
    this.timer = window.setTimeout(() => this.onStep(this.step + 1), wait);
  }

  /** A key that was pressed anywhere in the panel; whether it was ours. @param {KeyboardEvent} event */
  onKey(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return false;
    const target = /** @type {Element} */ (event.target);
    if (target.closest("select, .mg-details") || this.count === 0) return false;
    if (event.key === " ") {
      if (target.closest("button")) return false;
      this.toggle();
    } else if (event.key in KEYS) this.move(KEYS[event.key]);
    else return false;
    return true;
  }
}

/** Over the place of an error, which its step says in words. @param {number} at */
function errorMark(at) {
  const attributes = { class: "mg-stop", viewBox: "0 0 14 13", width: 12, height: 11, "aria-hidden": "true" };
  return h("svg", { ...attributes, "--mg-at": at }, alarmIcon());
}

/** @returns {number} */
function recalledSpeed() {
  try {
    const speed = Number(localStorage.getItem(SPEED));
    return SPEEDS.includes(speed) ? speed : 1;
  } catch {
    return 1;
  }
}
