// Your look: sliders become a mix, which is saved as you let go; what is believed of you is shown as bars.
const house = document.getElementById("tastes");
const { viewer, ticket } = house.dataset;
const address = `/v1/viewers/${encodeURIComponent(viewer)}/style`;
const part = (id) => document.getElementById(id);
const MOST = 4;
let profile;
let saving = 0;

// The ticket stays in this page alone: not in the history, nor in what is copied from the address.
if (ticket) history.replaceState(null, "", `${location.pathname}?viewer=${encodeURIComponent(viewer)}`);

async function ask(method, path = "", body = undefined) {
  const headers = body === undefined ? {} : { "Content-Type": "application/json" };
  if (ticket) headers["X-Viewer-Ticket"] = ticket;
  const answer = await fetch(address + path, { method, headers, body: body && JSON.stringify(body) });
  if (!answer.ok) {
    const problem = await answer.json().catch(() => ({ detail: answer.statusText }));
    throw new Error(problem.detail);
  }
  return answer.json();
}

function say(words) { part("said").textContent = words; }

const percent = (share) => `${Math.round(100 * share)} %`;

function layers() {
  // Pictures laid over each other so that each is seen by its share: the n-th from below hides what its share of all below is.
  const mix = profile.styles.filter((each) => each.weight > 0);
  let below = profile.mix.plain ?? 0;
  const shown = [];
  if (below > 0 || !mix.length) shown.push({ picture: "plain", opacity: 1 });
  for (const style of mix) {
    below += style.weight;
    shown.push({ picture: style.id, opacity: shown.length ? style.weight / below : 1 });
  }
  return shown;
}

function preview() {
  const images = layers().map(({ picture, opacity }) => {
    const image = new Image();
    image.alt = "";
    image.src = `/my-style/pictures/${picture}`;
    image.style.opacity = opacity;
    return image;
  });
  part("preview").replaceChildren(...images);
  part("preview").setAttribute("aria-label", `A picture in your look. ${profile.why}`);
}

function card(style) {
  const item = part("style").content.firstElementChild.cloneNode(true);
  item.dataset.style = style.id;
  item.querySelector("img").src = `/my-style/pictures/${style.id}`;
  item.querySelector("h3").textContent = style.name;
  item.querySelector(".what").textContent = style.about;
  const slider = item.querySelector("input");
  slider.setAttribute("aria-label", `${style.name}, share of your look`);
  slider.addEventListener("input", () => cards().forEach(told));
  slider.addEventListener("change", () => save(slider));
  return item;
}

function told(item) {
  const value = item.querySelector("input").valueAsNumber;
  item.classList.toggle("in", value > 0);
  item.querySelector(".share").textContent = value ? `${percent(value / total())} of your look` : "";
}

const cards = () => [...part("styles").children];
const total = () => cards().reduce((sum, each) => sum + each.querySelector("input").valueAsNumber, 0);

function believe(item, style) {
  item.querySelector(".span").style.left = `${100 * style.low}%`;
  item.querySelector(".span").style.width = `${100 * (style.high - style.low)}%`;
  item.querySelector(".mid").style.left = `${100 * style.rate}%`;
  const from = style.own >= 0.5 ? "by what you did" : style.others >= 0.5 ? "by what others like" : "nothing known yet";
  item.querySelector(".told").textContent =
    `${percent(style.rate)} likely to your liking (${percent(style.low)} to ${percent(style.high)}), ${from}`;
}

function show(found, { sliders = true } = {}) {
  profile = found;
  part("why").textContent = found.why;
  part("deeds").textContent = found.deeds;
  part("explored").textContent = found.explored > 0
    ? `About one film in ${Math.round(1 / found.explored)} is shown in another look, to learn what else you like.` : "";
  part("fades").textContent =
    `What you chose, what you saw films in, and what you did: liked, skipped, watched. After ${found.half_life_days} days it counts half.`;
  const known = new Map(cards().map((each) => [each.dataset.style, each]));
  if (known.size !== found.styles.length) {
    part("styles").replaceChildren(...found.styles.map(card));
    for (const each of cards()) known.set(each.dataset.style, each);
  }
  const whole = 1 - (found.mix.plain ?? 0);
  for (const style of found.styles) {
    const item = known.get(style.id);
    believe(item, style);
    if (sliders) item.querySelector("input").value = whole ? Math.round(20 * style.weight / whole) * 5 : 0;
  }
  cards().forEach(told);
  if (sliders && whole > 0) part("strength").value = Math.round(20 * whole) * 5;
  part("strength-told").textContent = `${part("strength").value} %`;
  preview();
}

async function save(moved) {
  const mix = {};
  for (const each of cards()) {
    const value = each.querySelector("input").valueAsNumber;
    if (value > 0) mix[each.dataset.style] = value / 100;
  }
  if (Object.keys(mix).length > MOST) {
    moved.value = 0;
    cards().forEach(told);
    say(`A look has up to ${MOST} styles: slide another down first.`);
    return;
  }
  const turn = ++saving;
  say("Saving…");
  await attempt(async () => {
    const found = await ask("PUT", "", { mix, strength: part("strength").valueAsNumber / 100 });
    if (turn === saving) { show(found, { sliders: false }); say("Saved: it holds from the next scene on."); }
  });
}

async function attempt(deed) {
  try { await deed(); } catch (error) { say(error.message); }
}

part("strength").addEventListener("input", () => { part("strength-told").textContent = `${part("strength").value} %`; });
part("strength").addEventListener("change", () => save(part("strength")));
part("plain").addEventListener("click", () => attempt(async () => {
  show(await ask("PUT", "", { mix: {} }));
  say("Films are shown as they are.");
}));
part("follow").addEventListener("click", () => attempt(async () => {
  await ask("DELETE", "?only_choice=true");
  show(await ask("GET"));
  say("Your look follows what you do.");
}));
part("erase").addEventListener("click", () => part("sure").showModal());
part("sure").addEventListener("close", () => attempt(async () => {
  if (part("sure").returnValue !== "yes") return;
  part("sure").returnValue = "";
  const { erased } = await ask("DELETE");
  show(await ask("GET"));
  say(`Erased: ${erased} entries are gone.`);
}));
part("export").addEventListener("click", () => attempt(async () => {
  const kept = new Blob([JSON.stringify(await ask("GET", "/export"), null, 1)], { type: "application/json" });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(kept);
  link.download = "my-style.json";
  link.click();
  URL.revokeObjectURL(link.href);
  say("Downloaded.");
}));

attempt(async () => show(await ask("GET")));
