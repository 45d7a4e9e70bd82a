// The player's controls: play, scrub with pictures, sound, quality, full screen; by mouse, touch and keyboard.
import { HlsStream } from "./hls_stream.js";
import { Viewing } from "./viewing.js";

const at = (id) => document.getElementById(id);
const [player, video, play, place, clock, sound, quality] = ["player", "picture", "play", "place", "clock", "sound", "quality"].map(at);
const told = JSON.parse(at("stream").textContent);
const reports = JSON.parse(at("reports").textContent);
const viewing = reports && new Viewing(video, told, reports);
const STEP_S = 5;
let stream = null;
let opening = null;

const length = () => told.duration_s ?? (Number.isFinite(video.duration) ? video.duration : 0);
const words = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

function open() {
  opening ??= (async () => {
    if (!told.hls) return; // the page has the film itself
    if (!HlsStream.works()) { // phones that play HLS themselves
      video.src = video.canPlayType("application/vnd.apple.mpegurl") ? told.hls : told.mp4;
      quality.closest("label").hidden = true;
      return;
    }
    stream = new HlsStream(video, new URL(told.hls, location.href).href);
    stream.addEventListener("rung", showRung);
    stream.addEventListener("trouble", ({ detail }) => fallBack(detail));
    await stream.open();
    for (const rung of stream.rungs.toReversed()) quality.append(new Option(rung.name, rung.name));
    showRung();
  })().catch(fallBack);
  return opening;
}

function fallBack(error) {
  stream?.close();
  const here = video.currentTime;
  const playing = !video.paused;
  at("trouble").textContent = `Its qualities cannot be played (${error.message}); this is the whole film.`;
  video.src = told.mp4;
  video.currentTime = here;
  if (playing) video.play().catch(() => {});
}

function showRung() {
  player.dataset.rung = stream.rung.name;
  quality.options[0].textContent = `Automatic (${stream.rung.name})`;
}

async function toggle() {
  await open();
  if (video.paused) await video.play().catch((error) => { if (error.name !== "AbortError") at("trouble").textContent = error.message; });
  else video.pause();
}

async function go(seconds) {
  await open();
  video.currentTime = Math.min(Math.max(0, seconds), length());
}

function show() {
  const here = video.currentTime;
  place.max = length(); // of the whole film known once its head is there, which may have come before this script
  if (!place.matches(":active")) place.value = here;
  const said = `${words(here)} / ${words(length())}`;
  clock.textContent = said;
  place.setAttribute("aria-valuetext", said);
  play.textContent = video.paused || video.ended ? "Play" : "Pause";
  sound.textContent = video.muted ? "Unmute" : "Mute";
  sound.setAttribute("aria-pressed", String(video.muted));
}

// -- pictures above the scrubber
const cues = [];

async function readCues() {
  if (!told.storyboard) return;
  const address = new URL(told.storyboard, location.href);
  const answer = await fetch(address);
  if (!answer.ok) return;
  const seconds = (clocked) => clocked.split(":").reduce((sum, part) => 60 * sum + Number(part), 0);
  for (const block of (await answer.text()).split("\n\n")) {
    const [times, payload] = block.trim().split("\n");
    if (!payload?.includes("#xywh=")) continue;
    const [sheet, area] = payload.split("#xywh=");
    const [start, end] = times.split(" --> ").map(seconds);
    cues.push({ start, end, sheet: new URL(sheet, address).href, area: area.split(",").map(Number) });
  }
}

function preview(seconds) {
  const cue = cues.findLast((each) => each.start <= seconds);
  if (!cue) return;
  const [x, y, width, height] = cue.area;
  const still = at("still");
  Object.assign(still.style, {
    width: `${width}px`, height: `${height}px`, backgroundImage: `url("${cue.sheet}")`, backgroundPosition: `-${x}px -${y}px`,
  });
  at("moment").textContent = words(seconds);
  const box = at("preview");
  box.hidden = false;
  const middle = (place.clientWidth * seconds) / length();
  const rail = place.getBoundingClientRect();
  const frame = player.getBoundingClientRect();
  const low = frame.left - rail.left;
  const high = frame.right - rail.left - box.offsetWidth;
  box.style.left = `${Math.max(low, Math.min(middle - box.offsetWidth / 2, high))}px`;
}

const hide = () => { at("preview").hidden = true; };
const under = (event) => {
  const rail = place.getBoundingClientRect();
  return Math.min(1, Math.max(0, (event.clientX - rail.left) / rail.width)) * length();
};

play.addEventListener("click", toggle);
video.addEventListener("click", toggle);
place.addEventListener("pointermove", (event) => preview(under(event)));
place.addEventListener("pointerleave", hide);
place.addEventListener("blur", hide);
place.addEventListener("input", () => { preview(Number(place.value)); go(Number(place.value)); });
sound.addEventListener("click", () => { video.muted = !video.muted; });
quality.addEventListener("change", () => stream?.choose(quality.value));
quality.addEventListener("focus", open);
at("large").addEventListener("click", () => (document.fullscreenElement ? document.exitFullscreen() : player.requestFullscreen()));
video.addEventListener("error", () => { // of segments hls_stream.js tells, and of the whole film nobody else does
  if (video.currentSrc !== new URL(told.mp4, location.href).href) return;
  viewing?.end("cut_off");
  at("trouble").textContent = `The trailer cannot be played: ${video.error?.message || "it is out of reach"}.`;
});
for (const change of ["loadedmetadata", "timeupdate", "play", "pause", "ended", "volumechange", "seeked"]) video.addEventListener(change, show);

player.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target === quality) return;
  const deeds = {
    " ": () => toggle(), k: () => toggle(), m: () => sound.click(), f: () => at("large").click(),
    ArrowLeft: () => go(video.currentTime - STEP_S), ArrowRight: () => go(video.currentTime + STEP_S),
    Home: () => go(0), End: () => go(length()),
  };
  const deed = deeds[event.key];
  if (!deed || (event.key === " " && event.target.tagName === "BUTTON")) return;
  event.preventDefault();
  deed();
});

show();
readCues();
