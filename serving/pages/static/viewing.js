// Tells what a viewer saw of a trailer, one event a viewing: the stretches that were played, in the order of playing.
const LEAST_S = 0.05; // shorter stretches are no watching, and refused
const JOINED_S = 0.3; // players tell their place four times a second: a stretch that begins so near the last one goes on
const MOST = 64; // stretches that are taken of a viewing

const name = () => [...crypto.getRandomValues(new Uint8Array(16))].map((each) => each.toString(16).padStart(2, "0")).join("");
const rounded = (seconds) => Math.round(1000 * seconds) / 1000;

export class Viewing {
  constructor(video, { title, cut, content }, { viewer, segment }) {
    Object.assign(this, { video, told: { viewer, segment, title, aspect: cut }, content });
    this.begin();
    this.send({ kind: "impression" });
    const on = (moved, deed) => video.addEventListener(moved, deed);
    on("playing", () => this.open());
    on("timeupdate", () => this.go());
    on("seeking", () => { this.stretch = null; }); // its end is the last place told: the new one is elsewhere
    on("seeked", () => { if (!video.paused) this.open(); });
    on("pause", () => this.go());
    on("ended", () => { this.go(); this.end("left"); });
    addEventListener("pagehide", () => { this.go(); this.end("left"); });
  }

  begin() { Object.assign(this, { stretches: [], stretch: null }); }

  open() {
    const here = this.video.currentTime;
    const last = this.stretches.at(-1);
    if (last && Math.abs(here - last[1]) < JOINED_S) this.stretch = last;
    else if (!this.stretch) this.stretches.push(this.stretch = [here, here]);
  }

  go() {
    if (this.stretch && !this.video.seeking) this.stretch[1] = Math.max(this.stretch[1], this.video.currentTime);
  }

  // The viewing is over, and is told; what is played from here on is another one.
  end(stopped) {
    const played = this.stretches.map((each) => each.map(rounded)).filter(([from, to]) => to - from >= LEAST_S).slice(0, MOST);
    this.begin();
    if (played.length) this.send({ kind: "watch", content: this.content, played, stopped });
  }

  // A beacon outlives the page; a lost one is not sent again, and its viewing is missing rather than wrong.
  send(event) {
    const body = JSON.stringify({ events: [{ id: name(), ...this.told, ...event }] });
    navigator.sendBeacon("/v1/events", new Blob([body], { type: "application/json" }));
  }
}
