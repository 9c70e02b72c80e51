// @ts-check
// The panel: a switch, the two linked drawings, the sentence of the moment, the stepper, the error that stands.

import { copyCures } from "./copying.js";
import { build, buildHtml, measurer } from "./dom.js";
import { errorTree } from "./error.js";
import { Inspector } from "./inspector.js";
import { beginToSpeak, choose, onLanguage } from "./language.js";
import { EMPTY_LAYOUT, EMPTY_TRACE, lastMoment, momentAt, standingError, stepOf } from "./model.js";
import { longest, saidAt, sayTree, whenTrees } from "./sentence.js";
import { labelPanel, panelTree } from "./skeleton.js";
import { Stage } from "./stage.js";
import { sameStep } from "./steps.js";
import { Stepper } from "./stepper.js";
import { counted, language, sentences, t } from "./words.js";

/**
 * @typedef {import("./model.js").Trace} Trace
 * @typedef {import("./model.js").Layout} Layout
 * @typedef {import("./model.js").Moment} Moment
 * @typedef {{trace: Trace|null, layout: Layout|null, title: string, problem: string, sequence: number}} Content
 */

export class Panel {
  /** @param {HTMLElement} host */
  constructor(host) {
    this.moment = lastMoment(EMPTY_TRACE);
    this.layout = EMPTY_LAYOUT;
    this.sequence = -1;
    this.connected = true;
    beginToSpeak();
    this.root = buildHtml(panelTree());
    host.append(this.root);
    this.stage = new Stage(this.root, measurer(this.root));
    this.stepper = new Stepper(
      this.find(".mg-stepper"),
      (step) => this.go(step),
      () => sentences(saidAt(this.moment)),
    );
    this.inspector = new Inspector(
      this.find(".mg-details"),
      (id, focus) => this.select(id, null, focus),
      (step) => this.stepper.to(step),
    );
    this.find(".mg-twin").addEventListener("click", (event) => {
      const [id, side] = thingAt(event);
      if (id) this.select(id, side, false);
    });
    this.find(".mg-language").addEventListener("click", () => choose(language() === "en" ? "zh" : "en"));
    this.endLanguage = onLanguage(() => this.retell());
    this.find(".mg-to-now").addEventListener("click", () => this.stepper.move("last"));
    copyCures(this.find(".mg-fault"));
    this.root.addEventListener("keydown", (event) => {
      if (this.onKey(event) || this.stepper.onKey(event)) event.preventDefault();
      // To JupyterLab a plain letter is a command: "b" makes a cell, "d" twice deletes one.
      if (!event.ctrlKey && !event.metaKey && !event.altKey && !event.shiftKey) event.stopPropagation();
    });
    this.observer = new ResizeObserver((changes) => {
      // At a step the panes make room for an error, and the drawings keep their scale.
      if (changes.some(({ target }) => target === this.root)) this.arrange();
      else this.stage.measure();
      this.stage.paint();
    });
    for (const element of [this.root, ...this.stage.panes]) this.observer.observe(element);
    this.relabel();
  }

  /** @param {string} selector @returns {HTMLElement} */
  find(selector) {
    return /** @type {HTMLElement} */ (this.root.querySelector(selector));
  }

  /** Shows new content and says when it is painted. Where that fails the old stays. @param {Content} content */
  show({ trace, layout, title, problem, sequence }) {
    const before = { moment: this.moment, layout: this.layout };
    this.sequence = sequence;
    this.find(".mg-title").textContent = title;
    this.say(problem);
    try {
      if (trace) {
        const step = this.stays() ? sameStep(this.moment.trace, this.moment.step, trace) : trace.steps.length;
        this.moment = momentAt(lastMoment(trace), step);
      }
      if (layout) this.layout = layout;
      this.draw(true);
    } catch (error) {
      Object.assign(this, before);
      this.draw(true);
      throw error;
    }
    this.announcePainted(sequence);
  }

  /**
   * Whether the step that is shown stays when a cell has brought new ones. It does under the hands of
   * somebody who is stepping or plays; whoever ran a cell meanwhile wants to see what it did.
   */
  stays() {
    const past = this.moment.step < this.moment.trace.steps.length;
    return past && (this.stepper.playing || this.root.contains(document.activeElement));
  }

  /** Shows a step. No word to the kernel. @param {number} step */
  go(step) {
    this.moment = momentAt(this.moment, step);
    this.draw(false);
  }

  /** Keys that open and close the details; whether it was one. @param {KeyboardEvent} event */
  onKey(event) {
    if (event.key === "Escape" && this.inspector.id !== null) {
      this.select(null, null, true);
      return true;
    }
    const [id, side] = thingAt(event);
    if (!id || (event.key !== "Enter" && event.key !== " ")) return false;
    this.select(id, side, true);
    return true;
  }

