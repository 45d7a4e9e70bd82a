"use strict";
(() => {
  const film = document.getElementById("film");
  const still = document.getElementById("still");
  const timeline = document.querySelector(".timeline");
  const shots = [...document.querySelectorAll(".shot")].map((button) => ({
    button, at: Number(button.dataset.at), end: Number(button.dataset.end), label: button.dataset.label,
    picture: document.getElementById(button.dataset.picture || ""),
  }));
  const frames = [...document.querySelectorAll(".frame")];
  const now = document.querySelector(".now strong");
  const clock = document.querySelector(".now time");
  const reel = document.querySelector(".reel");
  const needle = document.querySelector(".needle");
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  let current = null;

  // some browsers refuse a film in a data: address but take the same bytes as a blob
  const source = film && film.querySelector("source");
  const carryAsBlob = () => {
    const address = source.src;
    if (!source.isConnected || !address.startsWith("data:")) return;
    const comma = address.indexOf(",");
    const bytes = Uint8Array.from(atob(address.slice(comma + 1)), (letter) => letter.charCodeAt(0));
    source.remove();
    film.src = URL.createObjectURL(new Blob([bytes], { type: address.slice(5, address.indexOf(";")) }));
  };
  if (source) source.addEventListener("error", carryAsBlob);
  if (source && film.networkState === HTMLMediaElement.NETWORK_NO_SOURCE) carryAsBlob();

  // subtitles lie packed in the page, and are unpacked when they are chosen, in the player's menu or in their table
  const picks = [...document.querySelectorAll(".pick")];
  const unpack = async (track) => {
    const packed = Uint8Array.from(atob(track.dataset.packed), (letter) => letter.charCodeAt(0));
    delete track.dataset.packed;
    const unpacked = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
    track.src = URL.createObjectURL(new Blob([await new Response(unpacked).arrayBuffer()], { type: "text/vtt" }));
  };
  const tracks = film ? [...film.querySelectorAll("track")] : [];
  const attend = () => {
    tracks.forEach((one) => { if (one.dataset.packed && one.track.mode !== "disabled") unpack(one); });
    picks.forEach((pick) => {
      pick.setAttribute("aria-pressed", String(tracks[Number(pick.dataset.track)].track.mode === "showing"));
    });
  };
  if (tracks.length) { film.textTracks.addEventListener("change", attend); attend(); }
  picks.forEach((pick) => pick.addEventListener("click", () => {
    const chosen = pick.getAttribute("aria-pressed") === "true" ? undefined : tracks[Number(pick.dataset.track)];
    tracks.forEach((one) => { one.track.mode = one === chosen ? "showing" : "disabled"; });
  }));

  const timecode = (seconds) => {
    const tenths = Math.round(Math.max(0, seconds) * 10);
    const minutes = Math.floor(tenths / 600), rest = tenths % 600;
    const tail = `${String(Math.floor(rest / 10)).padStart(2, "0")}.${rest % 10}`;
    return minutes < 60 ? `${minutes}:${tail}`
      : `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}:${tail}`;
  };

  const shotAt = (seconds) => {
    let low = 0, high = shots.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (shots[middle].at <= seconds + 1e-3) low = middle; else high = middle - 1;
    }
    return shots[low];
  };

  const highlight = (shot) => {
    if (!shot || shot === current) return;
    if (current) current.button.removeAttribute("aria-current");
    shot.button.setAttribute("aria-current", "true");
    const number = shot.button.dataset.shot;
    frames.forEach((frame) => frame.dataset.shot === number
      ? frame.setAttribute("aria-current", "true") : frame.removeAttribute("aria-current"));
    if (now) now.textContent = shot.label;
    if (still && shot.picture) { still.src = shot.picture.src; still.alt = shot.picture.alt; }
    current = shot;
    const block = shot.button.parentElement;
    if (block.offsetLeft < reel.scrollLeft || block.offsetLeft > reel.scrollLeft + reel.clientWidth - 40)
      reel.scrollLeft = block.offsetLeft - reel.clientWidth / 3;
  };

  const show = (seconds) => {
    const length = timeline ? Number(timeline.dataset.length) : 0;
    if (needle && length) needle.style.left = `${Math.min(100, 100 * seconds / length)}%`;
    if (clock) clock.textContent = timecode(seconds);
    highlight(shotAt(seconds));
  };

  const goTo = (seconds) => {
    // a hair inside the frame: a float that lands just before it would show the shot before
    if (film) { film.currentTime = seconds + 0.001; }
    show(seconds);
  };

  if (!shots.length) return;

  shots.forEach((shot, place) => {
    if (shot.picture) shot.button.style.backgroundImage = `url("${shot.picture.src}")`;
    shot.button.tabIndex = place ? -1 : 0;
    shot.button.addEventListener("click", () => goTo(shot.at));
  });
  timeline.addEventListener("keydown", (event) => {
    const place = shots.findIndex((shot) => shot.button === document.activeElement);
    const step = { ArrowRight: place + 1, ArrowLeft: place - 1, Home: 0, End: shots.length - 1 }[event.key];
    if (place < 0 || step === undefined) return;
    event.preventDefault();
    const next = shots[Math.min(shots.length - 1, Math.max(0, step))];
    shots.forEach((shot) => { shot.button.tabIndex = shot === next ? 0 : -1; });
    next.button.focus();
    next.button.scrollIntoView({ block: "nearest", inline: "nearest" });
  });
  frames.forEach((frame) => frame.addEventListener("click", () => {
    goTo(Number(frame.dataset.at));
    const stage = document.querySelector(".stage");
    if (stage) stage.scrollIntoView({ block: "nearest", behavior: calm.matches ? "auto" : "smooth" });
  }));

  // a look at the shot under the pointer or the keyboard's focus
  let peek = null;
  const look = (shot) => {
    if (!shot.picture) return;
    if (!peek) {
      peek = document.createElement("div");
      peek.className = "peek";
      peek.setAttribute("aria-hidden", "true");
      peek.append(document.createElement("img"), document.createElement("p"));
      document.body.append(peek);
    }
    const [picture, line] = peek.children;
    picture.src = shot.picture.src;
    picture.alt = "";
    line.textContent = shot.label;
    peek.hidden = false;
    const block = shot.button.getBoundingClientRect(), card = peek.getBoundingClientRect();
    const middle = block.left + block.width / 2 - card.width / 2;
    peek.style.left = `${Math.max(8, Math.min(innerWidth - card.width - 8, middle))}px`;
    const above = block.top - card.height - 10;
    peek.style.top = `${above > 8 ? above : block.bottom + 10}px`;
  };
  const lookAway = () => { if (peek) peek.hidden = true; };
  shots.forEach((shot) => {
    shot.button.addEventListener("pointerenter", (event) => { if (event.pointerType !== "touch") look(shot); });
    shot.button.addEventListener("pointerleave", lookAway);
    shot.button.addEventListener("focus", () => { if (shot.button.matches(":focus-visible")) look(shot); });
    shot.button.addEventListener("blur", lookAway);
  });
  addEventListener("scroll", () => {  // the page may move under a pointer that rests
    const under = shots.find((shot) => shot.button.matches(":hover"));
    if (under) look(under); else lookAway();
  }, { passive: true });

  if (film) {
    const best = document.getElementById(film.dataset.poster || "");
    if (best) film.poster = best.src;
    let watching = false;
    const follow = () => {
      show(film.currentTime);
      watching = !film.paused && !film.ended;
      if (watching) requestAnimationFrame(follow);
    };
    film.addEventListener("play", () => { if (!watching) follow(); });
    ["seeked", "timeupdate", "pause"].forEach((name) => film.addEventListener(name, () => show(film.currentTime)));
  }
  show(0);

  // what is folded away on the screen is printed
  addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((one) => { one.open = true; }));
})();
