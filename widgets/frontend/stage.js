// @ts-check
// The two drawings in their panes: which of them there is room for, how large, what is in view.

import { Folding, unfold } from "./fold.js";
import { Drawing } from "./graph.js";
import { EMPTY_LAYOUT, EMPTY_TRACE, lastMoment, standingError, stepOf } from "./model.js";
import { buildScene } from "./scene.js";
import { touchedBy } from "./steps.js";
import { t } from "./words.js";

/**
 * @typedef {import("./model.js").Moment} Moment
 * @typedef {import("./model.js").Layout} Layout
 * @typedef {"both"|"forward"|"backward"} View
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

/** Where to scroll so that a stretch is in view: nowhere where it is, else to its middle, so that the steps that follow
 * are in view, too. @param {number} now @param {number} room @param {number} from @param {number} to */
export function intoView(now, room, from, to) {
  return from >= now && to <= now + room ? now : Math.max(0, (from + to - room) / 2);
}

export class Stage {
  /** @param {HTMLElement} root the panel @param {import("./text.js").Measure} measure */
  constructor(root, measure) {
    this.root = root;
    this.textWidth = measure;
    this.moment = lastMoment(EMPTY_TRACE);
    this.folding = new Folding(EMPTY_LAYOUT, EMPTY_TRACE);
    /** @type {Map<string, boolean>} the groups that the learner has opened or closed */
    this.chosen = new Map();
    this.places = unfold(this.folding, new Set());
    /** @type {View} */
    this.wanted = "both";
    this.kind = ""; // of the step that is shown
    this.scale = 1;
    this.room = 0; // the width that there is for both
    const point = (/** @type {string|null} */ id) => this.drawings.forEach((drawing) => drawing.light(id));
    this.drawings = /** @type {const} */ (["forward", "backward"]).map(
      (side) => new Drawing(side, measure, point, (id) => this.go([id]), (id) => this.toggle(id)),
    );
    this.panes = this.drawings.map((drawing) => {
      const pane = /** @type {HTMLElement} */ (root.querySelector(`[data-side=${drawing.side}] .mg-scroll`));
      pane.append(drawing.svg);
      return pane;
    });
    this.windows = this.panes.map(windowOf);
    this.details = /** @type {HTMLElement} */ (root.querySelector(".mg-details"));
    this.header = /** @type {HTMLElement} */ (root.querySelector(".mg-header"));
    /** @type {HTMLButtonElement[]} */
    this.switches = [...root.querySelectorAll(".mg-switch button")].map((b) => /** @type {any} */ (b));
    for (const button of this.switches) {
      button.addEventListener("click", () => this.choose(/** @type {View} */ (button.dataset.view)));
    }
    this.linkScrolling();
  }

  /** Takes a moment; `paint` draws it. @param {Moment} moment @param {Layout} layout
   * @param {boolean} glide whether nodes move to new places or jump */
  update(moment, layout, glide) {
    const { folding } = this;
    if (layout !== folding.layout || moment.trace !== this.moment.trace) {
      this.folding = new Folding(layout, moment.trace);
      this.unfold();
    }
    this.moment = moment;
    this.kind = stepOf(moment)?.kind ?? "";
    this.reveal();
    this.redraw(glide);
    this.showView();
  }

  /** Finds where everything stands while the groups are open that are. */
  unfold() {
    this.places = unfold(this.folding, this.folding.opened(this.chosen));
  }

  /** Opens the groups that an error is in, unless the learner has closed them. */
  reveal() {
    const error = standingError(this.moment);
    const ids = [error?.function, error?.card].filter((id) => typeof id === "string");
    const closed = ids.flatMap((id) => this.folding.above(id)).filter((id) => !this.places.open.has(id));
    const news = closed.filter((id) => !this.chosen.has(id));
    for (const id of news) this.chosen.set(id, true);
    if (news.length) this.unfold();
  }

  /** Opens the groups that hide a thing. @param {string} id */
  uncover(id) {
    const closed = this.folding.above(id).filter((group) => !this.places.open.has(group));
    if (!closed.length) return;
    for (const group of closed) this.chosen.set(group, true);
    this.unfold();
    this.redraw(true);
    this.fit(this.scale);
  }

  /** Gives both drawings what they show. @param {boolean} glide */
  redraw(glide) {
    const { moment, places, textWidth } = this;
    const touched = new Map();
    for (const [id, fields] of touchedBy(moment, stepOf(moment))) {
      for (const shown of places.shownAs(id)) touched.set(shown, shown === id ? fields : touched.get(shown) ?? new Set());
    }
    const path = new Set(standingError(moment)?.path.flatMap((id) => places.shownAs(id)));
    // The one that is hidden too, so that the switch shows it at once.
    for (const drawing of this.drawings) {
      drawing.update(buildScene(moment, places, drawing.side, textWidth), touched, path, glide);
    }
  }

  /** Opens a group, or closes it; it stays where the learner sees it. @param {string} id */
  toggle(id) {
    this.chosen.set(id, !this.places.open.has(id));
    const before = this.drawings.map((drawing) => drawing.screenBox(id, this.scale));
    this.unfold();
    this.redraw(true);
    this.fit(this.scale);
    for (const [i, drawing] of this.drawings.entries()) {
      const [old, now] = [before[i], drawing.screenBox(id, this.scale)];
      const { x, y } = this.windows[i];
      if (old && now) this.scrollTo(i, x + now.x - old.x, y + now.y - old.y);
    }
    this.paint();
  }

