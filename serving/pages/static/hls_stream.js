// Plays an HLS playlist of CMAF track files through Media Source Extensions, choosing the rung by what the line carries.
const AHEAD_S = 12; // fetched before it is needed: a rung chosen now is seen at most so much later
const SAFE_S = 4; // less than this ahead, and no larger rung is tried
const SHARE = 0.8; // of the measured rate that a rung may take
const WORTH_MEASURING = 20000; // bytes: less tells of the delay, not of the rate
const TRIES = 3;

const attributes = (line) => Object.fromEntries(
  [...line.matchAll(/([A-Z0-9-]+)=("[^"]*"|[^,]*)/g)].map(([, name, value]) => [name, value.replace(/^"|"$/g, "")]),
);

// A playlist read; what it names is beside where it was found, which may be elsewhere than where it was asked for.
export async function read(address, reader) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`a playlist was answered ${answer.status}`);
  return reader(await answer.text(), answer.url);
}

export function readMaster(playlist, base) {
  const lines = playlist.split("\n");
  const sounds = {};
  const rungs = [];
  lines.forEach((line, at) => {
    const told = attributes(line);
    if (line.startsWith("#EXT-X-MEDIA:") && told.TYPE === "AUDIO") sounds[told["GROUP-ID"]] = new URL(told.URI, base).href;
    if (!line.startsWith("#EXT-X-STREAM-INF:")) return;
    const [width, height] = told.RESOLUTION.split("x").map(Number);
    const codecs = told.CODECS.split(",");
    rungs.push({
      address: new URL(lines[at + 1], base).href, bits: Number(told.BANDWIDTH), width, height, group: told.AUDIO,
      name: `${Math.min(width, height)}p`, video: codecs.find((each) => each.startsWith("avc1")),
      audio: codecs.find((each) => each.startsWith("mp4a")),
    });
  });
  return { rungs, sounds, first: rungs[0] };
}

export function readMedia(playlist, base) {
  const segments = [];
  let head = null;
  let start = 0;
  let duration = 0;
  let range = null;
  const bytes = (told) => { const [size, from] = told.split("@").map(Number); return [from, from + size - 1]; };
  for (const line of playlist.split("\n")) {
    if (line.startsWith("#EXT-X-MAP:")) {
      const told = attributes(line);
      head = { address: new URL(told.URI, base).href, range: told.BYTERANGE ? bytes(told.BYTERANGE) : null };
    } else if (line.startsWith("#EXTINF:")) duration = parseFloat(line.slice(8));
    else if (line.startsWith("#EXT-X-BYTERANGE:")) range = bytes(line.slice(17));
    else if (line && !line.startsWith("#")) {
      segments.push({ address: new URL(line, base).href, range, start, duration });
      start += duration;
    }
  }
  return { head, segments, duration: start };
}

// One kind of media on its way into its buffer.
class Lane {
  constructor(kind) { Object.assign(this, { kind, buffer: null, playlist: null, loaded: null, abort: null, done: false }); }

  holds(time) {
    const { buffered } = this.buffer;
    for (let nth = 0; nth < buffered.length; nth += 1) if (buffered.start(nth) <= time && time < buffered.end(nth)) return true;
    return false;
  }

  // The first segment from here on that is not there yet.
  next(time) {
    return this.playlist.segments.findIndex((each) => each.start + each.duration > time && !this.holds(each.start + each.duration / 2));
  }

  idle() {
    return this.buffer.updating ? new Promise((go) => { this.buffer.addEventListener("updateend", go, { once: true }); }) : Promise.resolve();
  }

  async change(deed) {
    await this.idle();
    deed(this.buffer);
    await this.idle();
  }
}

export class HlsStream extends EventTarget {
  constructor(video, address) {
    super();
    Object.assign(this, { video, address, rungs: [], chosen: "auto", rung: null, rate: 0, closed: false, wakers: [] });
    this.lanes = [];
    this.playlists = new Map();
  }

  static works() { return "MediaSource" in window; }

  async open() {
    this.take_up(await read(this.address, readMaster));
    this.source = new MediaSource();
    const opened = new Promise((go) => { this.source.addEventListener("sourceopen", go, { once: true }); });
    this.video.src = URL.createObjectURL(this.source);
    await opened;
    this.lanes = [new Lane("video"), ...(this.rung.group ? [new Lane("audio")] : [])];
    for (const lane of this.lanes) {
      lane.playlist = await this.playlist(this.address_of(lane));
      lane.buffer = this.source.addSourceBuffer(this.type(this.rung, lane.kind));
    }
    this.source.duration = this.lanes[0].playlist.duration;
    for (const moved of ["seeking", "timeupdate"]) this.video.addEventListener(moved, () => this.moved(moved));
    for (const lane of this.lanes) this.fill(lane).catch((error) => this.fail(error));
  }

  take_up(master) {
    const playable = master.rungs.filter((each) => MediaSource.isTypeSupported(this.type(each, "video")));
    if (!playable.length) throw new Error("this browser plays none of its qualities");
    this.sounds = master.sounds;
    this.rungs = playable.sort((a, b) => a.bits - b.bits);
    const same = this.rungs.find((each) => each.name === this.rung?.name);
    this.rung = same ?? (this.rungs.includes(master.first) ? master.first : this.rungs[0]);
  }

