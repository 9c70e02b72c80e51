// @ts-check
// One of the two drawings: keeps an SVG in step with a moment of the trace and its layout.

import { cardTree, cardWords } from "./card.js";
import { buildSvg, h } from "./dom.js";
import { edgeTree, pillTree } from "./edge.js";
import { functionTree, functionWords } from "./function.js";
import { boxesText, neighbour, overlap } from "./geometry.js";
import { EMPTY_LAYOUT, EMPTY_TRACE, lastMoment } from "./model.js";
import { buildScene } from "./scene.js";
import { counted, t } from "./words.js";

/**
 * @typedef {import("./model.js").Moment} Moment
 * @typedef {import("./model.js").Layout} Layout
 * @typedef {import("./text.js").Measure} Measure
 * @typedef {import("./geometry.js").Box} Box
 * @typedef {import("./card.js").Side} Side
 * @typedef {import("./scene.js").Thing} Thing
 * @typedef {import("./scene.js").Line} Line
 * @typedef {{group: SVGElement, pill: SVGElement|null, entity: object, key: string,
 *   at: string}} Drawn
 */

const MARGIN = 8;
const MANY = 120; // things: a larger graph is drawn only where it is looked at, and does not glide
/** @type {Record<string, "up"|"down"|"left"|"right">} */
const ARROWS = { ArrowUp: "up", ArrowDown: "down", ArrowLeft: "left", ArrowRight: "right" };

export class Drawing {
  /**
   * @param {Side} side @param {Measure} measure
   * @param {(id: string|null) => void} onPoint called with the thing that the learner points at
   * @param {(id: string) => void} onGo called to bring a thing into view
   */
  constructor(side, measure, onPoint, onGo) {
    this.side = side;
    this.measure = measure;
    this.onGo = onGo;
    this.scene = buildScene(lastMoment(EMPTY_TRACE), EMPTY_LAYOUT, side, measure);
    /** @type {Map<string, Drawn>} */
    this.drawn = new Map();
    /** @type {string|null} */
    this.lit = null;
    /** @type {Map<string, Set<string>>} what the step touched, by id */
    this.touched = new Map();
    /** @type {string|null} */
    this.selected = null;
    /** @type {string|null} the drawing's tab stop */
    this.stop = null;
    this.svg = buildSvg(h("svg", { class: "mg-svg", role: "tree" }));
    this.future = this.svg.appendChild(buildSvg(h("path", { class: "mg-future" })));
    this.edgeLayer = this.svg.appendChild(buildSvg(h("g", {})));
    this.pillLayer = this.svg.appendChild(buildSvg(h("g", {})));
    this.thingLayer = this.svg.appendChild(buildSvg(h("g", {})));
    this.svg.addEventListener("pointerover", (event) => onPoint(idAt(event)));
    this.svg.addEventListener("pointerleave", () => onPoint(null));
    this.svg.addEventListener("focusin", (event) => {
      onPoint(idAt(event));
      this.holdAt(idAt(event));
    });
    this.svg.addEventListener("focusout", () => onPoint(null));
    this.svg.addEventListener("keydown", (event) => this.onKey(event));
  }

  get width() {
    return this.scene.width + 2 * MARGIN;
  }

  get height() {
    return this.scene.height + 2 * MARGIN;
  }

  /** Takes a moment; `paint` draws it. @param {Moment} moment @param {Layout} layout
   * @param {Map<string, Set<string>>} touched by its step @param {boolean} glide */
  update(moment, layout, touched, glide) {
    const size = Math.max(this.scene.things.size, moment.tensors.size + moment.functions.size);
    this.svg.classList.toggle("mg-glide", glide && this.drawn.size > 0 && size <= MANY);
    this.scene = buildScene(moment, layout, this.side, this.measure);
    this.touched = touched;
    give(this.future, "d", boxesText(this.scene.future));
    give(this.svg, "viewBox", `${-MARGIN} ${-MARGIN} ${this.width} ${this.height}`);
    const things = [...this.scene.things.values()];
    const tensors = things.filter((thing) => thing.tensor).length;
    const parts = { tensors: counted("tensor", tensors), functions: counted("function", things.length - tensors) };
    give(this.svg, "aria-label", t(`drawing.${this.side}`, parts));
    if (this.stop === null || !this.scene.things.has(this.stop)) this.stop = things[0]?.id ?? null;
  }

  /** Draws what has changed; of a large graph only what is in the window. @param {Box} window in the
   * pixels of the drawing @param {number} scale */
  paint(window, scale) {
    const view = {
      x: (window.x - window.w / 2) / scale - MARGIN,
      y: (window.y - window.h / 2) / scale - MARGIN,
      w: (window.w * 2) / scale,
      h: (window.h * 2) / scale,
    };
    const whole = this.scene.things.size <= MANY;
    const seen = new Set();
    const [things, edges, pills] = [0, 0, 0].map(() => document.createDocumentFragment());
    for (const thing of this.scene.things.values()) {
      if (!whole && !overlap(view, thing.box)) continue;
      seen.add(thing.id);
      this.paintThing(thing, things);
    }
    for (const line of this.scene.lines.values()) {
      if (!whole && !overlap(view, line.box)) continue;
      seen.add(line.id);
      this.paintLine(line, edges, pills);
    }
    for (const [id, { group, pill }] of this.drawn) {
      if (seen.has(id)) continue;
      group.remove();
      pill?.remove();
      this.drawn.delete(id);
    }
    this.edgeLayer.append(edges);
    this.pillLayer.append(pills);
    this.thingLayer.append(things);
    this.light(this.lit);
    this.mark(this.selected);
  }

