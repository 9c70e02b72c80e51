// @ts-check
// One of the two drawings: keeps an SVG in step with a moment of the trace and its layout.

import { cardTree, cardWords } from "./card.js";
import { buildSvg, h } from "./dom.js";
import { edgeLine, edgeMessages, edgeTree, pillTree } from "./edge.js";
import { functionBox, functionTree, functionWords } from "./function.js";
import { BoxIndex, neighbour, pathPoints } from "./geometry.js";

/**
 * @typedef {import("./model.js").Moment} Moment
 * @typedef {import("./model.js").Layout} Layout
 * @typedef {import("./text.js").Measure} Measure
 * @typedef {import("./geometry.js").Box} Box
 * @typedef {import("./geometry.js").Point} Point
 * @typedef {import("./card.js").Side} Side
 * @typedef {{group: SVGElement, key: string}} Drawn
 */

const MARGIN = 14;
const MOST_GLIDING = 300;
/** @type {Record<string, "up"|"down"|"left"|"right">} */
const ARROWS = { ArrowUp: "up", ArrowDown: "down", ArrowLeft: "left", ArrowRight: "right" };

export class Drawing {
  /**
   * @param {Side} side @param {Measure} measure
   * @param {(id: string|null) => void} onPoint called with the thing that the learner points at
   */
  constructor(side, measure, onPoint) {
    this.side = side;
    this.measure = measure;
    /** @type {Map<string, Drawn>} */
    this.things = new Map();
    /** @type {Map<string, Drawn>} */
    this.edges = new Map();
    /** @type {Map<string, Box>} what is drawn, in the layout's units */
    this.boxes = new Map();
    /** @type {Map<string, Set<string>>} a thing's edges, an edge's ends */
    this.near = new Map();
    /** @type {Element[]} */
    this.lit = [];
    this.width = 0;
    this.height = 0;
    this.svg = buildSvg(h("svg", { class: "mg-svg", role: "tree" }));
    this.layers = ["edges", "pills", "things"].map((name) =>
      this.svg.appendChild(buildSvg(h("g", { class: `mg-layer-${name}` }))),
    );
    this.svg.addEventListener("pointerover", (event) => onPoint(idAt(event)));
    this.svg.addEventListener("pointerleave", () => onPoint(null));
    this.svg.addEventListener("focusin", (event) => {
      const id = idAt(event);
      onPoint(id);
      if (id) this.hold(id);
    });
    this.svg.addEventListener("focusout", () => onPoint(null));
    this.svg.addEventListener("keydown", (event) => this.onKey(/** @type {KeyboardEvent} */ (event)));
  }

  /** @param {Moment} moment @param {Layout} layout @param {boolean} glide */
  update(moment, layout, glide) {
    this.width = layout.width + 2 * MARGIN;
    this.height = layout.height + 2 * MARGIN;
    this.svg.setAttribute("viewBox", `${-MARGIN} ${-MARGIN} ${this.width} ${this.height}`);
    this.svg.classList.toggle("mg-glide", glide && this.things.size > 0 && this.things.size < MOST_GLIDING);
    this.updateThings(moment, layout);
    this.updateEdges(moment, layout);
    const tensors = [...moment.tensors.keys()].filter((id) => this.things.has(id)).length;
    const functions = this.things.size - tensors;
    const name = this.side === "forward" ? "Forward graph" : "Backward graph";
    this.svg.setAttribute("aria-label", `${name}: ${tensors} tensors, ${functions} functions`);
  }

  /** @param {Moment} moment @param {Layout} layout */
  updateThings(moment, layout) {
    const seen = new Set();
    const fresh = document.createDocumentFragment();
    this.boxes = new Map();
    for (const [entities, isCard] of /** @type {const} */ ([[moment.tensors, true], [moment.functions, false]])) {
      for (const entity of entities.values()) {
        const place = layout.nodes[entity.id];
        if (!entity.shown || !place) continue;
        const [x, y, w, height] = place;
        seen.add(entity.id);
        const box = isCard
          ? { x, y, w, h: height }
          : functionBox(/** @type {any} */ (entity), this.side, { x, y, w, h: height }, this.measure);
        this.boxes.set(entity.id, box);
        const key = `${box.w} ${box.h} ${JSON.stringify(entity)}`;
        let drawn = this.things.get(entity.id);
        if (!drawn || drawn.key !== key) {
          const tree = isCard
            ? cardTree(/** @type {any} */ (entity), this.side, box.w, box.h, this.measure)
            : functionTree(/** @type {any} */ (entity), this.side, box, this.measure);
          const words = isCard
            ? cardWords(/** @type {any} */ (entity))
            : functionWords(/** @type {any} */ (entity));
          if (!drawn) {
            const group = buildSvg(
              h("g", { class: "mg-thing mg-fresh", role: "treeitem", tabindex: -1, "data-id": entity.id }),
            );
            drawn = { group, key };
            this.things.set(entity.id, drawn);
            fresh.append(group);
          }
          drawn.key = key;
          drawn.group.setAttribute("aria-label", words);
          drawn.group.replaceChildren(buildSvg(tree));
        }
        drawn.group.style.transform = `translate(${box.x}px, ${box.y}px)`;
      }
    }
    drop(this.things, seen);
    this.layers[2].append(fresh);
    if (!this.svg.querySelector('.mg-thing[tabindex="0"]')) {
      this.layers[2].querySelector(".mg-thing")?.setAttribute("tabindex", "0");
    }
  }

