// The picture on its easel: what is drawn, how large, and where; nothing here knows of brushes or servers.
import { canvasOf } from "./state.js";

/** Overlay colours of the sources, in their order: told apart on most pictures and by most eyes. */
export const COLOURS = ["#ffb000", "#22c1d6", "#b48cff", "#ff6b5e", "#6fd08c", "#5c9dff", "#ff8fd0", "#d3e05a"];

const NEAREST = 16;
const FARTHEST = 0.25;
const MARGIN = 12;
const OVERLAY = 0.5;

export class Stage {
  constructor(canvas) {
    this.canvas = canvas;
    this.pen = canvas.getContext("2d");
    this.before = null; // what comparing shows
    this.result = null;
    this.size = { width: 4, height: 3 }; // of the blend, in canvas picture pixels
    this.layers = []; // {canvas, colour}
    this.split = null; // share of the picture that shows what was before, from the left
    this.held = false;
    this.zoom = 1; // relative to fitting
    this.shift = { x: 0, y: 0 };
    this.cursor = null; // {x, y, radius} in view pixels
    this.tint = document.createElement("canvas");
    new ResizeObserver(() => this.#resize()).observe(canvas.parentElement);
  }

  /** The size of what is blended; the view fits it anew where the shape changes. */
  frame({ width, height }) {
    if (this.size.width === width && this.size.height === height) return;
    this.size = { width, height };
    this.fit();
  }

  fit() {
    this.zoom = 1;
    this.shift = { x: 0, y: 0 };
    this.draw();
  }

  /** Zoom by a factor, keeping what is under a point of the view where it is. */
  zoomBy(factor, at = { x: this.width / 2, y: this.height / 2 }) {
    const zoom = Math.min(NEAREST, Math.max(FARTHEST, this.zoom * factor));
    const kept = zoom / this.zoom;
    this.shift.x = at.x - this.width / 2 - kept * (at.x - this.width / 2 - this.shift.x);
    this.shift.y = at.y - this.height / 2 - kept * (at.y - this.height / 2 - this.shift.y);
    this.zoom = zoom;
    this.draw();
  }

  panBy(x, y) {
    this.shift.x += x;
    this.shift.y += y;
    this.draw();
  }

  get width() { return this.canvas.clientWidth; }
  get height() { return this.canvas.clientHeight; }

  /** View pixels per pixel of the blend. */
  get scale() {
    const fits = Math.min((this.width - 2 * MARGIN) / this.size.width, (this.height - 2 * MARGIN) / this.size.height);
    return Math.max(1e-3, fits) * this.zoom;
  }

  /** Where the picture lies in the view. */
  get box() {
    const [width, height] = [this.size.width * this.scale, this.size.height * this.scale];
    return { x: this.width / 2 + this.shift.x - width / 2, y: this.height / 2 + this.shift.y - height / 2, width, height };
  }

  /** A point of the view as shares of the picture, 0 to 1 inside it. */
  place(x, y) {
    const { box } = this;
    return { x: (x - box.x) / box.width, y: (y - box.y) / box.height };
  }

  /** Draw in the next frame, once. */
  draw() {
    this.waiting ??= requestAnimationFrame(() => {
      this.waiting = null;
      this.#draw();
    });
  }

  #resize() {
    const density = Math.min(window.devicePixelRatio || 1, 2);
    this.canvas.width = Math.round(this.width * density);
    this.canvas.height = Math.round(this.height * density);
    this.draw();
  }

  #draw() {
    const density = this.canvas.width / Math.max(1, this.width);
    const { pen, box } = this;
    pen.setTransform(density, 0, 0, density, 0, 0);
    pen.clearRect(0, 0, this.width, this.height);
    pen.imageSmoothingQuality = "high";
    const after = this.held ? this.before : this.result ?? this.before;
    if (!after) return;
    pen.drawImage(after, box.x, box.y, box.width, box.height);
    if (this.split !== null && this.before && !this.held) this.#drawSplit();
    for (const layer of this.held ? [] : this.layers) this.#drawOverlay(layer);
    if (this.cursor) this.#drawCursor();
  }

  #drawSplit() {
    const { pen, box } = this;
    pen.save();
    pen.beginPath();
    pen.rect(box.x, box.y, box.width * this.split, box.height);
    pen.clip();
    pen.drawImage(this.before, box.x, box.y, box.width, box.height);
    pen.restore();
  }

  #drawOverlay({ canvas, colour }) {
    const { tint, pen, box } = this;
    tint.width = canvas.width;
    tint.height = canvas.height;
    const dye = tint.getContext("2d");
    dye.drawImage(canvas, 0, 0);
    dye.globalCompositeOperation = "source-in";
    dye.fillStyle = colour;
    dye.fillRect(0, 0, tint.width, tint.height);
    pen.globalAlpha = OVERLAY;
    pen.drawImage(tint, box.x, box.y, box.width, box.height);
    pen.globalAlpha = 1;
  }

  #drawCursor() {
    const { pen, cursor } = this;
    for (const [colour, width] of [["rgb(0 0 0 / .7)", 3], ["#fff", 1.25]]) {
      pen.beginPath();
      pen.arc(cursor.x, cursor.y, Math.max(2, cursor.radius), 0, 2 * Math.PI);
      pen.strokeStyle = colour;
      pen.lineWidth = width;
      pen.stroke();
    }
  }
}

/** The overlays of a state: of the source whose mask is painted, or of all. */
export function overlays(state, active, kind, all) {
  return state.sources.flatMap((each, index) => {
    if (!all && each.key !== active) return [];
    const masks = kind === "both" ? new Set([each.masks.style, each.masks.content]) : new Set([each.masks[kind]]);
    return [...masks].filter(Boolean).map((mask) => ({ canvas: mask.canvas, colour: COLOURS[index] }));
  });
}

/** The picture whose frame the blend has. */
export const frameOf = (state) => canvasOf(state) ?? { width: 4, height: 3 };
