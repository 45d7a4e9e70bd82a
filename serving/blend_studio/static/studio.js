// The studio: puts the parts together; each part has a file of its own.
import { Advanced } from "./advanced.js";
import { Cards } from "./cards.js";
import { Compare } from "./compare.js";
import { Deeds } from "./deeds.js";
import { Hands } from "./hands.js";
import { History } from "./history.js";
import { Intake, receive } from "./intake.js";
import { listen } from "./keys.js";
import { Painting } from "./painting.js";
import { blends, recipeOf } from "./recipe.js";
import { EMPTY, Desk, canvasOf } from "./state.js";
import { Stage, frameOf, overlays } from "./stage.js";
import { Tools, fill } from "./tools.js";
import { Wire } from "./wire.js";

const $ = (id) => document.getElementById(id);
const LINES = { open: "Live", lost: "Connection lost, trying again …", full: "The studio is full, trying again …", "sign-in": "Signed out. Reload the page.", forbidden: "Your key may not blend." };

function say(text, bad = false) {
  $("said").textContent = text;
  $("said").classList.toggle("bad", bad);
}

const pictures = new Map(); // id → bitmap of a source
const desk = new Desk();
const stage = new Stage($("picture"));
const tools = new Tools($("studio"));
const painting = new Painting(desk, say);
const cards = new Cards($("sources"), $("card"), desk, (key) => choose(key));
const advanced = new Advanced($("advanced"), desk);
const compare = new Compare(stage, $("divider"), $("split"), $("hold"));
const history = new History($("history"), (state, bitmap) => { desk.commit(state, "result"); stage.result = bitmap; stage.draw(); }, (bitmap) => { against = bitmap; before(); });
const deeds = new Deeds(desk, pictures, say);
const intake = new Intake(desk, pictures, say, (recipe) => deeds.openRecipe(recipe));
const wire = new Wire(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/studio/blend/socket`);
let against = null;
let blended = null; // the state that was last sent

const hands = new Hands(stage, tools, {
  begin: () => painting.begin(),
  painting: (canvas) => { painting.painting(canvas); overlay(); },
  painted: (canvas) => painting.painted(canvas),
});

function choose(key) {
  painting.active = painting.active === key ? null : key;
  if (painting.active && tools.moves) tools.take("brush");
  cards.active = painting.active;
  if (painting.source) say(`Paint where ${painting.source.name} goes.`);
  show();
}

function before() {
  stage.before = against ?? pictures.get(desk.state.canvas) ?? null;
  stage.draw();
}

function overlay() {
  const shows = $("overlay").value;
  const layers = shows === "none" ? [] : overlays(desk.state, painting.active, painting.kind, shows === "all");
  if (painting.wet) layers[Math.max(0, layers.length - 1)] = { ...layers.at(-1), canvas: painting.wet, colour: wetColour() };
  stage.layers = layers;
  stage.draw();
}

const wetColour = () => $("sources").querySelector(".on-brush")?.style.getPropertyValue("--own") || "#fff";

/** Everything that a state shows, except its blend. */
function show() {
  const { state } = desk;
  if (painting.active && !painting.source) { painting.active = null; cards.active = null; }
  cards.show(state);
  advanced.show(state);
  stage.frame(frameOf(state));
  before();
  overlay();
  $("invitation").hidden = state.sources.length > 0;
  $("strength").value = Math.round(state.strength * 100);
  $("strength-value").textContent = `${Math.round(state.strength * 100)} %`;
  fill($("strength"));
  $("balanced").checked = state.balanced;
  $("undo").disabled = !desk.canUndo;
  $("redo").disabled = !desk.canRedo;
  deeds.show(state);
  cursor();
}

function cursor() {
  stage.canvas.classList.toggle("moves", tools.moves);
  stage.canvas.classList.toggle("idle", !tools.moves && !painting.active);
  if (tools.moves || !painting.active) stage.cursor = null;
  stage.draw();
}

/** Send what is on the desk, if it makes another picture. */
function blend() {
  const { state } = desk;
  const same = blended && JSON.stringify([recipeOf(state), state.detail]) === JSON.stringify([recipeOf(blended), blended.detail]);
  if (same && blends(state)) { blended = state; return; }
  blended = state;
  if (!blends(state)) { wire.stop(); stage.result = null; $("progress").hidden = true; stage.draw(); return; }
  wire.send(state, recipeOf(state));
  if ($("said").textContent.startsWith("Finished")) say("");
  $("progress").hidden = false;
  $("progress").removeAttribute("value");
}

desk.addEventListener("change", (event) => {
  show();
  blend();
  if (event.detail === "open") { history.clear(); stage.fit(); }
});

wire.addEventListener("preview", ({ detail: { header, bitmap } }) => {
  stage.result = bitmap;
  stage.draw();
  $("studio").dataset.shown = `${header.edit}:${header.phase}:${header.done ? "done" : header.iteration}`;
  if (header.of) $("progress").value = header.iteration / header.of;
  if (!header.done) return;
  $("progress").hidden = true;
  history.keep(blended, bitmap);
  say(`Finished at ${header.width} × ${header.height} after ${header.iteration} steps.`);
});
wire.addEventListener("fault", ({ detail: { what, fix } }) => { $("progress").hidden = true; say(`${what}. ${fix}`.replace("..", "."), true); });
wire.addEventListener("about", ({ detail }) => advanced.know(detail));
wire.addEventListener("line", ({ detail, why }) => {
  $("line").textContent = LINES[detail];
  $("line").className = `line ${detail === "open" ? "open" : "lost"}`;
  if (why) say(why, true);
});

function step(how, word) {
  if (hands.busy) return;
  const name = desk[how]();
  say(name ? `${word}: ${name}.` : `Nothing to ${how}.`);
}

tools.addEventListener("change", cursor);
stage.canvas.addEventListener("pointermove", cursor);
new ResizeObserver(() => compare.place()).observe($("easel"));
for (const name of ["everything", "nothing", "invert", "feather"]) $(name).addEventListener("click", () => painting.fill(name));
$("paint-kind").addEventListener("change", () => { painting.kind = $("paint-kind").value; overlay(); });
$("overlay").addEventListener("change", overlay);
$("undo").addEventListener("click", () => step("undo", "Undone"));
$("redo").addEventListener("click", () => step("redo", "Done again"));
$("reset").addEventListener("click", () => { desk.commit(reset(desk.state), "reset"); say("Reset; undo brings it back."); });
$("strength").addEventListener("input", () => desk.try({ ...desk.state, strength: $("strength").valueAsNumber / 100 }));
$("strength").addEventListener("change", () => desk.commit({ ...desk.state, strength: $("strength").valueAsNumber / 100 }, "style strength"));
$("balanced").addEventListener("change", () => desk.commit({ ...desk.state, balanced: $("balanced").checked }, "balance"));
$("fit").addEventListener("click", () => { stage.fit(); compare.place(); });
$("closer").addEventListener("click", () => { stage.zoomBy(1.25); compare.place(); });
$("farther").addEventListener("click", () => { stage.zoomBy(0.8); compare.place(); });
receive(intake, $("easel"), $("files"), [$("add"), $("choose-first")]);
listen({
  smaller: () => tools.grow(-1), larger: () => tools.grow(1), softer: () => tools.harden(-10), harder: () => tools.harden(10),
  brush: () => tools.take("brush"), eraser: () => tools.take("eraser"), hand: () => tools.take("hand"), swap: () => tools.swap(),
  fit: () => $("fit").click(), closer: () => $("closer").click(), farther: () => $("farther").click(),
  split: () => $("split").click(), undo: () => step("undo", "Undone"), redo: () => step("redo", "Done again"),
  pan: (held) => tools.pan(held), hold: (held) => compare.hold(held),
});

/** The pictures as they came: the canvas gives its content, the others share the style, nothing is painted. */
function reset(state) {
  const canvas = canvasOf(state);
  const others = state.sources.length - 1;
  const sources = state.sources.map((each) => ({
    ...each, content: each === canvas ? 1 : 0, style: each === canvas ? 0 : Number((1 / others).toFixed(4)),
    locks: { style: false, content: false }, masks: { style: null, content: null },
  }));
  return { ...EMPTY, canvas: state.canvas, sources };
}

show();
deeds.open();
