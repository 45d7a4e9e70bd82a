// A strip of the pictures that came out, each with its recipe: one press brings it back, another compares against it.

const MOST = 24;
const SIDE = 160;

export class History {
  /** `restore(state)` brings a recipe back; `compare(picture)` sets what comparing shows, null for the canvas. */
  constructor(strip, restore, compare) {
    Object.assign(this, { strip, restore, compare });
    this.kept = [];
    this.pinned = null;
    this.count = 0;
  }

  /** Keep a finished picture; the same state again replaces its last picture. */
  keep(state, bitmap) {
    if (this.kept[0]?.state === state) { this.#remove(this.kept[0]); this.count -= 1; }
    this.count += 1;
    const entry = { state, bitmap, number: this.count };
    this.#add(entry);
    if (this.kept.length > MOST) this.#remove(this.kept.findLast((each) => each !== this.pinned));
  }

  clear() {
    while (this.kept.length) this.#remove(this.kept[0]);
    this.count = 0;
  }

  #add(entry) {
    const item = document.createElement("li");
    const back = document.createElement("button");
    back.className = "result";
    back.setAttribute("aria-label", `Result ${entry.number}: bring its recipe back`);
    back.append(thumbnail(entry.bitmap));
    back.addEventListener("click", () => this.restore(entry.state, entry.bitmap));
    const pin = document.createElement("button");
    pin.className = "pin";
    pin.textContent = "vs";
    pin.title = "Compare against this one";
    pin.setAttribute("aria-label", `Compare against result ${entry.number}`);
    pin.setAttribute("aria-pressed", "false");
    pin.addEventListener("click", () => this.#pin(entry));
    item.append(back, pin);
    entry.item = item;
    this.kept.unshift(entry);
    this.strip.prepend(item);
  }

  #pin(entry) {
    this.pinned = this.pinned === entry ? null : entry;
    for (const each of this.kept) each.item.lastElementChild.setAttribute("aria-pressed", String(each === this.pinned));
    this.compare(this.pinned?.bitmap ?? null);
  }

  #remove(entry) {
    this.kept = this.kept.filter((each) => each !== entry);
    if (this.pinned === entry) this.#pin(entry);
    entry.item.remove();
  }
}

function thumbnail(bitmap) {
  const canvas = document.createElement("canvas");
  const scale = SIDE / Math.max(bitmap.width, bitmap.height);
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const pen = canvas.getContext("2d");
  pen.imageSmoothingQuality = "high";
  pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return canvas;
}
