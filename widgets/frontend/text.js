// @ts-check
// Fitting text into the room it has.

/**
 * @typedef {{size: number, weight: number, mono: boolean}} Font
 * @typedef {(text: string, font: Font) => number} Measure
 */

/** The fonts of the drawings; the style sheet says the same. */
export const FONTS = {
  name: { size: 13, weight: 600, mono: false },
  small: { size: 11, weight: 400, mono: false },
  value: { size: 11, weight: 400, mono: true },
  badge: { size: 10, weight: 600, mono: false },
  title: { size: 12, weight: 600, mono: false },
  slot: { size: 10, weight: 400, mono: false },
  alert: { size: 11, weight: 600, mono: false },
  alarm: { size: 10, weight: 600, mono: false },
};

/**
 * The text, or as much of it as fits into `room` with an ellipsis; "" where not even that fits.
 * @param {string} text @param {number} room @param {Font} font @param {Measure} measure
 * @returns {string}
 */
export function fit(text, room, font, measure) {
  if (measure(text, font) <= room) return text;
  const letters = [...text];
  let [low, high] = [0, letters.length];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (measure(`${letters.slice(0, middle).join("")}…`, font) <= room) low = middle;
    else high = middle - 1;
  }
  return low ? `${letters.slice(0, low).join("")}…` : "";
}
