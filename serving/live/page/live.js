// The live page: a film that changes its look while it plays. What is to come is made in the new look before anything of
// the old one goes, so that nothing stalls.
import { HlsStream, read, readMaster } from "/static/hls_stream.js";

const at = (id) => document.getElementById(id);
const [player, video, play, place, clock, sound, quality, parts, look] =
  ["player", "picture", "play", "place", "clock", "sound", "quality", "parts", "look"].map(at);
const told = JSON.parse(at("live").textContent);
const LEAD_S = 1; // at least so far ahead a look changes while the film plays
const MOST_PARTS = 4;
const SETTLES_MS = 300;

class LiveStream extends HlsStream {
  constructor(...all) { super(...all); Object.assign(this, { turn: 0, wishes: 0, lead: LEAD_S, quality: "" }); }

  heard(headers) {
    if (!headers.has("X-Quality")) return;
    this.quality = headers.get("X-Quality");
    this.dispatchEvent(new Event("quality"));
  }

  learn() {} // a segment is made while it is waited for: its bytes a second tell nothing of the line

  async fetch(segment, signal, measured = false) {
    const { turn } = this;
    const began = performance.now();
    const bytes = await super.fetch(segment, signal, measured);
    if (measured && turn !== this.turn) throw new DOMException("the look has changed", "AbortError");
    if (measured && segment.duration) {
      const took_s = Math.max(0.001, (performance.now() - began) / 1000);
      const rate = this.rung.bits * Math.min(8, segment.duration / took_s);
      this.rate = this.rate && rate > this.rate ? 0.7 * this.rate + 0.3 * rate : rate;
      this.lead = Math.max(LEAD_S, Math.min(6, 1.5 * took_s));
    }
    return bytes;
  }

  // Go on in another look. The last call wins.
  async restyle(address) {
    this.wishes += 1;
    const mine = this.wishes;
    const [lane] = this.lanes;
    const first = this.turning(lane.playlist.segments);
    if (first) address.searchParams.set("start", first.start + 0.01);
    const master = await read(address.href, readMaster);
    const rung = master.rungs.find((each) => each.name === this.rung.name) ?? master.first;
    const playlist = await this.playlist(rung.address);
    const from = await this.prepared(playlist.segments, () => mine === this.wishes);
    if (mine !== this.wishes || this.closed) return;
    this.turn += 1;
    lane.abort?.abort();
    this.take_up(master);
    Object.assign(lane, { playlist, loaded: null });
    if (from < this.source.duration) await lane.change((buffer) => buffer.remove(from, Infinity));
    this.dispatchEvent(new Event("look"));
    this.wake();
  }

  // The segment with which the look is to change: not the one that is seen now, unless it stands still.
  turning(segments) {
    const here = this.video.currentTime;
    return this.video.paused
      ? segments.findLast((each) => each.start <= here)
      : segments.find((each) => each.start >= here + this.lead);
  }

  // Has the segment made at which the look will change; gives when that is.
  async prepared(segments, wanted) {
    while (wanted()) {
      const next = this.turning(segments);
      if (!next) return Infinity;
      const began = performance.now();
      await super.fetch(next, undefined);
      this.lead = Math.max(LEAD_S, Math.min(6, (1.5 * (performance.now() - began)) / 1000));
      if (this.video.paused || this.video.currentTime < next.start - 0.15) return next.start;
    }
    return Infinity;
  }
}

let stream = null;
let opening = null;

const words = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
const trouble = (error) => { at("trouble").textContent = error ? `${error.message ?? error}.` : ""; };

function style() {
  if (look.value === "mix") {
    const rows = [...parts.children].map((row) => [row.querySelector("select").value, Number(row.querySelector("input").value)]);
    const weights = new Map();
    for (const [id, weight] of rows) if (weight > 0) weights.set(id, (weights.get(id) ?? 0) + weight);
    const named = [...weights].map(([id, weight]) => `${id}:${(weight / 100).toFixed(2)}`);
    return named.join(",") || "none";
  }
  return look.value;
}

