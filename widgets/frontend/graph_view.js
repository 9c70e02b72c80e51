// @ts-check
// The entry that anywidget loads: joins a model in the kernel to a panel on the page.

import { watchConnection } from "./connection.js";
import { dockNote, enterDock, inLab, panelOf } from "./dock.js";
import { Panel } from "./panel.js";
import { t } from "./words.js";

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
  const show = () => {
    const problem = model.get("problem");
    try {
      const trace = JSON.parse(model.get("trace") || "null");
      const layout = JSON.parse(model.get("positions") || "null");
      panel.show({ trace, layout, title: model.get("title"), problem, sequence: model.get("sequence") });
    } catch (error) {
      console.error(error);
      panel.say(`${problem} ${t("panel.cannot draw", { error: `${error}` })}`.trim());
    }
  };
  // All traits of one update come in one message; `sequence` changes with each.
  model.on("change:sequence", show);
  let ended = false;
  const end = () => {
    if (ended) return;
    ended = true;
    model.off("change:sequence", show);
    unwatch();
    unfollow();
    dock?.leave();
    panel.destroy();
  };
  const place = panelOf(el);
  const dock = place ? enterDock(model) : null;
  const unfollow = place ? fillPlace(panel, place, end) : () => {};
  const unwatch = watchConnection(model, el, (alive) => {
    panel.setConnected(alive);
    if (dock) dock.docked.alive = alive;
  });
  show();
  return end;
}

/**
 * Keeps the panel as high as its place. JupyterLab takes a closed panel out of the page without telling
 * the view in it, so that is noticed here too.
 * @param {Panel} panel @param {HTMLElement} place @param {() => void} onClosed @returns {() => void}
 */
function fillPlace(panel, place, onClosed) {
  const { root } = panel;
  root.classList.add("mg-docked");
  const fill = () => {
    const above = root.getBoundingClientRect().top - place.getBoundingClientRect().top;
    root.style.setProperty("--mg-height", `${place.clientHeight - above}px`);
  };
  const observer = new ResizeObserver(() => (place.isConnected ? fill() : onClosed()));
  observer.observe(place);
  fill();
  return () => observer.disconnect();
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

/**
 * The kernel leaves a picture in the notebook for where no widget runs (saved.py). Here one does.
 * @param {Model} model @param {HTMLElement} el
 */
function hidePicture(model, el) {
  const mark = model.get("picture");
  if (!mark) return;
  const style = document.createElement("style");
  style.textContent = `.${mark}, .jp-OutputArea-child:has(.${mark}) { display: none !important; }`;
  el.append(style);
}

/** @param {{model: Model, el: HTMLElement}} view @returns {() => void} */
function render({ model, el }) {
  hidePicture(model, el);
  let end = () => {};
  const cancel = whenPlaced(el, () => {
    const docks = model.get("dock") !== "" && inLab(el) && !panelOf(el);
    end = docks ? showNote(model, el) : showPanel(model, el);
  });
  return () => {
    cancel();
    end();
  };
}

export default { render };
