// @ts-check
// Sentences are data (say.py): here they become text, in the language that the page speaks.

import MESSAGES from "../minigrad_widgets/messages.json" with { type: "json" };

/**
 * What can be said: a message of the table with its parts; several in a row, "a, b and c"; or what is the
 * same in every language.
 * @typedef {{say: string, [part: string]: any}} Say
 * @typedef {Say|string|number|any[]} Phrase
 * @typedef {"en"|"zh"} Language
 * @typedef {{text: string, part: string}} Piece
 */

/** @type {Record<string, Record<Language, string>>} */
const TABLE = MESSAGES;

const PART = /\{(\w+)\}/;

/** @type {Language} */
let spoken = "en";

/** The language that everything on this page is said in. @returns {Language} */
export function language() {
  return spoken;
}

/** @param {Language} next */
export function speak(next) {
  spoken = next;
}

/** A phrase as text. @param {Phrase} phrase @returns {string} */
export function wording(phrase) {
  return typeof phrase === "object" ? spell(phrase, "", []).map(({ text }) => text).join("") : String(phrase);
}

/** A message by its key. @param {string} key @param {Record<string, Phrase>} [parts] @returns {string} */
export function t(key, parts = {}) {
  return wording({ ...parts, say: key });
}

/** "1 tensor", "2 tensors". @param {"tensor"|"function"|"elsewhere"} what @param {number} count */
export function counted(what, count) {
  return t(`count.${what}.${count === 1 ? "one" : "many"}`, { count });
}

/** Whole sentences, one after the other. @param {Phrase[]} said @returns {string} */
export function sentences(said) {
  return said.map(wording).join(template("between sentences"));
}

/**
 * Whole sentences, piece by piece: what stands in a part of a message bears the part's name.
 * @param {Phrase[]} said @returns {Piece[]}
 */
export function pieces(said) {
  return said.flatMap((phrase, i) => {
    const spelled = spell(phrase, "", []);
    return i ? [{ text: template("between sentences"), part: "" }, ...spelled] : spelled;
  });
}

/** @param {Phrase} phrase @param {string} part the part that it is of @param {Piece[]} out */
function spell(phrase, part, out) {
  if (Array.isArray(phrase)) {
    const [comma, list] = [template("list.comma"), template("list")];
    const between = [...Array(Math.max(0, phrase.length - 2)).fill(comma), list.split(PART)[2]];
    phrase.forEach((one, i) => {
      if (i) out.push({ text: between[i - 1], part: "" });
      spell(one, part, out);
    });
  } else if (typeof phrase === "object") {
    // Between the words stand the names of the parts.
    template(phrase.say).split(PART).forEach((word, i) => {
      if (i % 2 === 0) {
        if (word) out.push({ text: word, part: "" });
      } else if (word in phrase) spell(phrase[word], word, out);
      else throw new Error(`the message "${phrase.say}" needs "${word}"`);
    });
  } else if (phrase !== "") out.push({ text: String(phrase), part });
  return out;
}

/** @param {string} key @returns {string} */
function template(key) {
  const message = TABLE[key];
  if (!message) throw new Error(`no message "${key}": the trace was made by another release`);
  return message[spoken];
}
