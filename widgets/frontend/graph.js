// @ts-check
// One of the two drawings: keeps an SVG in step with a moment of the trace and its layout.

import { cardTree, cardWords } from "./card.js";
import { buildSvg, h } from "./dom.js";
import { edgeTree, pillTree } from "./edge.js";
import { functionTree, functionWords } from "./function.js";
import { boxesText, neighbour, overlap } from "./geometry.js";
import { frameTree, groupTree, groupWords, headTree } from "./group.js";
import { counted, t } from "./words.js";

/**
 * @typedef {import("./text.js").Measure} Measure
 * @typedef {import("./geometry.js").Box} Box
 * @typedef {import("./card.js").Side} Side
 * @typedef {import("./scene.js").Thing} Thing
 * @typedef {import("./scene.js").Line} Line
 * @typedef {import("./scene.js").Scene} Scene
 * @typedef {{group: SVGElement, pill: SVGElement|null, entity: object, key: string,
 *   at: string}} Drawn
 */

const MARGIN = 8;
const MANY = 120; // things: a larger graph is drawn only where it is looked at, and does not glide
const TOGGLES = ["Enter", " ", "+", "-"];
/** @type {Record<string, "up"|"down"|"left"|"right">} */
const ARROWS = { ArrowUp: "up", ArrowDown: "down", ArrowLeft: "left", ArrowRight: "right" };

export class Drawing {
  /**
   * @param {Side} side @param {Measure} measure
   * @param {(id: string|null) => void} onPoint called with the thing that the learner points at
   * @param {(id: string) => void} onGo called to bring a thing into view
   * @param {(id: string) => void} onToggle called to open or close a group
   */
  constructor(side, measure, onPoint, onGo, onToggle) {
    this.side = side;
    this.measure = measure;
    this.onGo = onGo;
    this.onToggle = onToggle;
    /** @type {Scene} */
    this.scene = { side, width: 0, height: 0, things: new Map(), lines: new Map(), near: new Map(), future: [] };
    /** @type {Map<string, Drawn>} */
    this.drawn = new Map();
    /** @type {string|null} */
    this.lit = null;
    /** @type {Set<string>} the way to where the error that stands began */
    this.path = new Set();
    /** @type {Map<string, Set<string>>} what the step touched, by id */
    this.touched = new Map();
    /** @type {string|null} */
    this.selected = null;
    /** @type {string|null} the drawing's tab stop */
    this.stop = null;
    this.svg = buildSvg(h("svg", { class: "mg-svg", role: "tree" }));
    this.future = this.svg.appendChild(buildSvg(h("path", { class: "mg-future" })));
    this.frameLayer = this.svg.appendChild(buildSvg(h("g", {})));
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
    this.svg.addEventListener("click", (event) => {
      const group = /** @type {Element} */ (event.target).closest("[data-toggle]")?.getAttribute("data-toggle");
      if (!group) return;
      onToggle(group);
      this.drawn.get(group)?.group.focus({ preventScroll: true }); // what was clicked may be gone
    });
  }

  get width() {
    return this.scene.width + 2 * MARGIN;
  }

  get height() {
    return this.scene.height + 2 * MARGIN;
  }

