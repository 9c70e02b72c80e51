// @ts-check
// The edge to the browser: plain trees become elements. Text is only ever set as text, never as markup.

/**
 * @typedef {{tag: string, attrs: Record<string, string|number|null>, children: (Tree|string)[]}} Tree
 */

const SVG = "http://www.w3.org/2000/svg";

/**
 * A piece of a picture or page as plain data; attributes that are null are left out.
 * @param {string} tag @param {Record<string, string|number|null>} attrs
 * @param {...(Tree|string|null)} children @returns {Tree}
 */
export function h(tag, attrs, ...children) {
  return { tag, attrs, children: /** @type {(Tree|string)[]} */ (children.filter((c) => c !== null)) };
}

/** The words of a tree, in order. @param {Tree|string} tree @returns {string} */
function textOf(tree) {
  return typeof tree === "string" ? tree : tree.children.map(textOf).join(" ");
}

/** @param {Tree} tree @param {boolean} [svg] @returns {Element} */
export function build(tree, svg = tree.tag === "svg") {
  const element = svg ? document.createElementNS(SVG, tree.tag) : document.createElement(tree.tag);
  for (const [name, value] of Object.entries(tree.attrs)) {
    // A page's policy may forbid styles in attributes, but not to set them.
    if (name.startsWith("--")) /** @type {HTMLElement} */ (element).style.setProperty(name, String(value));
    else if (value !== null) element.setAttribute(name, String(value));
  }
  for (const child of tree.children) {
    if (typeof child === "string") element.append(child);
    else element.append(build(child, svg || child.tag === "svg"));
  }
  return element;
}

/** @param {Tree} tree @returns {SVGElement} */
export function buildSvg(tree) {
  return /** @type {SVGElement} */ (build(tree, true));
}

/** @param {Tree} tree @returns {HTMLElement} */
export function buildHtml(tree) {
  return /** @type {HTMLElement} */ (build(tree, false));
}

/**
 * Measures text in the fonts that the page really uses.
 * @param {HTMLElement} root @returns {import("./text.js").Measure}
 */
export function measurer(root) {
  const style = getComputedStyle(root);
  const families = {
    sans: style.getPropertyValue("--mg-sans").trim() || "sans-serif",
    mono: style.getPropertyValue("--mg-mono").trim() || "monospace",
  };
  const context = /** @type {CanvasRenderingContext2D} */ (
    document.createElement("canvas").getContext("2d")
  );
  /** @type {Map<string, number>} */
  const known = new Map();
  return (text, font) => {
    const key = `${font.weight} ${font.size} ${font.mono} ${text}`;
    let width = known.get(key);
    if (width === undefined) {
      context.font = `${font.weight} ${font.size}px ${font.mono ? families.mono : families.sans}`;
      width = context.measureText(text).width;
      if (known.size > 5000) known.clear();
      known.set(key, width);
    }
    return width;
  };
}
