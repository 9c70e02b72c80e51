// @ts-check
// A cure goes to the clipboard, also where the page may not write there itself.

import { t } from "./words.js";

const SHOWN = 1600; // milliseconds for which a button says that it has done so

/** Lets the buttons of a place that stand beside code copy it. @param {HTMLElement} place */
export function copyCures(place) {
  place.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest(".mg-copy") : null;
    const code = button?.parentElement?.querySelector("code")?.textContent;
    if (button && code) copy(code).then(() => say(button));
  });
}

/** @param {Element} button */
function say(button) {
  button.textContent = t("error.copied");
  setTimeout(() => {
    button.textContent = t("error.copy");
  }, SHOWN);
}

/** @param {string} text @returns {Promise<void>} */
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    copySelected(text); // no permission, or no secure page
  }
}

/** @param {string} text */
function copySelected(text) {
  const area = document.createElement("textarea");
  area.value = text;
  area.style.position = "fixed";
  area.style.opacity = "0";
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}
