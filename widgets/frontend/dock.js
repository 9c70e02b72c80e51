// @ts-check
// In JupyterLab the graph lives in a panel beside the notebook, and one line stays in the cell.
//
// The kernel cannot know where its output is shown, so the page asks: a view that finds itself inside a
// JupyterLab notebook sends {do: "dock"}, and the kernel opens a Sidecar with a second view of the same
// model. The trait `dock` remembers what was asked: "wanted", "open", "closed" (by the learner).

import { buildHtml, h } from "./dom.js";
import { beginToSpeak, languageTag, onLanguage } from "./language.js";
import { t } from "./words.js";

/**
 * @typedef {import("./connection.js").Model} Model
 * @typedef {{alive: boolean, close: () => Promise<void>}} Docked
 * @typedef {{docked: Set<Docked>, changed: Set<() => void>}} Docks
 */

const PATIENCE = 8000; // milliseconds until a panel that did not come counts as not coming

/** Whether an element is in a notebook of JupyterLab. Voila has JupyterLab's shell, too, and no notebook in it.
 * @param {Element} el @returns {boolean} */
export function inLab(el) {
  return el.closest(".jp-LabShell .jp-Notebook") !== null;
}

/** The panel that a view sits in, or the whole of a saved page, if it does. @param {Element} el @returns {HTMLElement|null} */
export function panelOf(el) {
  return el.closest(".jupyterlab-sidecar, .mg-place");
}

/**
 * The docked views of one notebook. Every model evaluates this module anew, so the page keeps the list.
 * @param {Model} model @returns {Docks}
 */
function docksOf(model) {
  const page = /** @type {any} */ (globalThis);
  const key = Symbol.for("minigrad_widgets.docks");
  page[key] ??= new WeakMap();
  const owner = model.widget_manager ?? page;
  if (!page[key].has(owner)) page[key].set(owner, { docked: new Set(), changed: new Set() });
  return page[key].get(owner);
}

/**
 * Enters a docked view into the list; panels of a kernel that is gone make way for it.
 * @param {Model} model @returns {{docked: Docked, leave: () => void}}
 */
export function enterDock(model) {
  const docks = docksOf(model);
  for (const other of docks.docked) if (!other.alive) other.close();
  const docked = {
    alive: true,
    close: async () => (await model.widget_manager.get_model(model.get("panel")))?.close(true),
  };
  docks.docked.add(docked);
  for (const changed of docks.changed) changed();
  return {
    docked,
    leave: () => {
      docks.docked.delete(docked);
      if (docked.alive && docks.docked.size === 0) {
        model.send({ do: "undock", panel: model.get("panel") });
      }
      for (const changed of docks.changed) changed();
    },
  };
}

/**
 * The line that stays in the notebook. Where no panel comes, `fallBack` shows the graph in its place.
 * @param {Model} model @param {HTMLElement} el @param {() => void} fallBack
 * @returns {{setConnected: (alive: boolean) => void, destroy: () => void}}
 */
export function dockNote(model, el, fallBack) {
  beginToSpeak();
  const docks = docksOf(model);
  const words = buildHtml(h("span", {}));
  const button = buildHtml(h("button", { type: "button" }));
  const note = buildHtml(h("div", { class: "mg-note", role: "status" }));
  note.append(words, button);
  el.append(note);
  let alive = true;
  let patience = 0;
  /** @type {Element|null} */
  let focused = null;

  const isOpen = () => [...docks.docked].some((docked) => docked.alive);
  const update = () => {
    const waiting = patience !== 0 && !isOpen();
    note.dataset.dock = !alive ? "gone" : isOpen() ? "open" : waiting ? "waiting" : "closed";
    note.lang = languageTag();
    words.textContent = t(`dock.${note.dataset.dock}`);
    button.textContent = t("dock.button");
    button.hidden = note.dataset.dock !== "closed";
  };
  const wait = (/** @type {() => void} */ otherwise) => {
    clearTimeout(patience);
    patience = window.setTimeout(() => {
      patience = 0;
      if (isOpen()) return;
      otherwise();
    }, PATIENCE);
  };
  const ask = (/** @type {boolean} */ again) => {
    focused = document.activeElement;
    model.send({ do: "dock", again });
    wait(fallBack);
    update();
  };
  const changed = () => {
    if (isOpen()) {
      clearTimeout(patience);
      patience = 0;
      giveFocusBack();
    }
    update();
  };
  // A new panel takes the focus, and the learner's next Shift+Enter would go nowhere. It goes to the cell that
  // is active by then, which is not the one from before if the learner has gone on meanwhile.
  const giveFocusBack = () => {
    const target = /** @type {HTMLElement|null} */ (focused);
    focused = null;
    window.setTimeout(() => {
      const notebook = target?.closest(".jp-Notebook");
      if (target?.isConnected && !notebook?.contains(document.activeElement)) {
        const active = /** @type {HTMLElement|null|undefined} */ (notebook?.querySelector(".jp-mod-active"));
        (active ?? target).focus({ preventScroll: true });
      }
      note.dataset.settled = "";
    }, 50);
  };

  button.addEventListener("click", () => ask(true));
  docks.changed.add(changed);
  const endLanguage = onLanguage(update);
  if (!isOpen()) {
    if (model.get("dock") === "wanted") ask(false);
    else if (model.get("dock") === "open") wait(update);
  }
  update();
  return {
    setConnected: (is) => {
      alive = is;
      update();
    },
    destroy: () => {
      clearTimeout(patience);
      docks.changed.delete(changed);
      endLanguage();
      note.remove();
    },
  };
}
