// @ts-check
// The entry that anywidget loads: joins a model in the kernel to a panel on the page.

import { watchConnection } from "./connection.js";
import { dockNote, enterDock, inLab, panelOf } from "./dock.js";
import { Panel } from "./panel.js";

/** @typedef {import("./connection.js").Model} Model */

/** Calls back once, when the element stands in the page and has its width.
 * @param {HTMLElement} el @param {() => void} callback @returns {() => void} */
function whenPlaced(el, callback) {
  const observer = new ResizeObserver(() => {
    if (!el.isConnected) return;
    observer.disconnect();
    callback();
  });
  observer.observe(el);
  return () => observer.disconnect();
}

/** @param {Model} model @param {HTMLElement} el @returns {() => void} */
function showPanel(model, el) {
  const panel = new Panel(el);
  const show = () =>
    panel.show({
      trace: model.get("trace"),
      layout: model.get("layout"),
      title: model.get("title"),
      problem: model.get("problem"),
      sequence: model.get("sequence"),
    });
  // All traits of one update come in one message; `sequence` changes with each.
  model.on("change:sequence", show);
  const place = panelOf(el);
  const dock = place ? enterDock(model) : null;
  const follow = new ResizeObserver(() => {
    const outside = el.getBoundingClientRect().top - /** @type {HTMLElement} */ (place).getBoundingClientRect().top;
    panel.root.style.setProperty("--mg-height", `${/** @type {HTMLElement} */ (place).clientHeight - outside}px`);
  });
  if (place) {
    panel.root.classList.add("mg-docked");
    follow.observe(place);
  }
  const unwatch = watchConnection(model, el, (alive) => {
    panel.setConnected(alive);
    if (dock) dock.docked.alive = alive;
  });
  show();
  return () => {
    unwatch();
    follow.disconnect();
    dock?.leave();
    panel.destroy();
  };
}

/** @param {Model} model @param {HTMLElement} el @returns {() => void} */
function showNote(model, el) {
  let end = () => {};
  const note = dockNote(model, el, () => {
    end();
    end = showPanel(model, el);
  });
  const unwatch = watchConnection(model, el, note.setConnected);
  end = () => {
    unwatch();
    note.destroy();
  };
  return () => end();
}

/** @param {{model: Model, el: HTMLElement}} view @returns {() => void} */
function render({ model, el }) {
  let end = () => {};
  const cancel = whenPlaced(el, () => {
    const docks = model.get("dock") !== "" && inLab() && !panelOf(el);
    end = docks ? showNote(model, el) : showPanel(model, el);
  });
  return () => {
    cancel();
    end();
  };
}

export default { render };
