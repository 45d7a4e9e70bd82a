// The socket: the newest edit goes out, pictures of it come in, and everything older is dropped.
import { png } from "./mask.js";
import { masksOf } from "./recipe.js";

const EVERY_MS = 70; // between two edits of a moving slider
const PING_MS = 15_000;
const QUIET_MS = 40_000;
const AGAIN_MS = [500, 1000, 2000, 5000, 10_000];
const GIVEN_UP = { 4401: "sign-in", 4403: "forbidden" };
const TEXT = new TextDecoder();

/** Tells `preview` ({header, bitmap}), `about` (the engine's layers), `fault` ({what, fix}) and `line` ("open", "lost", "full", "sign-in", "forbidden"). */
export class Wire extends EventTarget {
  #socket = null;
  #edit = 0;
  #wanted = null;
  #sent = new Set(); // masks that the server has
  #tries = 0;
  #timer = null;
  #sending = false;
  #arrived = 0;
  #told = 0;

  constructor(address) {
    super();
    this.address = address;
    this.dropped = 0;
    this.#open();
    setInterval(() => this.#ping(), PING_MS);
  }

  get edit() { return this.#edit; }

  /** Have this blended, and nothing before it: `state`, and `recipe(state)` of it. */
  send(state, recipe) {
    this.#edit += 1;
    this.#wanted = { edit: this.#edit, state, recipe };
    this.#timer ??= setTimeout(() => { this.#timer = null; this.#flush(); }, EVERY_MS);
    return this.#edit;
  }

  stop() {
    this.#edit += 1;
    this.#wanted = null;
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify({ type: "stop", edit: this.#edit }));
  }

  async #flush() {
    const wanted = this.#wanted;
    if (this.#sending || !wanted || wanted.flushed || this.#socket?.readyState !== WebSocket.OPEN) return;
    this.#sending = true;
    const socket = this.#socket;
    const masks = masksOf(wanted.state);
    for (const mask of masks) {
      if (this.#sent.has(mask.name)) continue;
      const bytes = await (await png(mask)).arrayBuffer();
      if (socket.readyState !== WebSocket.OPEN) break;
      socket.send(framed({ type: "mask", name: mask.name }, bytes));
      this.#sent.add(mask.name);
    }
    this.#sending = false;
    if (wanted !== this.#wanted) { this.#flush(); return; }
    if (socket !== this.#socket || socket.readyState !== WebSocket.OPEN) return;
    wanted.flushed = true;
    // The server forgets the masks that an edit does not name.
    this.#sent = new Set(masks.map((mask) => mask.name));
    socket.send(JSON.stringify({ type: "edit", edit: wanted.edit, recipe: wanted.recipe, size: wanted.state.detail }));
  }

  #open() {
    const socket = new WebSocket(this.address);
    socket.binaryType = "arraybuffer";
    socket.addEventListener("open", () => { this.#socket = socket; this.#sent.clear(); this.heard = Date.now(); });
    socket.addEventListener("message", (event) => this.#hear(event.data));
    socket.addEventListener("close", (event) => this.#closed(event.code, event.reason));
  }

  #hear(data) {
    this.heard = Date.now();
    if (typeof data !== "string") { this.#picture(data); return; }
    const told = JSON.parse(data);
    if (told.type === "welcome") {
      this.#tries = 0;
      this.#tell("line", "open");
      if (this.#wanted) this.#wanted.flushed = false;
      this.#flush();
    } else if (told.type === "about") this.#tell("about", told);
    else if (told.type === "fault" && (told.edit === null || told.edit === this.#edit)) this.#tell("fault", told);
  }

  async #picture(data) {
    const length = new DataView(data).getUint32(0, true);
    const header = JSON.parse(TEXT.decode(new Uint8Array(data, 4, length)));
    const order = (this.#arrived += 1);
    if (header.edit !== this.#edit) { this.dropped += 1; return; }
    const bitmap = await createImageBitmap(new Blob([new Uint8Array(data, 4 + length)], { type: "image/jpeg" }));
    // Pictures are decoded side by side: a small late one may be ready after the one that follows it.
    if (header.edit !== this.#edit || order < this.#told) { this.dropped += 1; bitmap.close(); return; }
    this.#told = order;
    this.#tell("preview", { header, bitmap });
  }

  #ping() {
    if (this.#socket?.readyState !== WebSocket.OPEN) return;
    if (Date.now() - this.heard > QUIET_MS) this.#socket.close();
    else this.#socket.send(JSON.stringify({ type: "ping" }));
  }

  #closed(code, why) {
    this.#socket = null;
    this.#sending = false;
    if (GIVEN_UP[code]) { this.#tell("line", GIVEN_UP[code], why); return; }
    this.#tell("line", code === 4429 ? "full" : "lost", why);
    setTimeout(() => this.#open(), AGAIN_MS[Math.min(this.#tries, AGAIN_MS.length - 1)]);
    this.#tries += 1;
  }

  #tell(type, detail, why = "") { this.dispatchEvent(Object.assign(new CustomEvent(type, { detail }), { why })); }
}

function framed(header, body) {
  const told = new TextEncoder().encode(JSON.stringify(header));
  const whole = new Uint8Array(4 + told.length + body.byteLength);
  new DataView(whole.buffer).setUint32(0, told.length, true);
  whole.set(told, 4);
  whole.set(new Uint8Array(body), 4 + told.length);
  return whole;
}
