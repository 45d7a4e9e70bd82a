// What is on the desk, and every way back. States are never changed, only followed by others.

const MOST_STEPS = 80;

export const MOST_SOURCES = 8;

/** Settings as the engine has them when nobody touches them. */
export const SETTINGS = Object.freeze({
  size: 1024, iterations: 300, learning_rate: 0.03, optimiser: "lbfgs", total_variation: 0.2, colour: "mkl",
  content_mode: "region", start: "target", seed: 0, style_layers: {}, content_layers: {},
});

/** An empty desk. A source: {key, picture, name, width, height, style, content, locks: {style, content}, masks: {style, content}}. */
export const EMPTY = Object.freeze({ canvas: null, sources: [], balanced: true, strength: 1, detail: 256, settings: SETTINGS });

export class Desk extends EventTarget {
  #past = [];
  #future = [];
  #kept = EMPTY; // what a drag began with

  constructor() {
    super();
    this.state = EMPTY;
  }

  get canUndo() { return this.#past.length > 0; }
  get canRedo() { return this.#future.length > 0; }

  /** Show a state while a hand still moves; the next `commit` makes it one step. */
  try(state) { this.#show(state, "try"); }

  /** Take a step, by its name. */
  commit(state, name) {
    if (state === this.#kept) return;
    this.#past.push({ state: this.#kept, name });
    if (this.#past.length > MOST_STEPS) this.#past.shift();
    this.#future = [];
    this.#keep(state, "commit");
  }

  /** Begin with a state from which there is no way back. */
  open(state) {
    this.#past = [];
    this.#future = [];
    this.#keep(state, "open");
  }

  undo() { return this.#move(this.#past, this.#future); }
  redo() { return this.#move(this.#future, this.#past); }

  #move(from, to) {
    const step = from.pop();
    if (!step) return null;
    to.push({ state: this.#kept, name: step.name });
    this.#keep(step.state, "commit");
    return step.name;
  }

  #keep(state, how) {
    this.#kept = state;
    this.#show(state, how);
  }

  #show(state, how) {
    this.state = state;
    this.dispatchEvent(new CustomEvent("change", { detail: how }));
  }
}

/** The state with one source otherwise. */
export function withSource(state, key, change) {
  return { ...state, sources: state.sources.map((each) => (each.key === key ? { ...each, ...change } : each)) };
}

export const canvasOf = (state) => state.sources.find((each) => each.picture === state.canvas) ?? null;

let keys = 0;
/** A source of a picture, with nothing to give yet. The same picture may be there twice, under different masks. */
export function sourceOf(picture, name, { width, height }) {
  keys += 1;
  return {
    key: `s${keys}`, picture, name, width, height, style: 0, content: 0,
    locks: { style: false, content: false }, masks: { style: null, content: null },
  };
}
