// @ts-check
// Whether the kernel that feeds a view is still there, as far as the page can tell.

/**
 * What anywidget hands to a view.
 * @typedef {{get(name: string): any, on(name: string, callback: () => void): void,
 *   off(name: string, callback: () => void): void, send(content: object): void, widget_manager: any}} Model
 */

const GONE = ["restarting", "autorestarting", "terminating", "dead"];

/**
 * Calls `tell` with false once the kernel is gone for good. ipywidgets marks a view whose comm is dead
 * with a class; JupyterLab's session tells of a kernel that died or was shut down, which ipywidgets
 * does not notice.
 * @param {Model} model @param {HTMLElement} el @param {(alive: boolean) => void} tell
 * @returns {() => void} ends the watch
 */
export function watchConnection(model, el, tell) {
  const session = model.widget_manager?.context?.sessionContext;
  let known = false;
  let gone = false;
  const check = () => {
    const kernel = session?.session?.kernel;
    if (kernel ? GONE.includes(kernel.status) : known) gone = true;
    known ||= Boolean(kernel);
    tell(!gone && !el.classList.contains("jupyter-widgets-disconnected"));
  };
  const signals = [session?.statusChanged, session?.kernelChanged].filter(Boolean);
  model.on("comm_live_update", check);
  for (const signal of signals) signal.connect(check);
  check();
  return () => {
    model.off("comm_live_update", check);
    for (const signal of signals) signal.disconnect(check);
  };
}