  /** @param {Thing} thing @param {DocumentFragment} fresh where a new one goes */
  paintThing({ id, box, tensor, func }, fresh) {
    const entity = /** @type {object} */ (tensor ?? func);
    let drawn = this.drawn.get(id);
    const key = drawn?.entity === entity ? drawn.key : JSON.stringify(entity);
    const sized = `${box.w} ${box.h} `;
    if (!drawn) {
      const group = buildSvg(h("g", { class: "mg-thing mg-fresh", role: "treeitem", "data-id": id }));
      drawn = { group, pill: null, entity, key: "", at: "" };
      this.drawn.set(id, drawn);
      fresh.append(group);
    }
    if (drawn.key !== key || drawn.group.dataset.size !== sized) {
      const tree = tensor
        ? cardTree(tensor, this.side, box.w, box.h, this.measure)
        : functionTree(/** @type {any} */ (func), this.side, box, this.measure);
      const words = tensor ? cardWords(tensor) : functionWords(/** @type {any} */ (func));
      drawn.group.setAttribute("aria-label", words);
      drawn.group.replaceChildren(buildSvg(tree));
    }
    drawn.entity = entity;
    drawn.key = key;
    give(drawn.group, "data-size", sized);
    const at = `translate(${box.x}px, ${box.y}px)`;
    if (drawn.at !== at) drawn.group.style.transform = drawn.at = at;
    give(drawn.group, "tabindex", id === this.stop ? "0" : "-1");
    this.touch(drawn.group, id);
  }

  /** Marks what the step touched, and which of its fields. @param {SVGElement} group @param {string} id */
  touch(group, id) {
    const fields = this.touched.get(id);
    if (fields === undefined && !group.classList.contains("mg-about")) return;
    group.classList.toggle("mg-about", fields !== undefined);
    if (fields?.size) give(group, "data-changed", [...fields].join(" "));
    else group.removeAttribute("data-changed");
  }

  /** @param {Line} line @param {DocumentFragment} edges @param {DocumentFragment} pills */
  paintLine({ id, edge, points, message, pill }, edges, pills) {
    const path = points.join(" ");
    const key = `${path} ${edge.tracked} ${JSON.stringify([message, pill])}`;
    const old = this.drawn.get(id);
    if (old?.key === key) {
      this.touch(old.group, id);
      if (old.pill) this.touch(old.pill, id);
      return;
    }
    const group = buildSvg(edgeTree(edge, this.side, message, points));
    const label = pill ? buildSvg(pillTree(edge, message, pill, this.measure)) : null;
    if (!old?.key.startsWith(`${path} `)) group.classList.add("mg-fresh");
    this.touch(group, id);
    if (label) this.touch(label, id);
    old?.group.remove();
    old?.pill?.remove();
    edges.append(group);
    if (label) pills.append(label);
    this.drawn.set(id, { group, pill: label, entity: edge, key, at: "" });
  }

  /** Draws everything anew the next time: it is said in another language. */
  forget() {
    for (const { group, pill } of this.drawn.values()) {
      group.remove();
      pill?.remove();
    }
    this.drawn.clear();
  }

  /** The size on the screen. @param {number} scale */
  resize(scale) {
    this.svg.style.width = `${Math.round(this.width * scale)}px`;
    this.svg.style.height = `${Math.round(this.height * scale)}px`;
  }

  /** Lights a thing and its edges, or an edge and its ends; null for none. @param {string|null} id */
  light(id) {
    for (const element of this.svg.querySelectorAll(".mg-lit, .mg-near")) {
      element.classList.remove("mg-lit", "mg-near");
    }
    this.lit = id;
    if (id === null) return;
    this.drawn.get(id)?.group.classList.add("mg-lit");
    for (const other of this.scene.near.get(id) ?? []) this.drawn.get(other)?.group.classList.add("mg-near");
  }

  /** Marks the thing whose details are shown; null for none. @param {string|null} id */
  mark(id) {
    for (const marked of this.thingLayer.querySelectorAll("[aria-selected=true]")) {
      if (marked.getAttribute("data-id") !== id) marked.setAttribute("aria-selected", "false");
    }
    this.selected = id;
    if (id !== null) this.drawn.get(id)?.group.setAttribute("aria-selected", "true");
  }

  /** Where a thing is in the pixels of the drawing. @param {string} id @param {number} scale
   * @returns {Box|null} */
  screenBox(id, scale) {
    const box = this.scene.things.get(id)?.box;
    if (!box) return null;
    return { x: (box.x + MARGIN) * scale, y: (box.y + MARGIN) * scale, w: box.w * scale, h: box.h * scale };
  }

  /** Makes one thing the drawing's only tab stop. @param {string|null} id */
  holdAt(id) {
    if (id === null || !this.scene.things.has(id)) return;
    if (this.stop) this.drawn.get(this.stop)?.group.setAttribute("tabindex", "-1");
    this.stop = id;
    this.drawn.get(id)?.group.setAttribute("tabindex", "0");
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    const here = idAt(event);
    if (!here || event.altKey || event.ctrlKey || event.metaKey) return;
    const ids = [...this.scene.things.keys()];
    let next = null;
    if (event.key in ARROWS) next = neighbour(this.scene.things, here, ARROWS[event.key]);
    else if (event.key === "Home") next = ids[0];
    else if (event.key === "End") next = ids[ids.length - 1];
    else return;
    event.preventDefault();
    event.stopPropagation();
    if (!next) return;
    this.onGo(next);
    this.drawn.get(next)?.group.focus({ preventScroll: true });
  }
}

/** Sets an attribute that has changed: the browser lays out what is touched. @param {Element} element
 * @param {string} name @param {string} value */
function give(element, name, value) {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/** @param {Event} event @returns {string|null} */
function idAt(event) {
  return /** @type {Element} */ (event.target).closest("[data-id]")?.getAttribute("data-id") ?? null;
}
