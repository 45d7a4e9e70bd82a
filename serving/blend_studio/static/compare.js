// Before and after: a divider over the picture, or as long as a button or key is held.

const STEP = 0.02;

export class Compare {
  constructor(stage, divider, toggle, hold) {
    Object.assign(this, { stage, divider, toggle });
    toggle.addEventListener("click", () => this.split(stage.split === null ? 0.5 : null));
    hold.addEventListener("pointerdown", () => this.hold(true));
    for (const end of ["pointerup", "pointercancel", "pointerleave", "blur"]) hold.addEventListener(end, () => this.hold(false));
    hold.addEventListener("keydown", (event) => { if (event.key === " " || event.key === "Enter") { event.preventDefault(); this.hold(true); } });
    hold.addEventListener("keyup", () => this.hold(false));
    divider.addEventListener("pointerdown", (event) => { event.preventDefault(); divider.focus(); divider.setPointerCapture(event.pointerId); });
    divider.addEventListener("pointermove", (event) => { if (divider.hasPointerCapture(event.pointerId)) this.#drag(event); });
    divider.addEventListener("keydown", (event) => this.#key(event));
  }

  /** Show what was before left of this share of the picture; null is nowhere. */
  split(share) {
    this.stage.split = share === null ? null : Math.min(1, Math.max(0, share));
    this.toggle.setAttribute("aria-pressed", String(share !== null));
    this.divider.hidden = share === null;
    this.stage.draw();
    this.place();
  }

  /** Show what was before while held. */
  hold(held) {
    if (this.stage.held === held) return;
    this.stage.held = held;
    this.stage.draw();
  }

  /** Put the divider where the stage splits. */
  place() {
    const { split, box, height } = this.stage;
    if (split === null) return;
    this.divider.style.left = `${box.x + split * box.width}px`;
    this.divider.style.top = `${Math.max(0, box.y)}px`;
    this.divider.style.height = `${Math.min(height, box.y + box.height) - Math.max(0, box.y)}px`;
    this.divider.setAttribute("aria-valuenow", String(Math.round(split * 100)));
  }

  #drag(event) {
    const { left } = this.stage.canvas.getBoundingClientRect();
    this.split(this.stage.place(event.clientX - left, 0).x);
  }

  #key(event) {
    const to = { ArrowLeft: this.stage.split - STEP, ArrowRight: this.stage.split + STEP, Home: 0, End: 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    this.split(to);
  }
}
