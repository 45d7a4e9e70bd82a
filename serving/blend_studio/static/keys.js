// The keyboard: a letter is a tool, as in the programs that painters know.

/** `deeds`: name → function; keys that nobody has go on to the page. */
export function listen(deeds) {
  const downs = {
    "[": deeds.smaller, "]": deeds.larger, "{": deeds.softer, "}": deeds.harder,
    b: deeds.brush, e: deeds.eraser, h: deeds.hand, x: deeds.swap, 0: deeds.fit, s: deeds.split,
    "+": deeds.closer, "=": deeds.closer, "-": deeds.farther,
  };
  document.addEventListener("keydown", (event) => {
    if (writes(event.target)) return;
    const key = event.key.toLowerCase();
    if ((event.ctrlKey || event.metaKey) && !event.altKey) {
      const deed = key === "z" ? (event.shiftKey ? deeds.redo : deeds.undo) : key === "y" ? deeds.redo : null;
      if (deed) { event.preventDefault(); deed(); }
      return;
    }
    if (event.altKey) return;
    if (event.key === " " && !presses(event.target)) {
      event.preventDefault();
      if (!event.repeat) deeds.pan(true);
    } else if (key === "c" && !event.repeat) deeds.hold(true);
    else if (downs[key]) { event.preventDefault(); downs[key](); }
  });
  document.addEventListener("keyup", (event) => {
    if (event.key === " ") deeds.pan(false);
    if (event.key.toLowerCase() === "c") deeds.hold(false);
  });
  window.addEventListener("blur", () => { deeds.pan(false); deeds.hold(false); });
}

const writes = (target) => target.matches?.("input:not([type=range], [type=checkbox], [type=radio], [type=file]), textarea, select");
const presses = (target) => target.closest?.("button, summary, a, input, label");
