// What is done with a recipe as a whole: saved as a file, shared as a link, opened again, exported, liked.
import { fromGrey, png } from "./mask.js";
import { blends, masksOf, recipeOf, stateOf } from "./recipe.js";
import { blendOf, fileOf, liked, maskPicture, pictureOf, published, uploaded } from "./server.js";
import { canvasOf } from "./state.js";

const LOOK_MS = 2000;
const IN_LINK = "#recipe=";
const WAITING = { open: "It waits for a machine.", running: "It is being painted …" };

export class Deeds {
  #blend = null; // the id of what was exported, as long as nothing is changed
  #exported = null; // and its recipe
  #editedFrom = null;
  #uploads = new Map(); // mask name → hash of what was uploaded

  constructor(desk, pictures, say) {
    Object.assign(this, { desk, pictures, say });
    this.part = (id) => document.getElementById(id);
    for (const [id, deed] of [["save", () => this.save()], ["share", () => this.share()], ["export", () => this.export()], ["like", () => this.like()]]) {
      this.part(id).addEventListener("click", () => deed().catch((error) => say(error.message, true)));
    }
    window.addEventListener("hashchange", () => this.open());
  }

  show(state) {
    for (const id of ["save", "share", "export"]) this.part(id).disabled = !blends(state);
    if (this.#blend && JSON.stringify(recipeOf(state)) !== this.#exported) {
      this.#editedFrom = this.#blend;
      this.#blend = null;
      this.part("like").setAttribute("aria-pressed", "false");
    }
    this.part("like").disabled = this.#blend === null;
    this.part("like").title = this.#blend ? "Like this blend" : "Export it, and you can like it";
  }

  /** The recipe with its masks uploaded, so that it means the same everywhere. */
  async #recipe() {
    const { state } = this.desk;
    for (const mask of masksOf(state)) {
      if (!this.#uploads.has(mask.name)) this.#uploads.set(mask.name, await uploaded(await png(mask), "mask.png"));
    }
    return recipeOf(state, (mask) => this.#uploads.get(mask.name));
  }

  async save() {
    const recipe = await this.#recipe();
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([JSON.stringify(recipe, null, 2)], { type: "application/json" }));
    link.download = `${this.#name()}.json`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    this.say("The recipe is saved. Drop the file here to open it again.");
  }

  async share() {
    const recipe = await this.#recipe();
    const address = this.#blend
      ? new URL(`/studio/blend/of/${this.#blend}`, location.href).href
      : new URL(`/studio/blend${IN_LINK}${packed(recipe)}`, location.href).href;
    this.#sheet("Share link", "Whoever opens it, and may blend here, has this very desk: pictures, weights, paint.", { link: address });
    const copied = await navigator.clipboard?.writeText(address).then(() => true, () => false);
    this.say(copied ? "The link is copied." : "The link is there to copy.");
  }

  async export() {
    const { state } = this.desk;
    const { id } = await published(await this.#recipe(), this.#name(), this.#editedFrom);
    this.#take(id, state);
    window.history.replaceState(null, "", `/studio/blend/of/${id}`);
    this.show(this.desk.state);
    const sheet = this.#sheet("Export", WAITING.open, { link: null });
    await this.#follow(id, sheet);
  }

  #take(id, state) {
    this.#blend = id;
    this.#exported = JSON.stringify(recipeOf(state));
  }

  /** Look until it is painted; the sheet tells how far it is, and may be closed meanwhile. */
  async #follow(id, sheet) {
    for (;;) {
      const told = await blendOf(id);
      const file = fileOf(told);
      if (file) {
        sheet.text.textContent = "It is painted.";
        Object.assign(sheet.open, { href: file, download: `${this.#name()}.png`, textContent: "Download", hidden: false });
        this.say("The export is ready.");
        return;
      }
      if (!(told.state in WAITING)) {
        sheet.text.textContent = told.why || `It is ${told.state}.`;
        this.say(`The export is ${told.state}.`, true);
        return;
      }
      sheet.text.textContent = WAITING[told.state];
      await new Promise((resolve) => { setTimeout(resolve, LOOK_MS); });
    }
  }

  async like() {
    await liked(this.#blend);
    this.part("like").setAttribute("aria-pressed", "true");
    this.say("Liked. Thank you.");
  }

  /** Open what the address names: a blend, or a recipe in the link. */
  async open() {
    const { blend } = this.part("studio").dataset;
    try {
      if (location.hash.startsWith(IN_LINK)) await this.openRecipe(unpacked(location.hash.slice(IN_LINK.length)));
      else if (blend) {
        await this.openRecipe((await blendOf(blend)).recipe);
        this.#take(blend, this.desk.state);
        this.show(this.desk.state);
      }
    } catch (error) {
      this.say(error instanceof SyntaxError ? "The link is cut short." : error.message, true);
    }
  }

  /** Put a recipe on the desk, with its pictures and its paint. */
  async openRecipe(recipe) {
    if (!recipe?.target || !Array.isArray(recipe.sources)) throw new Error("This is no recipe of a blend.");
    this.say("Opening …");
    const ids = new Set([recipe.target, ...recipe.sources.map((each) => each.picture)]);
    await Promise.all([...ids].map(async (id) => { if (!this.pictures.has(id)) this.pictures.set(id, await pictureOf(id)); }));
    const frame = this.pictures.get(recipe.target);
    const masks = new Map();
    for (const id of new Set(recipe.sources.flatMap((each) => [each.style_mask, each.content_mask]).filter(Boolean))) {
      const mask = fromGrey(await maskPicture(id), frame.width, frame.height);
      this.#uploads.set(mask.name, id);
      masks.set(id, mask);
    }
    this.desk.open(stateOf(recipe, this.pictures, masks));
    this.say("The recipe is on the desk.");
  }

  #name() { return canvasOf(this.desk.state)?.name ?? "blend"; }

  #sheet(title, words, { link }) {
    const [sheet, text, open, field] = ["sheet", "sheet-text", "sheet-open", "sheet-link"].map(this.part);
    this.part("sheet-title").textContent = title;
    text.textContent = words;
    open.hidden = true;
    field.hidden = link === null;
    field.value = link ?? "";
    if (!sheet.open) sheet.showModal();
    if (link) field.select();
    return { text, open };
  }
}

const packed = (recipe) => btoa(String.fromCharCode(...new TextEncoder().encode(JSON.stringify(recipe)))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

function unpacked(text) {
  try {
    const bytes = Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw new SyntaxError("cut short");
  }
}
