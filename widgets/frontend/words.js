// @ts-check
// Sentences are data (say.py): here they become text, in the language that the page speaks.

import MESSAGES from "../minigrad_widgets/messages.json" with { type: "json" };

/**
 * What can be said: a message of the table with its parts; several in a row, "a, b and c"; or what is the
 * same in every language.
 * @typedef {{say: string, [part: string]: any}} Say
 * @typedef {Say|string|number|any[]} Phrase
 * @typedef {"en"|"zh"} Language
 */

/** @type {Record<string, Record<Language, string>>} */
const TABLE = MESSAGES;

const PART = /\{(\w+)\}/g;

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
  if (Array.isArray(phrase)) {
    const parts = phrase.map(wording);
    const last = parts.pop() ?? "";
    return parts.length ? fill("list", { first: parts.join(template("list.comma")), last }) : last;
  }
  return typeof phrase === "object" ? fill(phrase.say, phrase) : String(phrase);
}

/** A message by its key. @param {string} key @param {Record<string, Phrase>} [parts] @returns {string} */
export function t(key, parts = {}) {
  return fill(key, parts);
}

/** Whole sentences, one after the other. @param {Phrase[]} said @returns {string} */
export function sentences(said) {
  return said.map(wording).join(template("between sentences"));
}

/** @param {string} key @param {Record<string, Phrase>} parts @returns {string} */
function fill(key, parts) {
  return template(key).replace(PART, (_, name) => {
    if (!(name in parts)) throw new Error(`the message "${key}" needs "${name}"`);
    return wording(parts[name]);
  });
}

/** @param {string} key @returns {string} */
function template(key) {
  const message = TABLE[key];
  if (!message) throw new Error(`no message "${key}": the trace was made by another release`);
  return message[spoken];
}
