// @ts-check
// The panel: a switch, the two linked drawings, the sentence of the moment, the error that stands.

import { buildHtml, h, measurer } from "./dom.js";
import { errorTree } from "./error.js";
import { Drawing } from "./graph.js";
import { EMPTY_LAYOUT, EMPTY_TRACE, lastMoment, standingError, stepOf } from "./model.js";
import { sentences } from "./words.js";

/**
 * @typedef {import("./model.js").Trace} Trace
 * @typedef {import("./model.js").Layout} Layout
 * @typedef {import("./model.js").Moment} Moment
 * @typedef {"both"|"forward"|"backward"} View
 * @typedef {{trace: Trace|null, layout: Layout|null, title: string, problem: string, sequence: number}} Content
 */

const SMALLEST = 0.68; // of the natural size, where small text has 7.5 pixels; then the drawing scrolls
const EASY = 0.8;
const LARGEST = 1.6;
const FRAMES = 12; // pixels that two drawings side by side have for gap and frames
const WIDE = 720; // pixels from which there are two drawings even of a graph that has to scroll
const BACKWARD_STEPS = ["backward", "run", "accumulate", "let go", "free", "error"];
const AROUND = 24; // pixels kept free round what is scrolled to

/**
 * How large a drawing is shown. Whole, where that can be read with ease; else as wide as the room, and
 * where even that cannot be read it scrolls both ways.
 * @param {number} roomWidth @param {number} roomHeight @param {number} width @param {number} height
 * @param {number} largest
 */
export function scaleFor(roomWidth, roomHeight, width, height, largest) {
  if (width <= 0 || height <= 0 || roomWidth <= 0) return 1;
  const whole = Math.min(roomWidth / width, roomHeight / height);
  if (whole >= EASY) return Math.min(whole, largest);
  return Math.min(Math.max(roomWidth / width, SMALLEST), 1);
}

/** Whether two drawings fit side by side and can be read. @param {number} room @param {number} width */
export function fitBoth(room, width) {
  return room >= WIDE || (room - FRAMES) / 2 >= width * SMALLEST;
}

export class Panel {
  /** @param {HTMLElement} host */
  constructor(host) {
    /** @type {View} */
    this.wanted = "both";
    this.moment = lastMoment(EMPTY_TRACE);
    this.layout = EMPTY_LAYOUT;
    this.scale = 1;
    this.sequence = -1;
    this.root = buildHtml(skeleton());
    host.append(this.root);
    const measure = measurer(this.root);
    const point = (/** @type {string|null} */ id) => this.drawings.forEach((drawing) => drawing.light(id));
    this.drawings = /** @type {const} */ (["forward", "backward"]).map(
      (side) => new Drawing(side, measure, point, (id) => this.go([id])),
    );
    this.panes = this.drawings.map((drawing) => {
      const pane = this.find(`.mg-pane[data-side=${drawing.side}] .mg-scroll`);
      pane.append(drawing.svg);
      return pane;
    });
    this.linkScrolling();
    /** @type {HTMLButtonElement[]} */
    this.switches = [...this.find(".mg-switch").querySelectorAll("button")];
    this.find(".mg-switch").addEventListener("click", (event) => {
      const view = /** @type {HTMLElement} */ (event.target).closest("button")?.dataset.view;
      if (view) this.choose(/** @type {View} */ (view));
    });
    this.observer = new ResizeObserver(() => this.arrange());
    this.observer.observe(this.root);
  }

  /** @param {string} selector @returns {HTMLElement} */
  find(selector) {
    return /** @type {HTMLElement} */ (this.root.querySelector(selector));
  }

  /** Shows new content and says when it is painted. @param {Content} content */
  show({ trace, layout, title, problem, sequence }) {
    this.sequence = sequence;
    this.find(".mg-title").textContent = title;
    this.say(problem);
    if (trace) this.moment = lastMoment(trace);
    if (layout) this.layout = layout;
    this.draw(true);
    this.announcePainted(sequence);
  }

  /** One line about a failure of our own, or "". @param {string} problem */
  say(problem) {
    this.find(".mg-problem").textContent = problem;
    this.find(".mg-problem").hidden = !problem;
  }

  /** Draws the current moment. @param {boolean} glide whether nodes move to new places or jump */
  draw(glide) {
    const { moment, layout } = this;
    const step = stepOf(moment);
    this.root.classList.toggle("mg-empty", Object.keys(layout.nodes).length === 0);
    // The one that is hidden too, so that the switch shows it at once.
    for (const drawing of this.drawings) drawing.update(moment, layout, step?.about ?? [], glide);
    this.showView();
    this.find(".mg-say").textContent = step ? sentences(step.said) : "";
    this.find(".mg-say").hidden = !step;
    const error = standingError(moment);
    this.root.classList.toggle("mg-stopped", Boolean(error && step?.error));
    this.find(".mg-fault").replaceChildren(...(error ? [buildHtml(errorTree(error, moment))] : []));
    this.find(".mg-count").textContent = countText(moment);
    this.fit();
    this.go(step?.about ?? []);
  }

  /** @param {View} view */
  choose(view) {
    this.wanted = view;
    this.arrange();
  }

  /** The view that there is room for; of both, the one in which the last step happened. @returns {View} */
  view() {
    if (this.wanted !== "both" || this.hasRoom()) return this.wanted;
    return BACKWARD_STEPS.includes(stepOf(this.moment)?.kind ?? "") ? "backward" : "forward";
  }

  hasRoom() {
    return fitBoth(this.find(".mg-header").clientWidth, this.drawings[0].width);
  }