function address() {
  const asked = new URL(`/v1/titles/${told.title}/stream`, location.href);
  if (look.value === "profile") asked.searchParams.set("viewer", told.viewer);
  else asked.searchParams.set("style", style());
  return asked;
}

function open() {
  opening ??= (async () => {
    if (!HlsStream.works()) { video.src = address().href; return; } // phones that play HLS themselves
    stream = new LiveStream(video, address().href);
    stream.addEventListener("quality", showQuality);
    stream.addEventListener("rung", showQuality);
    stream.addEventListener("trouble", ({ detail }) => trouble(detail));
    await stream.open();
    place.max = stream.source.duration;
    for (const rung of stream.rungs.toReversed()) quality.append(new Option(rung.name, rung.name));
    player.dataset.look = style();
  })().catch(trouble);
  return opening;
}

let settling = 0;

function changed() {
  parts.hidden = look.value !== "mix";
  at("add").hidden = parts.hidden || parts.children.length >= MOST_PARTS;
  clearTimeout(settling);
  settling = setTimeout(restyle, SETTLES_MS);
}

async function restyle() {
  if (!opening) return;
  await opening;
  const wanted = look.value === "profile" ? "profile" : style();
  trouble("");
  try {
    if (stream) await stream.restyle(address());
    else { const here = video.currentTime; video.src = address().href; video.currentTime = here; await video.play(); }
    player.dataset.look = wanted;
  } catch (error) {
    if (error.name !== "AbortError") trouble(error);
  }
}

function addPart(id, weight) {
  const row = at("part").content.cloneNode(true).firstElementChild;
  row.querySelector("select").value = id;
  const slider = row.querySelector("input");
  const output = row.querySelector("output");
  const show = () => { output.textContent = `${slider.value} %`; };
  slider.value = weight;
  show();
  slider.addEventListener("input", () => { show(); changed(); });
  row.querySelector("select").addEventListener("change", changed);
  row.querySelector("button").addEventListener("click", () => {
    if (parts.children.length > 1) { row.remove(); changed(); }
  });
  parts.append(row);
}

async function toggle() {
  await open();
  if (video.paused) await video.play().catch((error) => { if (error.name !== "AbortError") trouble(error); });
  else video.pause();
}

function showQuality() {
  at("now").textContent = stream?.quality ? `Quality now: ${stream.quality}` : "";
  player.dataset.rung = stream?.rung?.name ?? "";
}

function show() {
  if (!place.matches(":active")) place.value = video.currentTime;
  const said = `${words(video.currentTime)} / ${words(Number(place.max))}`;
  clock.textContent = said;
  place.setAttribute("aria-valuetext", said);
  play.textContent = video.paused || video.ended ? "Play" : "Pause";
  sound.textContent = video.muted ? "Unmute" : "Mute";
  sound.setAttribute("aria-pressed", String(video.muted));
}

addPart(told.styles[0], 60);
addPart(told.styles[1] ?? told.styles[0], 40);
play.addEventListener("click", toggle);
video.addEventListener("click", toggle);
place.addEventListener("input", async () => { await open(); video.currentTime = Number(place.value); });
sound.addEventListener("click", () => { video.muted = !video.muted; });
look.addEventListener("change", changed);
quality.addEventListener("change", () => stream?.choose(quality.value));
at("add").addEventListener("click", () => { addPart(told.styles[0], 30); changed(); });
at("large").addEventListener("click", () => (document.fullscreenElement ? document.exitFullscreen() : player.requestFullscreen()));
for (const event of ["timeupdate", "play", "pause", "ended", "volumechange", "seeking"]) video.addEventListener(event, show);
document.addEventListener("keydown", (event) => {
  if (event.target.closest("input, select, button, a")) return;
  if (event.key === " ") { event.preventDefault(); toggle(); }
  if (event.key === "m") video.muted = !video.muted;
  if (event.key === "ArrowLeft") video.currentTime -= 5;
  if (event.key === "ArrowRight") video.currentTime += 5;
});
changed();
show();
