// @ts-check
// The panel before there is anything in it: every part in its place. `data-say` and `data-label` name the messages that
// are written there, again when the language changes.

import { h } from "./dom.js";
import { inspectorTree } from "./inspector.js";
import { languageTag } from "./language.js";
import { stepperTree } from "./stepper.js";
import { language, t } from "./words.js";

export function panelTree() {
  const button = (/** @type {string} */ view) =>
    h("button", { type: "button", "aria-pressed": "false", "data-view": view, "data-say": `panel.${view}` });
  const pane = (/** @type {string} */ side) =>
    h(
      "figure",
      { class: "mg-pane", "data-side": side },
      h(
        "figcaption",
        {},
        h("span", { "data-say": `panel.${side}` }),
        " ",
        h("small", { class: "mg-flows", "data-say": `panel.flows.${side}` }),
        h("small", { class: "mg-was", "data-say": "panel.was" }),
      ),
      h("div", { class: "mg-scroll" }),
    );
  return h(
    "section",
    { class: "mg", "data-label": "panel", tabindex: -1 },
    h(
      "header",
      { class: "mg-header" },
      h(
        "div",
        { class: "mg-switch", role: "group", "data-label": "panel.which" },
        button("both"),
        button("forward"),
        button("backward"),
      ),
      h("span", { class: "mg-title" }),
      h("span", { class: "mg-count" }),
      h("button", { type: "button", class: "mg-language", "data-say": "panel.language" }),
    ),
    h("p", { class: "mg-status", role: "status" }),
    h("p", { class: "mg-problem", role: "status", hidden: "" }),
    h("p", { class: "mg-blank", "data-say": "panel.blank" }),
    h("div", { class: "mg-twin" }, pane("forward"), pane("backward"), inspectorTree()),
    h(
      "div",
      { class: "mg-moment", hidden: "" },
      h(
        "div",
        { class: "mg-top" },
        h("p", { class: "mg-when" }),
        h("button", { type: "button", class: "mg-to-now", "data-say": "step.to now" }),
      ),
      h(
        "div",
        { class: "mg-sentence" },
        h("p", { class: "mg-say", "aria-live": "polite", "aria-atomic": "true" }),
      ),
    ),
    stepperTree(),
    h("div", { class: "mg-fault", "aria-live": "assertive" }),
  );
}

/** Writes the words of a panel in the language that is spoken. @param {HTMLElement} root */
export function labelPanel(root) {
  root.lang = languageTag();
  for (const element of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll("[data-say]"))) {
    element.textContent = t(element.dataset.say ?? "");
    if (element.classList.contains("mg-language")) element.lang = language() === "en" ? "zh-CN" : "en";
  }
  for (const element of [root, .../** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll("[data-label]"))]) {
    const { label = "", key } = element.dataset;
    const text = t(label);
    element.setAttribute("aria-label", text);
    if (element.matches("button, select")) element.title = key ? `${text} (${key})` : text;
  }
}
