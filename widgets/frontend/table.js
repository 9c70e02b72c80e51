// @ts-check
// Numbers as a table with shading: a vector in a row, a matrix as it is, more dimensions slice by slice. Pure.

import { h } from "./dom.js";
import { shapeText } from "./model.js";
import { t } from "./words.js";

/**
 * @typedef {import("./model.js").Value} Value
 * @typedef {import("./dom.js").Tree} Tree
 * @typedef {number|boolean|string} Entry
 */

const DIGITS = 4;
const MOST_SLICES = 16;
const MOST_COLUMNS = 64;

/** One number as Python prints it, to four digits. @param {Entry} entry @returns {string} */
export function numberText(entry) {
  if (typeof entry === "string") return entry;
  if (typeof entry === "boolean") return entry ? "True" : "False";
  if (Object.is(entry, -0)) return "-0";
  if (Number.isInteger(entry) && Math.abs(entry) < 1e6) return String(entry);
  const size = Math.abs(entry);
  if (size >= 1e6 || size < 1e-4) {
    const [mantissa, exponent] = entry.toExponential(DIGITS - 1).split("e");
    return `${Number(mantissa)}e${Number(exponent)}`;
  }
  return String(Number(entry.toPrecision(DIGITS)));
}

/** How strong the shade of each number is, -1 to 1: its share of the largest. @param {Entry[]} numbers */
export function shades(numbers) {
  const sizes = numbers.map((n) => (typeof n === "string" ? 0 : Number(n)));
  const largest = Math.max(...sizes.map(Math.abs), 0);
  return sizes.map((size) => (largest ? size / largest : 0));
}

/**
 * The rows of the numbers that are known, slice by slice: each slice is named by its first indices.
 * @param {number[]} shape @param {number} known how many numbers, in row-major order
 * @returns {{name: string, rows: number[][]}[]} the rows hold positions in the list of numbers
 */
export function slices(shape, known) {
  const columns = shape.length ? shape[shape.length - 1] : 1;
  const lines = shape.length > 1 ? shape[shape.length - 2] : 1;
  const outer = shape.slice(0, -2);
  const found = [];
  for (let start = 0; start < known && found.length < MOST_SLICES; start += lines * columns) {
    let rest = start / (lines * columns);
    const indices = [...outer].reverse().map((size) => {
      const index = rest % size;
      rest = Math.floor(rest / size);
      return index;
    });
    const rows = [];
    for (let row = start; row < Math.min(known, start + lines * columns); row += columns) {
      const end = Math.min(known, row + Math.min(columns, MOST_COLUMNS));
      rows.push(Array.from({ length: end - row }, (_, i) => row + i));
    }
    const name = outer.length ? `[${[...indices.reverse(), ":", ":"].join(", ")}]` : "";
    found.push({ name, rows });
  }
  return found;
}

/** A value as a table; what is not in it is said. @param {Value} value @param {string} name @returns {Tree} */
export function tableTree({ shape, numbers, complete }, name) {
  const size = shape.reduce((product, n) => product * n, 1);
  const shade = shades(numbers);
  const cell = (/** @type {number} */ i) =>
    h(
      "td",
      { "--mg-shade": Math.abs(shade[i]).toFixed(2), class: shade[i] < 0 ? "mg-minus" : null },
      numberText(numbers[i]),
    );
  const parts = slices(shape, numbers.length);
  const drawn = parts.reduce((sum, { rows }) => sum + rows.reduce((n, row) => n + row.length, 0), 0);
  const head = (/** @type {number} */ columns) =>
    h("tr", {}, h("td", {}), ...Array.from({ length: columns }, (_, i) => h("th", { scope: "col" }, String(i))));
  return h(
    "div",
    { class: "mg-numbers", tabindex: 0 },
    ...parts.map((part) =>
      h(
        "table",
        { "aria-label": `${name} ${part.name || shapeText(shape)}` },
        part.name ? h("caption", {}, part.name) : null,
        shape.length ? h("thead", {}, head(part.rows[0].length)) : null,
        h(
          "tbody",
          {},
          ...part.rows.map((row, i) =>
            h("tr", {}, shape.length > 1 ? h("th", { scope: "row" }, String(i)) : h("td", {}), ...row.map(cell)),
          ),
        ),
      ),
    ),
    !complete || drawn < size ? h("p", { class: "mg-soft" }, t("table.first", { count: drawn, size })) : null,
  );
}
