// The fixtures that Python's tests read too (tests/fixtures/make.py), and the ruler with which texts are measured there.

import { readFileSync } from "node:fs";

const FOLDER = new URL("../fixtures/", import.meta.url);

export const NAMES = ["worked", "version_error", "ghost_and_cuts", "hooks_and_retained", "far_saved", "unseen"];

/** @param {string} name */
export const read = (name) => JSON.parse(readFileSync(new URL(`${name}.json`, FOLDER), "utf8"));

/** A width that any language can work out. */
export const ruler = (text, font) =>
  [...text].length * font.size * (font.mono || font.weight > 400 ? 0.6 : 0.5);

/** The texts that a tree draws, in order. */
export function drawnTexts(tree) {
  if (typeof tree === "string" || tree.tag === "title") return [];
  if (tree.tag === "text") return [words(tree)];
  return tree.children.flatMap(drawnTexts);
}

/** All words of a tree, as they stand. */
export function words(tree) {
  return typeof tree === "string" ? tree : tree.children.map(words).join("");
}

/** The parts of a tree with this tag. */
export function parts(tree, tag) {
  if (typeof tree === "string") return [];
  return [...(tree.tag === tag ? [tree] : []), ...tree.children.flatMap((child) => parts(child, tag))];
}
