// What is in the hand: brush or eraser, each with its own size, hardness and opacity; or the picture itself.

const DIALS = { size: "brush-size", hardness: "brush-hardness", opacity: "brush-opacity" };
const SIZES = [1, 60]; // per cent of the picture's width
const GROWTH = 1.18;

export class Tools extends EventTarget {
  #held = { brush: { size: 12, hardness: 60, opacity: 100 }, eraser: { size: 12, hardness: 60, opacity: 100 } };
  #chosen = "brush";
  #panning = false;

  constructor(root) {
    super();
    this.dials = Object.fromEntries(Object.entries(DIALS).map(([name, id]) => [name, root.querySelector(`#${id}`)]));
    for (const [name, dial] of Object.entries(this.dials)) {
      dial.addEventListener("input", () => { this.#held[this.#hand][name] = dial.valueAsNumber; this.#show(); });
    }
    this.buttons = Object.fromEntries(["brush", "eraser", "hand"].map((name) => [name, root.querySelector(`#${name}`)]));
    for (const [name, button] of Object.entries(this.buttons)) button.addEventListener("click", () => this.take(name));
    this.#show();
  }

  get #hand() { return this.#chosen === "eraser" ? "eraser" : "brush"; }
  get moves() { return this.#panning || this.#chosen === "hand"; }

  /** The brush: size as a share of the picture's width, hardness and opacity 0 to 1, whether it erases. */
  get brush() {
    const { size, hardness, opacity } = this.#held[this.#hand];
    return { size: size / 100, hardness: hardness / 100, opacity: opacity / 100, erases: this.#chosen === "eraser" };
  }

  take(name) { this.#chosen = name; this.#show(); }
  swap() { this.take(this.#chosen === "eraser" ? "brush" : "eraser"); }
  pan(held) { this.#panning = held; this.#show(); }

  grow(times) {
    const held = this.#held[this.#hand];
    held.size = Math.min(SIZES[1], Math.max(SIZES[0], times > 0 ? Math.max(held.size * GROWTH, held.size + 1) : Math.min(held.size / GROWTH, held.size - 1)));
    this.#show();
  }

  harden(by) {
    const held = this.#held[this.#hand];
    held.hardness = Math.min(100, Math.max(0, held.hardness + by));
    this.#show();
  }

  #show() {
    for (const [name, button] of Object.entries(this.buttons)) button.setAttribute("aria-pressed", String(name === this.#chosen));
    for (const [name, dial] of Object.entries(this.dials)) {
      dial.value = this.#held[this.#hand][name];
      fill(dial);
      dial.nextElementSibling.textContent = `${Math.round(this.#held[this.#hand][name])} %`;
    }
    this.dispatchEvent(new Event("change"));
  }
}

/** Colour a slider's track up to its thumb. */
export function fill(slider) {
  const share = (slider.valueAsNumber - slider.min) / (slider.max - slider.min);
  slider.style.setProperty("--at", `${share * 100}%`);
}
