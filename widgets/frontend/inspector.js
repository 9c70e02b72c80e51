// @ts-check
// The sheet with the details of the thing that the learner has selected: opens, follows the steps, closes.

import { build, h } from "./dom.js";
import { detailsTrees, titleOf } from "./details.js";
import { closeIcon } from "./icons.js";
import { t } from "./words.js";

/**
 * @typedef {import("./model.js").Moment} Moment
 * @typedef {import("./card.js").Side} Side
 */

/** The place for it, beside the drawings; `labelPanel` writes the words. */
export function inspectorTree() {
  return h(
    "aside",
    { class: "mg-details", hidden: "" },
    h("h3", { tabindex: -1 }),
    h("button", { type: "button", class: "mg-close", "data-label": "details.close" }, closeIcon()),
    h("div", { class: "mg-about-it" }),
  );
}

export class Inspector {
  /**
   * @param {HTMLElement} root @param {(id: string|null, focus: boolean) => void} onSelect called to show another
   * thing, or none; `focus` to move the keyboard along
   * @param {(step: number) => void} onStep called to show a step
   */
  constructor(root, onSelect, onStep) {
    this.root = root;
    /** @type {string|null} */
    this.id = null;
    /** @type {Side} the drawing in which it was selected */
    this.side = "forward";
    this.heading = /** @type {HTMLElement} */ (root.querySelector("h3"));
    this.body = /** @type {HTMLElement} */ (root.querySelector(".mg-about-it"));
    root.addEventListener("click", (event) => {
      const button = /** @type {Element} */ (event.target).closest("button");
      if (!button) return;
      const { select, step } = button.dataset;
      if (select) onSelect(select, true);
      else if (step) onStep(Number(step));
      else onSelect(null, true);
    });
  }

  /**
   * Shows a thing; over the other drawing, so that the one in which it was selected stays in sight.
   * @param {string} id @param {Side|null} side in which it was selected, null for where it is now
   */
  open(id, side) {
    this.id = id;
    this.root.hidden = false;
    this.root.scrollTop = 0;
    this.side = side ?? this.side;
    this.root.dataset.over = this.side === "forward" ? "backward" : "forward";
  }

  close() {
    this.id = null;
    this.root.hidden = true;
    this.body.replaceChildren();
  }

  /** Says what there is to say at a moment. @param {Moment} moment */
  show(moment) {
    if (this.id === null) return;
    const name = titleOf(moment, this.id);
    const focused = /** @type {HTMLElement|null} */ (this.body.contains(document.activeElement) ? document.activeElement : null);
    this.heading.textContent = name;
    this.root.setAttribute("aria-label", t("details", { name }));
    this.body.replaceChildren(...detailsTrees(moment, this.id).map((tree) => build(tree)));
    // A button that has just been pressed is a new one now.
    if (focused) (this.sameButton(focused) ?? this.heading).focus();
  }

  /** @param {HTMLElement} old @returns {HTMLElement|undefined} */
  sameButton({ dataset: { select, step } }) {
    /** @type {HTMLElement[]} */
    const buttons = [...this.body.querySelectorAll("button")];
    return buttons.find(({ dataset }) => dataset.select === select && dataset.step === step);
  }
}