  /** Takes a scene; `paint` draws it. @param {Scene} scene @param {Map<string, Set<string>>} touched by its
   * step @param {Set<string>} path to where the error that stands began @param {boolean} glide */
  update(scene, touched, path, glide) {
    this.svg.classList.toggle("mg-glide", glide && this.drawn.size > 0 && this.drawn.size <= 3 * MANY);
    this.scene = scene;
    this.touched = touched;
    this.path = path;
    give(this.future, "d", boxesText(scene.future));
    give(this.svg, "viewBox", `${-MARGIN} ${-MARGIN} ${this.width} ${this.height}`);
    give(this.svg, "aria-label", drawingWords(scene));
    if (this.stop === null || !scene.things.has(this.stop)) this.stop = scene.things.keys().next().value ?? null;
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
    const [frames, things, edges, pills] = [0, 0, 0, 0].map(() => document.createDocumentFragment());
    for (const thing of this.scene.things.values()) {
      if (!whole && !overlap(view, thing.box)) continue;
      seen.add(thing.id);
      this.paintThing(thing, thing.open ? frames : things);
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
    this.frameLayer.append(frames);
    this.edgeLayer.append(edges);
    this.pillLayer.append(pills);
    this.thingLayer.append(things);
    this.light(this.lit);
    this.mark(this.selected);
  }

  /** @param {Thing} thing @param {DocumentFragment} fresh where a new one goes */
  paintThing(thing, fresh) {
    const { id, box } = thing;
    const entity = /** @type {object} */ (thing.tensor ?? thing.func ?? thing.state);
    let drawn = this.drawn.get(id);
    if (drawn && drawn.group.getAttribute("aria-expanded") !== expanded(thing)) {
      drawn.group.remove(); // a box that becomes a frame goes to another layer
      drawn.pill?.remove();
      drawn = undefined;
    }
    const key = drawn?.entity === entity ? drawn.key : JSON.stringify(entity);
    const sized = `${box.w} ${box.h} `;
    if (!drawn) {
      const attributes = { role: "treeitem", "aria-expanded": expanded(thing), "data-id": id };
      const group = buildSvg(h("g", { class: "mg-thing mg-fresh", ...attributes }));
      drawn = { group, pill: null, entity, key: "", at: "" };
      this.drawn.set(id, drawn);
      fresh.append(group);
    }
    if (drawn.key !== key || drawn.group.dataset.size !== sized) {
      const [tree, words] = this.picture(thing);
      drawn.group.setAttribute("aria-label", words);
      drawn.group.setAttribute("aria-level", String(thing.depth + 1));
      drawn.group.replaceChildren(buildSvg(tree));
      if (thing.group && thing.state && thing.open) {
        drawn.pill?.remove();
        const head = headTree(thing.group, thing.state, box.w, this.measure);
        drawn.pill = buildSvg(h("g", { class: "mg-over", "data-id": id, "aria-hidden": "true" }, head));
        this.pillLayer.append(drawn.pill);
      }
    }
    drawn.entity = entity;
    drawn.key = key;
    give(drawn.group, "data-size", sized);
    const at = `translate(${box.x}px, ${box.y}px)`;
    if (drawn.at !== at) drawn.group.style.transform = drawn.at = at;
    if (drawn.pill && drawn.pill.style.transform !== at) drawn.pill.style.transform = at;
    give(drawn.group, "tabindex", id === this.stop ? "0" : "-1");
    this.touch(drawn.group, id);
  }

  /** Marks what the step touched, and which of its fields. @param {SVGElement} group @param {string} id */
  touch(group, id) {
    const fields = this.touched.get(id);
    const onPath = this.path.has(id);
    if (onPath !== group.classList.contains("mg-path")) group.classList.toggle("mg-path", onPath);
    if (fields === undefined && !group.classList.contains("mg-about")) return;
    group.classList.toggle("mg-about", fields !== undefined);
    if (fields?.size) give(group, "data-changed", [...fields].join(" "));
    else group.removeAttribute("data-changed");
  }

  /** A thing as a tree, and in words. @param {Thing} thing
   * @returns {[import("./dom.js").Tree, string]} */
  picture({ tensor, func, group, state, open, box }) {
    const { side, measure } = this;
    if (tensor) return [cardTree(tensor, side, box.w, box.h, measure), cardWords(tensor)];
    if (func) return [functionTree(func, side, box, measure), functionWords(func)];
    if (!group || !state) throw new Error("a thing is a tensor, a function or a group");
    const tree = open
      ? frameTree(state, box.w, box.h)
      : groupTree(group, state, side, box.w, box.h, measure);
    return [tree, groupWords(group, state, open)];
  }

  /** @param {Line} line @param {DocumentFragment} edges @param {DocumentFragment} pills */
  paintLine(line, edges, pills) {
    const { id, points, message, pill, joins } = line;
    const old = this.drawn.get(id);
    if (old?.entity === line) return; // the learner scrolls
    const path = points.join(" ");
    const key = `${path} ${JSON.stringify([message, pill, joins])}`;
    if (old?.key === key) {
      old.entity = line;
      this.touch(old.group, id);
      if (old.pill) this.touch(old.pill, id);
      return;
    }
    const group = buildSvg(edgeTree(id, this.side, message, points, joins));
    const label = pill ? buildSvg(pillTree(id, message, pill, this.measure)) : null;
    if (!old?.key.startsWith(`${path} `)) group.classList.add("mg-fresh");
    this.touch(group, id);
    if (label) this.touch(label, id);
    old?.group.remove();
    old?.pill?.remove();
    edges.append(group);
    if (label) pills.append(label);
    this.drawn.set(id, { group, pill: label, entity: line, key, at: "" });
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
    if (TOGGLES.includes(event.key)) {
      const group = this.scene.things.get(here);
      if (!group?.group || (event.key === "+" && group.open) || (event.key === "-" && !group.open)) return;
      event.preventDefault();
      event.stopPropagation();
      this.onToggle(here);
      this.drawn.get(here)?.group.focus({ preventScroll: true });
      return;
    }
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

/** @param {Thing} thing @returns {string|null} */
function expanded({ group, open }) {
  return group ? String(open) : null;
}

/** What a drawing shows, and what the boxes in it hide. @param {Scene} scene */
function drawingWords({ side, things }) {
  const shown = { tensors: 0, functions: 0 };
  const hidden = { tensors: 0, functions: 0 };
  for (const { tensor, func, state, open } of things.values()) {
    if (tensor) shown.tensors++;
    else if (func) shown.functions++;
    else if (state && !open) {
      hidden.tensors += state.tensors;
      hidden.functions += state.functions;
    }
  }
  const words = (/** @type {typeof shown} */ { tensors, functions }) => ({
    tensors: counted("tensor", tensors),
    functions: counted("function", functions),
  });
  const name = t(`drawing.${side}`, words(shown));
  return hidden.tensors + hidden.functions ? t("drawing.hidden", { name, ...words(hidden) }) : name;
}

/** @param {Event} event @returns {string|null} */
function idAt(event) {
  return /** @type {Element} */ (event.target).closest("[data-id]")?.getAttribute("data-id") ?? null;
}