  /** @param {View} view */
  choose(view) {
    this.wanted = view;
    this.arrange();
    this.paint();
  }

  /** The view that there is room for; of both, the one in which the step happened. @returns {View} */
  view() {
    if (this.wanted !== "both" || this.hasRoom()) return this.wanted;
    return BACKWARD_STEPS.includes(this.kind) ? "backward" : "forward";
  }

  hasRoom() {
    return fitBoth(this.room, this.drawings[0].width);
  }

  /** Reads the sizes of what is on the page; at a step they are known, and the browser need not be asked. */
  measure() {
    this.windows = this.panes.map(windowOf);
  }

  visible() {
    const view = this.view();
    return this.drawings.filter(({ side }) => view === "both" || view === side);
  }

  /** Fits everything into the room that the page gives. */
  arrange() {
    this.room = this.header.clientWidth;
    this.showView();
    this.measure();
    this.fit();
  }

  /** Shows the view that there is room for. */
  showView() {
    const view = this.view();
    const narrow = !this.hasRoom();
    if (this.root.dataset.view !== view) {
      this.root.dataset.view = view;
      this.measure();
    }
    for (const button of this.switches) {
      const its = button.dataset.view;
      button.setAttribute("aria-pressed", String(its === view));
      if (its === "both") {
        button.disabled = narrow;
        button.title = narrow ? t("panel.narrow") : "";
      }
    }
  }

  /** Chooses the scale; both drawings have the same. Not at a step: nothing moves while stepping.
   * @param {number} [kept] a scale that stays where the width allows it */
  fit(kept = 0) {
    const drawing = this.visible()[0];
    const { w, h } = this.windows[this.drawings.indexOf(drawing)];
    // A panel has its height from its place; in a cell the drawing makes the height.
    const docked = this.root.classList.contains("mg-docked");
    const height = docked ? h : window.innerHeight * 0.75;
    const largest = docked ? LARGEST : 1;
    this.scale = scaleFor(w, height, drawing.width, drawing.height, largest);
    if (kept > this.scale && kept * drawing.width <= w) this.scale = kept;
    for (const each of this.drawings) each.resize(this.scale);
  }

  paint() {
    for (const [i, drawing] of this.drawings.entries()) drawing.paint(this.windows[i], this.scale);
  }

  /** Marks the thing whose details are shown. @param {string|null} id */
  mark(id) {
    for (const drawing of this.drawings) drawing.mark(id);
  }

  /** Gives the keyboard back to a thing. @param {string} id @param {string} side where it is wanted */
  focus(id, side) {
    this.go([id]);
    const drawing = this.visible().find((one) => one.side === side) ?? this.visible()[0];
    drawing.drawn.get(id)?.group.focus({ preventScroll: true });
  }

  /** Everything is drawn anew the next time. */
  forget() {
    for (const drawing of this.drawings) drawing.forget();
  }

  /** Scrolls to things that are out of sight, and draws what is in view.
   * @param {string[]} ids */
  go(ids) {
    const drawing = this.visible()[0];
    const shown = ids.flatMap((id) => this.places.shownAs(id));
    const boxes = shown.map((id) => drawing.screenBox(id, this.scale)).filter((box) => box !== null);
    if (boxes.length) {
      const left = Math.min(...boxes.map((b) => b.x)) - AROUND;
      const right = Math.max(...boxes.map((b) => b.x + b.w)) + AROUND;
      const top = Math.min(...boxes.map((b) => b.y)) - AROUND;
      const bottom = Math.max(...boxes.map((b) => b.y + b.h)) + AROUND;
      for (const shown of this.visible()) {
        const i = this.drawings.indexOf(shown);
        const { x, y } = this.windows[i];
        const { w, h } = this.free(i);
        this.scrollTo(i, intoView(x, w, left, right), intoView(y, h, top, bottom));
      }
    }
    this.paint();
  }

  /** The size of what the details leave of a pane. @param {number} i */
  free(i) {
    const { w, h } = this.windows[i];
    if (this.details.hidden) return { w, h };
    const [pane, sheet] = [this.panes[i].getBoundingClientRect(), this.details.getBoundingClientRect()];
    if (sheet.top > pane.top + AROUND) return { w, h: Math.min(h, sheet.top - pane.top) };
    return { w: sheet.left > pane.left + AROUND ? Math.min(w, sheet.left - pane.left) : w, h };
  }

  /** @param {number} i which pane @param {number} x @param {number} y */
  scrollTo(i, x, y) {
    const { x: left, y: top } = this.windows[i];
    if (x === left && y === top) return;
    this.panes[i].scrollTo(x, y);
    this.windows[i] = { ...this.windows[i], x, y }; // about: the event of the scroll tells exactly
  }

  linkScrolling() {
    for (const [i, pane] of this.panes.entries()) {
      pane.addEventListener("scroll", () => {
        this.windows[i] = windowOf(pane);
        this.scrollTo(1 - i, this.windows[i].x, this.windows[i].y);
        this.paint();
      });
    }
  }
}

/** What is in view of a pane. @param {HTMLElement} pane @returns {import("./geometry.js").Box} */
function windowOf(pane) {
  return { x: pane.scrollLeft, y: pane.scrollTop, w: pane.clientWidth, h: pane.clientHeight };
}