  /** @param {Moment} moment @param {Layout} layout */
  updateEdges(moment, layout) {
    const messages = edgeMessages(moment, this.side);
    const taken = new BoxIndex();
    for (const box of this.boxes.values()) taken.add(box);
    /** @type {[import("./model.js").Edge, Point[]][]} */
    const labelled = [];
    const seen = new Set();
    const fresh = document.createDocumentFragment();
    this.near = new Map();
    for (const edge of moment.edges.values()) {
      const d = layout.edges[edge.id];
      const [source, target] = [this.boxes.get(edge.source), this.boxes.get(edge.target)];
      const message = messages.get(edge.id);
      if (!edge.shown || !d || !source || !target || !message) continue;
      seen.add(edge.id);
      for (const end of [edge.source, edge.target]) {
        join(this.near, end, edge.id);
        join(this.near, edge.id, end);
      }
      const points = edgeLine(pathPoints(d), this.side, source, target);
      if (message.pill) labelled.push([edge, points]);
      const key = `${points} ${JSON.stringify(edge)} ${JSON.stringify(message)}`;
      const old = this.edges.get(edge.id);
      if (old && old.key === key) continue;
      const group = buildSvg(edgeTree(edge, this.side, message, points));
      if (!old?.key.startsWith(`${points} `)) group.classList.add("mg-fresh");
      if (old) old.group.replaceWith(group);
      else fresh.append(group);
      this.edges.set(edge.id, { group, key });
    }
    drop(this.edges, seen);
    this.layers[0].append(fresh);
    const pills = labelled.map(([edge, points]) => {
      const tree = pillTree(edge, /** @type {any} */ (messages.get(edge.id)), points, taken, this.measure);
      return tree ? [buildSvg(tree)] : [];
    });
    this.layers[1].replaceChildren(...pills.flat());
  }

  /** The size on the screen. @param {number} scale */
  resize(scale) {
    this.svg.style.width = `${Math.round(this.width * scale)}px`;
    this.svg.style.height = `${Math.round(this.height * scale)}px`;
  }

  /** Lights a thing and its edges, or an edge and its ends; null for none. @param {string|null} id */
  light(id) {
    for (const element of this.lit) element.classList.remove("mg-lit", "mg-near");
    this.lit = [];
    if (id === null) return;
    const mark = (/** @type {string} */ other, /** @type {string} */ name) => {
      const drawn = this.things.get(other) ?? this.edges.get(other);
      if (!drawn) return;
      drawn.group.classList.add(name);
      this.lit.push(drawn.group);
    };
    mark(id, "mg-lit");
    for (const other of this.near.get(id) ?? []) mark(other, "mg-near");
  }

  /** Marks what the last step was about. @param {string[]} ids */
  mark(ids) {
    const marked = new Set(ids);
    for (const [id, { group }] of [...this.things, ...this.edges]) {
      group.classList.toggle("mg-about", marked.has(id));
    }
  }

  /** Where a thing is on the screen, in pixels of the drawing. @param {string} id @param {number} scale
   * @returns {Box|null} */
  screenBox(id, scale) {
    const box = this.boxes.get(id);
    if (!box) return null;
    return { x: (box.x + MARGIN) * scale, y: (box.y + MARGIN) * scale, w: box.w * scale, h: box.h * scale };
  }

  /** Makes one thing the drawing's tab stop. @param {string} id */
  hold(id) {
    this.svg.querySelector('.mg-thing[tabindex="0"]')?.setAttribute("tabindex", "-1");
    this.things.get(id)?.group.setAttribute("tabindex", "0");
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    const here = idAt(event);
    if (!here || event.altKey || event.ctrlKey || event.metaKey) return;
    const ids = [...this.boxes.keys()];
    let next = null;
    if (event.key in ARROWS) next = neighbour(this.boxes, here, ARROWS[event.key]);
    else if (event.key === "Home") next = ids[0];
    else if (event.key === "End") next = ids[ids.length - 1];
    else return;
    event.preventDefault();
    event.stopPropagation();
    const group = next && this.things.get(next)?.group;
    if (group) {
      group.focus({ preventScroll: true });
      group.scrollIntoView({ block: "nearest", inline: "nearest" });
    }
  }
}

/** @param {Event} event @returns {string|null} */
function idAt(event) {
  return /** @type {Element} */ (event.target).closest("[data-id]")?.getAttribute("data-id") ?? null;
}

/** @param {Map<string, Drawn>} drawn @param {Set<string>} keep */
function drop(drawn, keep) {
  for (const [id, { group }] of drawn) {
    if (keep.has(id)) continue;
    group.remove();
    drawn.delete(id);
  }
}

/** @param {Map<string, Set<string>>} sets @param {string} key @param {string} value */
function join(sets, key, value) {
  const set = sets.get(key);
  if (set) set.add(value);
  else sets.set(key, new Set([value]));
}
