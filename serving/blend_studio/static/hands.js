// Mouse, pen and fingers on the picture: one paints or moves, two move and zoom.
import { Stroke } from "./brush.js";

export class Hands {
  /** `desk.begin()` gives the canvas to paint on, or null; `desk.painting(canvas)` and `desk.painted(canvas)` get it back. */
  constructor(stage, tools, desk) {
    Object.assign(this, { stage, tools, desk });
    this.down = new Map(); // pointer → its last place in the view
    this.stroke = null;
    this.spread = null;
    const { canvas } = stage;
    canvas.addEventListener("pointerdown", (event) => this.#press(event));
    canvas.addEventListener("pointermove", (event) => this.#move(event));
    for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, (event) => this.#lift(event));
    canvas.addEventListener("pointerleave", () => { stage.cursor = null; stage.draw(); });
    canvas.addEventListener("wheel", (event) => this.#roll(event), { passive: false });
  }

  #at(event) {
    const box = this.stage.canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  #press(event) {
    if (event.button > 1) return;
    event.preventDefault();
    this.stage.canvas.focus({ preventScroll: true });
    this.stage.canvas.setPointerCapture(event.pointerId);
    this.down.set(event.pointerId, this.#at(event));
    if (this.down.size > 1) this.#abandon(); // the second finger: it was never meant as paint
    else if (event.button === 0 && !this.tools.moves) this.#begin(event);
  }

  #begin(event) {
    const paper = this.desk.begin();
    if (!paper) return;
    this.paper = paper;
    const brush = { ...this.tools.brush, size: this.tools.brush.size * paper.width };
    this.stroke = new Stroke(paper, brush);
    this.#paint(event);
  }

  #move(event) {
    const at = this.#at(event);
    this.#point(event, at);
    const last = this.down.get(event.pointerId);
    if (!last) return;
    this.down.set(event.pointerId, at);
    if (this.down.size === 2) this.#pinch();
    else if (this.stroke) for (const each of event.getCoalescedEvents?.() ?? [event]) this.#paint(each);
    else if (this.down.size === 1) this.stage.panBy(at.x - last.x, at.y - last.y);
  }

  #paint(event) {
    const at = this.#at(event);
    const { x, y } = this.stage.place(at.x, at.y);
    const pressure = event.pointerType === "pen" ? event.pressure : 1;
    this.stroke.to(x * this.paper.width, y * this.paper.height, pressure);
    this.desk.painting(this.stroke.canvas);
  }

  #pinch() {
    const [one, other] = [...this.down.values()];
    const spread = {
      x: (one.x + other.x) / 2, y: (one.y + other.y) / 2, length: Math.hypot(one.x - other.x, one.y - other.y),
    };
    if (this.spread) {
      this.stage.panBy(spread.x - this.spread.x, spread.y - this.spread.y);
      this.stage.zoomBy(spread.length / Math.max(1, this.spread.length), spread);
    }
    this.spread = spread;
  }

  #lift(event) {
    if (!this.down.delete(event.pointerId)) return;
    this.spread = null;
    if (this.stroke && event.type === "pointerup") {
      const { canvas } = this.stroke;
      this.stroke = null;
      this.desk.painted(canvas);
    } else this.#abandon();
  }

  #abandon() {
    if (!this.stroke) return;
    this.stroke = null;
    this.desk.painting(null);
  }

  /** Whether a stroke is under way: undo waits for its end. */
  get busy() { return this.stroke !== null; }

  #point(event, at) {
    const radius = (this.tools.brush.size / 2) * this.stage.box.width;
    this.stage.cursor = event.pointerType === "touch" || this.tools.moves ? null : { ...at, radius };
    this.stage.draw();
  }

  #roll(event) {
    event.preventDefault();
    if (event.ctrlKey || event.metaKey || !event.shiftKey) this.stage.zoomBy(Math.exp(-event.deltaY * 0.0015), this.#at(event));
    else this.stage.panBy(-(event.deltaX || event.deltaY), 0);
  }
}