  type(rung, kind) { return `${kind}/mp4; codecs="${rung[kind]}"`; }

  address_of(lane) { return lane.kind === "video" ? this.rung.address : this.sounds[this.rung.group]; }

  playlist(address) {
    if (!this.playlists.has(address)) this.playlists.set(address, read(address, readMedia));
    return this.playlists.get(address);
  }

  // The quality that a person wants from now on: a rung's name, or "auto". What was fetched in another one goes.
  async choose(name) {
    this.chosen = name;
    const [lane] = this.lanes;
    if (!lane || name === "auto" || this.rung.name === name) return;
    lane.abort?.abort();
    const here = lane.playlist.segments.find((each) => each.start + each.duration > this.video.currentTime);
    const from = here ? here.start + here.duration : Infinity;
    if (from < this.source.duration) await lane.change((buffer) => buffer.remove(from, Infinity));
    this.wake();
  }

  close() {
    this.closed = true;
    for (const lane of this.lanes) lane.abort?.abort();
    this.wake();
  }

  moved(how) {
    if (how === "seeking") for (const lane of this.lanes) if (!lane.holds(this.video.currentTime)) lane.abort?.abort();
    this.wake();
  }

  wake() { for (const go of this.wakers.splice(0)) go(); }

  sleep() { return new Promise((go) => { this.wakers.push(go); setTimeout(go, 500); }); }

  async fill(lane) {
    while (!this.closed) {
      const time = this.video.currentTime;
      const nth = lane.next(time);
      const segment = lane.playlist.segments[nth];
      lane.done = !segment;
      if (!segment) this.finish();
      if (!segment || segment.start - time > AHEAD_S) await this.sleep();
      else await this.take(lane, nth);
    }
  }

  async take(lane, nth) {
    if (lane.kind === "video") this.pick(lane);
    const address = this.address_of(lane);
    lane.abort = new AbortController();
    try {
      if (lane.loaded !== address) {
        lane.playlist = await this.playlist(address);
        const head = await this.fetch(lane.playlist.head, lane.abort.signal);
        await lane.change((buffer) => buffer.appendBuffer(head));
        lane.loaded = address;
      }
      const piece = await this.fetch(lane.playlist.segments[nth], lane.abort.signal, lane.kind === "video");
      await lane.change((buffer) => buffer.appendBuffer(piece));
    } catch (error) {
      if (error.name !== "AbortError") throw error;
    }
  }

  async fetch({ address, range }, signal, measured = false) {
    for (let tried = 1; ; tried += 1) {
      const began = performance.now();
      try {
        const headers = range ? { Range: `bytes=${range[0]}-${range[1]}` } : {}; // a live segment is a file of its own
        const answer = await fetch(address, { headers, signal });
        if (answer.status !== (range ? 206 : 200)) throw new Error(`a segment was answered ${answer.status}`);
        this.heard(answer.headers);
        const bytes = await answer.arrayBuffer();
        if (measured && bytes.byteLength > WORTH_MEASURING) this.learn(bytes.byteLength, performance.now() - began);
        return bytes;
      } catch (error) {
        if (error.name === "AbortError" || tried === TRIES) throw error;
        this.rate /= 2; // a line that breaks carries less
        await new Promise((go) => { setTimeout(go, 300 * tried); });
      }
    }
  }

  heard() {} // what an answer tells besides

  // The line's rate, believed slowly when it grows and at once when it falls.
  learn(bytes, took_ms) {
    const rate = (8000 * bytes) / Math.max(took_ms, 1);
    this.rate = this.rate && rate > this.rate ? 0.7 * this.rate + 0.3 * rate : rate;
  }

  pick(lane) {
    const wanted = this.rungs.find((each) => each.name === this.chosen) ?? this.fitting(lane);
    if (wanted === this.rung) return;
    this.rung = wanted;
    this.dispatchEvent(new Event("rung"));
  }

  fitting(lane) {
    if (!this.rate) return this.rung;
    const needed = Math.min(this.video.clientWidth, this.video.clientHeight || Infinity) * devicePixelRatio;
    const enough = this.rungs.find((each) => Math.min(each.width, each.height) >= needed) ?? this.rungs.at(-1);
    const shown = this.rungs.filter((each) => each.bits <= enough.bits);
    const best = shown.filter((each) => each.bits <= SHARE * this.rate).at(-1) ?? shown[0];
    const larger = best.bits > this.rung.bits;
    const time = this.video.currentTime;
    const safe = lane.holds(time) && lane.holds(Math.min(time + SAFE_S, this.source.duration - 0.5));
    return larger && !safe ? this.rung : best;
  }

  finish() {
    const settled = this.lanes.every((lane) => lane.done && !lane.buffer.updating);
    if (settled && this.source.readyState === "open") this.source.endOfStream();
  }

  fail(error) {
    if (this.closed) return;
    this.close();
    this.dispatchEvent(new CustomEvent("trouble", { detail: error }));
  }
}
