// A stroke of the brush: soft stamps along the hand's path, laid on as one film of paint however often it crosses itself.
import { copied } from "./mask.js";

const SPACING = 0.1; // of the diameter: closer is slower, wider shows beads on a hard edge
const LIGHTEST = 0.25; // of the size, under a pen that hardly touches

export class Stroke {
  /** Paint (or erase) on a copy of `canvas`; `brush`: size (diameter, canvas pixels), hardness, opacity, erases. */
  constructor(canvas, brush) {
    this.before = canvas;
    this.canvas = copied(canvas);
    this.brush = brush;
    this.film = document.createElement("canvas");
    this.film.width = canvas.width;
    this.film.height = canvas.height;
    this.pen = this.film.getContext("2d");
    this.last = null;
    this.left = 0;
  }

  /** Draw on to a point of the canvas; `pressure` 0 to 1. */
  to(x, y, pressure) {
    const point = { x, y, radius: (this.brush.size / 2) * (LIGHTEST + (1 - LIGHTEST) * pressure) };
    if (this.last) this.#line(this.last, point);
    else this.#stamp(point);
    this.last = point;
    this.#lay();
  }

  #line(from, to) {
    const length = Math.hypot(to.x - from.x, to.y - from.y);
    const step = Math.max(0.5, SPACING * 2 * Math.min(from.radius, to.radius));
    let at = step - this.left;
    for (; at <= length; at += step) {
      const share = at / length;
      this.#stamp({
        x: from.x + share * (to.x - from.x),
        y: from.y + share * (to.y - from.y),
        radius: from.radius + share * (to.radius - from.radius),
      });
    }
    this.left = length - (at - step);
  }

  #stamp({ x, y, radius }) {
    const core = Math.min(this.brush.hardness, 0.98); // a hard brush keeps a pixel of anti-aliasing
    const paint = this.pen.createRadialGradient(x, y, radius * core, x, y, radius);
    paint.addColorStop(0, "#fff");
    paint.addColorStop(0.5, `rgba(255, 255, 255, ${core < 0.9 ? 0.4 : 0.5})`);
    paint.addColorStop(1, "rgba(255, 255, 255, 0)");
    this.pen.fillStyle = paint;
    this.pen.beginPath();
    this.pen.arc(x, y, radius, 0, 2 * Math.PI);
    this.pen.fill();
  }

  #lay() {
    const pen = this.canvas.getContext("2d");
    pen.globalAlpha = 1;
    pen.globalCompositeOperation = "copy";
    pen.drawImage(this.before, 0, 0);
    pen.globalCompositeOperation = this.brush.erases ? "destination-out" : "source-over";
    pen.globalAlpha = this.brush.opacity;
    pen.drawImage(this.film, 0, 0);
  }
}