  visible() {
    const view = this.view();
    return this.drawings.filter(({ side }) => view === "both" || view === side);
  }

  /** Fits everything into the room that the page gives. */
  arrange() {
    this.showView();
    this.fit();
    this.paint();
  }

  /** Shows the view that there is room for. */
  showView() {
    const view = this.view();
    const narrow = !this.hasRoom();
    this.root.dataset.view = view;
    for (const button of this.switches) {
      const its = button.dataset.view;
      button.setAttribute("aria-checked", String(its === view));
      if (its === "both") {
        button.disabled = narrow;
        button.title = narrow ? "There is room for both when the panel is wider" : "";
      }
    }
  }

  /** Chooses the scale; both drawings have the same. */
  fit() {
    const drawing = this.visible()[0];
    const pane = this.paneOf(drawing);
    // A panel has its height from its place; in a cell the drawing makes the height.
    const docked = this.root.classList.contains("mg-docked");
    const height = docked ? pane.clientHeight : window.innerHeight * 0.75;
    const largest = docked ? LARGEST : 1;
    this.scale = scaleFor(pane.clientWidth, height, drawing.width, drawing.height, largest);
    for (const each of this.drawings) each.resize(this.scale);
  }

  paint() {
    for (const drawing of this.drawings) {
      const pane = this.paneOf(drawing);
      const window = { x: pane.scrollLeft, y: pane.scrollTop, w: pane.clientWidth, h: pane.clientHeight };
      drawing.paint(window, this.scale);
    }
  }

  /** @param {Drawing} drawing */
  paneOf(drawing) {
    return this.panes[this.drawings.indexOf(drawing)];
  }

  /** Scrolls to things that are out of sight, as little as needed, and draws what is in view.
   * @param {string[]} ids */
  go(ids) {
    const drawing = this.visible()[0];
    const boxes = ids.map((id) => drawing.screenBox(id, this.scale)).filter((box) => box !== null);
    if (boxes.length) {
      const left = Math.min(...boxes.map((b) => b.x)) - AROUND;
      const right = Math.max(...boxes.map((b) => b.x + b.w)) + AROUND;
      const top = Math.min(...boxes.map((b) => b.y)) - AROUND;
      const bottom = Math.max(...boxes.map((b) => b.y + b.h)) + AROUND;
      for (const pane of this.visible().map((shown) => this.paneOf(shown))) {
        pane.scrollLeft = nearest(pane.scrollLeft, pane.clientWidth, left, right);
        pane.scrollTop = nearest(pane.scrollTop, pane.clientHeight, top, bottom);
      }
    }
    this.paint();
  }

  linkScrolling() {
    const [one, two] = this.panes;
    for (const [from, to] of [[one, two], [two, one]]) {
      from.addEventListener("scroll", () => {
        if (to.scrollTop !== from.scrollTop) to.scrollTop = from.scrollTop;
        if (to.scrollLeft !== from.scrollLeft) to.scrollLeft = from.scrollLeft;
        this.paint();
      });
    }
  }

  /** @param {boolean} connected */
  setConnected(connected) {
    this.root.classList.toggle("mg-disconnected", !connected);
    this.find(".mg-status").textContent = connected
      ? ""
      : "Disconnected: the kernel is gone. Run the cell with live() again to go on.";
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
    this.observer.disconnect();
    this.root.remove();
  }
}

/** Where to scroll so that a stretch is in view, moving as little as needed.
 * @param {number} now @param {number} room @param {number} from @param {number} to */
export function nearest(now, room, from, to) {
  if (to - from > room) return Math.max(0, (from + to - room) / 2);
  if (from < now) return Math.max(0, from);
  return to > now + room ? to - room : now;
}

/** @param {Moment} moment @returns {string} */
function countText(moment) {
  const tensors = [...moment.tensors.values()].filter((t) => t.shown).length;
  const functions = [...moment.functions.values()].filter((f) => f.shown).length;
  if (!tensors && !functions) return "";
  const s = (/** @type {number} */ n, /** @type {string} */ word) => `${n} ${word}${n === 1 ? "" : "s"}`;
  return `${s(tensors, "tensor")}, ${s(functions, "function")}`;
}

function skeleton() {
  const button = (/** @type {string} */ view, /** @type {string} */ word) =>
    h("button", { type: "button", role: "radio", "aria-checked": "false", "data-view": view }, word);
  const pane = (/** @type {string} */ side, /** @type {string} */ word, /** @type {string} */ note) =>
    h(
      "figure",
      { class: "mg-pane", "data-side": side },
      h("figcaption", {}, word, " ", h("small", {}, note)),
      h("div", { class: "mg-scroll" }),
    );
  return h(
    "section",
    { class: "mg", "aria-label": "Graph of automatic differentiation" },
    h(
      "header",
      { class: "mg-header" },
      h(
        "div",
        { class: "mg-switch", role: "radiogroup", "aria-label": "Which drawing" },
        button("both", "Both"),
        button("forward", "Forward"),
        button("backward", "Backward"),
      ),
      h("span", { class: "mg-title" }),
      h("span", { class: "mg-count" }),
    ),
    h("p", { class: "mg-status", role: "status" }),
    h("p", { class: "mg-problem", role: "status", hidden: "" }),
    h("p", { class: "mg-blank" }, "Nothing to draw yet: run a cell that makes a tensor."),
    h(
      "div",
      { class: "mg-twin" },
      pane("forward", "Forward", "data flows down"),
      pane("backward", "Backward", "gradients flow up"),
    ),
    h("p", { class: "mg-say", "aria-live": "polite", hidden: "" }),
    h("div", { class: "mg-fault", "aria-live": "assertive" }),
  );
}