  /**
   * Shows the details of a thing, or none. @param {string|null} id
   * @param {import("./card.js").Side|null} side the drawing in which it was selected, null for the same as before
   * @param {boolean} focus whether the keyboard goes along
   */
  select(id, side, focus) {
    const { moment, inspector, stage } = this;
    const before = inspector.id;
    if (id !== null && !moment.tensors.has(id) && !moment.functions.has(id)) return;
    if (id === null) inspector.close();
    else {
      inspector.open(id, side);
      stage.uncover(id);
    }
    this.root.classList.toggle("mg-inspecting", id !== null);
    stage.mark(id);
    inspector.show(moment);
    if (id !== null) this.root.scrollTop = 0;
    stage.measure();
    if (id !== null) stage.go([id]);
    if (focus && id !== null) inspector.heading.focus({ preventScroll: true });
    else if (focus && before !== null) stage.focus(before, inspector.side);
  }

  /** One line about a failure of our own, or "". @param {string} problem */
  say(problem) {
    this.find(".mg-problem").textContent = problem;
    this.find(".mg-problem").hidden = !problem;
  }

  /** Draws the current moment. @param {boolean} fresh whether it is another trace, and not another step */
  draw(fresh) {
    const { moment, layout } = this;
    const step = stepOf(moment);
    const error = standingError(moment);
    this.root.classList.toggle("mg-empty", Object.keys(layout.nodes).length === 0);
    this.root.classList.toggle("mg-past", moment.step < moment.trace.steps.length);
    this.root.classList.toggle("mg-stopped", Boolean(error && step?.error));
    this.root.dataset.step = String(moment.step);
    this.stage.update(moment, layout, fresh);
    if (fresh) {
      this.stepper.show(moment.trace);
      this.find(".mg-sentence").dataset.longest = longest(moment.trace);
    } else {
      // Before the words change: to scroll, the browser lays out what has changed so far.
      this.stage.go(step?.about ?? []);
    }
    this.find(".mg-moment").hidden = moment.trace.steps.length === 0;
    this.find(".mg-when").replaceChildren(...whenTrees(moment).map((tree) => build(tree)));
    this.find(".mg-say").replaceChildren(build(sayTree(moment)));
    const fault = error ? buildHtml(errorTree(error, moment)) : null;
    if (fault) fault.tabIndex = 0; // it scrolls where there is little room
    this.find(".mg-fault").replaceChildren(...(fault ? [fault] : []));
    this.find(".mg-count").textContent = countText(moment);
    this.stepper.showStep(moment.step);
    this.inspector.show(moment);
    if (!fresh) return;
    this.arrange();
    this.stage.go(step?.about ?? []);
  }

  /** Fits everything into the room that the page gives. */
  arrange() {
    this.stage.arrange();
    this.stepper.arrange();
    const { scrollHeight, clientHeight } = this.find(".mg-sentence");
    this.find(".mg-say").tabIndex = scrollHeight > clientHeight ? 0 : -1;
  }

  /** Says everything again in another language. */
  retell() {
    this.relabel();
    this.stage.forget();
    this.draw(true);
  }

  /** Writes the words that stay. */
  relabel() {
    labelPanel(this.root);
    this.setConnected(this.connected);
  }

  /** @param {boolean} connected */
  setConnected(connected) {
    this.connected = connected;
    this.root.classList.toggle("mg-disconnected", !connected);
    this.find(".mg-status").textContent = connected ? "" : t("panel.disconnected");
  }

  /**
   * Two frames later the browser has painted: tests and the benchmark wait for this mark.
   * @param {number} sequence
   */
  announcePainted(sequence) {
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => {
        if (this.sequence !== sequence) return;
        this.root.dataset.painted = String(sequence);
        performance.mark("minigrad:painted", { detail: sequence });
      };
      channel.port2.postMessage(null);
    });
  }

  destroy() {
    this.stepper.pause();
    this.endLanguage();
    this.observer.disconnect();
    this.root.remove();
  }
}

/** @param {Moment} moment @returns {string} */
function countText(moment) {
  const tensors = [...moment.tensors.values()].filter((tensor) => tensor.shown).length;
  const functions = [...moment.functions.values()].filter((func) => func.shown).length;
  if (!tensors && !functions) return "";
  const text = t("count", { tensors: counted("tensor", tensors), functions: counted("function", functions) });
  const { elsewhere } = moment.trace;
  return elsewhere ? t("count.more", { text, more: counted("elsewhere", elsewhere) }) : text;
}

/** The tensor or function that an event is about, and the drawing that it is in. @param {Event} event
 * @returns {[string|null, import("./card.js").Side|null]} */
function thingAt(event) {
  const thing = /** @type {Element} */ (event.target).closest(".mg-thing");
  const side = thing?.closest("[data-side]")?.getAttribute("data-side") ?? null;
  return [thing?.getAttribute("data-id") ?? null, /** @type {import("./card.js").Side|null} */ (side)];
}
