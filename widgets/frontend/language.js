// @ts-check
// The language of the page: what the reader chose last, else what the page or the browser speaks.

import { language, speak } from "./words.js";

/** @typedef {import("./words.js").Language} Language */

const KEY = "minigrad_widgets.language";
const CHOSEN = "minigrad_widgets:language";
/** @type {Record<Language, string>} */
const TAGS = { en: "en", zh: "zh-CN" };

/** What browsers and screen readers call the language that is spoken. @returns {string} */
export function languageTag() {
  return TAGS[language()];
}

/** Chinese where the reader chose it, or has chosen nothing and the page or the browser is Chinese.
 * @param {string|null} chosen @param {string} page @param {readonly string[]} browser @returns {Language} */
export function firstLanguage(chosen, page, browser) {
  if (chosen === "en" || chosen === "zh") return chosen;
  return [page, browser[0] ?? ""].some((tag) => /^zh\b/i.test(tag)) ? "zh" : "en";
}

/** Speaks the language that the page begins with. */
export function beginToSpeak() {
  speak(firstLanguage(recall(), document.documentElement.lang, navigator.languages));
}

/** Chooses a language for every view on the page, and for the next time. @param {Language} next */
export function choose(next) {
  try {
    localStorage.setItem(KEY, next);
  } catch {
    // A page may not let us remember: then it is for this visit.
  }
  window.dispatchEvent(new CustomEvent(CHOSEN, { detail: next }));
}

/**
 * Tells of a choice, in whichever view it was made: each has loaded this module for itself.
 * @param {() => void} changed @returns {() => void} ends it
 */
export function onLanguage(changed) {
  const hear = (/** @type {Event} */ event) => {
    speak(/** @type {CustomEvent} */ (event).detail);
    changed();
  };
  window.addEventListener(CHOSEN, hear);
  return () => window.removeEventListener(CHOSEN, hear);
}

/** @returns {string|null} */
function recall() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}
