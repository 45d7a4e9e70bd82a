// The engine's own settings: layers with weights, steps, seed. What nobody touches is left to the engine.
import { SETTINGS } from "./state.js";

const KINDS = { style_layers: "style", content_layers: "content" };

export class Advanced {
  constructor(form, desk) {
    Object.assign(this, { form, desk });
    this.about = null;
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", (event) => { if (event.target.type === "range") this.#take(event.target, "try"); });
    form.addEventListener("change", (event) => this.#take(event.target, "commit"));
    form.querySelector("#own-layers").addEventListener("click", () => {
      const settings = { ...desk.state.settings, style_layers: {}, content_layers: {} };
      desk.commit({ ...desk.state, settings }, "layers");
    });
  }

  /** The engine's layers, and the weights that it takes where a recipe has none. */
  know(about) {
    this.about = about;
    for (const kind of Object.keys(KINDS)) {
      this.form.querySelector(`#${kind}`).replaceChildren(...about.layers.map((layer) => this.#row(kind, layer)));
    }
    this.show(this.desk.state);
  }

  #row(kind, layer) {
    const row = document.createElement("label");
    row.className = "layer";
    const name = document.createElement("span");
    name.textContent = layer;
    const slider = Object.assign(document.createElement("input"), { type: "range", min: 0, max: 4, step: 0.05, name: `${kind}.${layer}` });
    slider.setAttribute("aria-label", `Weight of ${layer} for ${KINDS[kind]}`);
    const value = document.createElement("output");
    row.append(name, slider, value);
    return row;
  }

  show(state) {
    const { settings } = state;
    for (const field of this.form.elements) {
      if (!field.name) continue;
      const [name, layer] = field.name.split(".");
      if (layer) this.#fillLayer(field, this.#weights(settings, name)[layer] ?? 0);
      else if (name === "detail") field.value = state.detail;
      else if (name in settings && field !== document.activeElement) field.value = settings[name];
    }
  }

  #fillLayer(field, weight) {
    field.value = weight;
    field.style.setProperty("--at", `${(100 * weight) / 4}%`);
    field.nextElementSibling.textContent = weight.toFixed(2);
  }

  #weights(settings, kind) {
    return Object.keys(settings[kind]).length ? settings[kind] : this.about?.[kind] ?? {};
  }

  #take(field, how) {
    if (!field.name || !field.checkValidity()) { field.reportValidity?.(); return; }
    const [name, layer] = field.name.split(".");
    const { state } = this.desk;
    const value = field.type === "number" || field.type === "range" ? field.valueAsNumber : field.value;
    if (Number.isNaN(value)) { field.value = state.settings[name] ?? SETTINGS[name]; return; }
    if (name === "detail") { this.desk.commit({ ...state, detail: Number(value) }, "preview size"); return; }
    const told = layer ? { ...this.#weights(state.settings, name), [layer]: value } : value;
    if (layer && !Object.values(told).some((weight) => weight > 0)) { this.show(state); return; }
    this.desk[how]({ ...state, settings: { ...state.settings, [name]: told } }, field.closest("label")?.firstElementChild?.textContent ?? name);
  }
}
