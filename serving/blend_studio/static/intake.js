// New pictures, and saved recipes: from files, by drop, by paste. A picture is uploaded, and then known by its bytes.
import { MOST_SOURCES, sourceOf } from "./state.js";
import { pictureOf, uploaded } from "./server.js";

const MOST_BYTES = 20 * 2 ** 20;

export class Intake {
  /** `openRecipe(recipe)` opens a saved recipe. */
  constructor(desk, pictures, say, openRecipe) {
    Object.assign(this, { desk, pictures, say, openRecipe });
  }

  /** Upload files, and put each on the desk as it arrives. */
  async take(files) {
    for (const file of files) {
      if (file.name.endsWith(".json")) { await this.#open(file); continue; }
      if (this.desk.state.sources.length >= MOST_SOURCES) { this.say(`A blend has ${MOST_SOURCES} pictures at most.`, true); return; }
      if (file.size > MOST_BYTES) { this.say(`${file.name} is over 20 MB.`, true); continue; }
      this.say(`Uploading ${file.name} …`);
      try {
        const id = await uploaded(file, file.name);
        const picture = await pictureOf(id);
        this.pictures.set(id, picture);
        this.#lay(id, nameOf(file), picture);
      } catch (error) {
        this.say(`${file.name}: ${error.message}`, true);
      }
    }
  }

  async #open(file) {
    try {
      await this.openRecipe(JSON.parse(await file.text()));
    } catch (error) {
      this.say(error instanceof SyntaxError ? `${file.name} is no recipe.` : error.message, true);
    }
  }

  /** The first is the canvas and gives its content; the second gives its style; others come with nothing to give. */
  #lay(id, name, picture) {
    const { state } = this.desk;
    const { length } = state.sources;
    const source = { ...sourceOf(id, name, picture), content: length === 0 ? 1 : 0, style: length === 1 ? 1 : 0 };
    this.desk.commit({ ...state, canvas: state.canvas ?? id, sources: [...state.sources, source] }, `${name} added`);
    this.say(length === 0 ? `${name} is the canvas. Add a picture for its style.` : `${name} is here.`);
  }
}

const nameOf = (file) => (file.name || "Picture").replace(/\.[^.]*$/, "").replaceAll("_", " ").slice(0, 60) || "Picture";

/** Take what is dropped on `place`, pasted anywhere, or chosen. */
export function receive(intake, place, chooser, buttons) {
  for (const button of buttons) button.addEventListener("click", () => chooser.click());
  chooser.addEventListener("change", () => { intake.take([...chooser.files]); chooser.value = ""; });
  place.addEventListener("dragover", (event) => { event.preventDefault(); place.classList.add("dropping"); });
  place.addEventListener("dragleave", () => place.classList.remove("dropping"));
  place.addEventListener("drop", (event) => {
    event.preventDefault();
    place.classList.remove("dropping");
    intake.take([...event.dataTransfer.files]);
  });
  document.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length) { event.preventDefault(); intake.take(files); }
  });
}
