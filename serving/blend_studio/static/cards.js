// The sources as cards: what each gives, under which locks, and whose paint is on the brush.
import { balanced, without } from "./mixing.js";
import { COLOURS } from "./stage.js";
import { withSource } from "./state.js";

const WEIGHTS = ["style", "content"];
const percent = (share) => `${Math.round(share * 100)} %`;

export class Cards {
  /** `pick(key)` puts a source on the brush. */
  constructor(list, template, desk, pick) {
    Object.assign(this, { list, template, desk, pick });
    this.cards = new Map();
    this.active = null;
  }

  show(state) {
    for (const [key, card] of this.cards) {
      if (state.sources.some((each) => each.key === key)) continue;
      card.remove();
      this.cards.delete(key);
    }
    state.sources.forEach((source, index) => {
      const card = this.cards.get(source.key) ?? this.#made(source);
      if (this.list.children[index] !== card) this.list.insertBefore(card, this.list.children[index] ?? null);
      this.#fill(card, source, index, state);
    });
  }

  #made(source) {
    const card = this.template.content.firstElementChild.cloneNode(true);
    const { key } = source;
    const part = (name) => card.querySelector(`[data-part="${name}"]`);
    part("picture").src = `/studio/blend/sources/${source.picture}?size=192`;
    for (const weight of WEIGHTS) {
      const slider = part(weight);
      slider.addEventListener("input", () => this.desk.try(this.#moved(key, weight, slider.valueAsNumber / 100)));
      slider.addEventListener("change", () => this.desk.commit(this.#moved(key, weight, slider.valueAsNumber / 100), `${weight} of ${this.#name(key)}`));
      part(`${weight}-lock`).addEventListener("click", () => this.#lock(key, weight));
    }
    part("canvas").addEventListener("change", () => {
      const { picture } = this.#source(key);
      this.desk.commit({ ...this.desk.state, canvas: picture }, "canvas");
    });
    part("paint").addEventListener("click", () => this.pick(key));
    part("clear").addEventListener("click", () => this.desk.commit(withSource(this.desk.state, key, { masks: { style: null, content: null } }), `mask of ${this.#name(key)} removed`));
    part("remove").addEventListener("click", () => this.#remove(key));
    this.cards.set(key, card);
    return card;
  }

  #source(key) { return this.desk.state.sources.find((each) => each.key === key); }
  #name(key) { return this.#source(key)?.name ?? "a picture"; }

  #fill(card, source, index, state) {
    const part = (name) => card.querySelector(`[data-part="${name}"]`);
    card.style.setProperty("--own", COLOURS[index]);
    card.classList.toggle("on-brush", source.key === this.active);
    card.setAttribute("aria-label", source.name);
    part("name").textContent = source.name;
    part("picture").alt = source.name;
    for (const weight of WEIGHTS) {
      const [slider, share, locked] = [part(weight), source[weight], source.locks[weight]];
      slider.value = Math.round(share * 1000) / 10;
      slider.style.setProperty("--at", `${share * 100}%`);
      slider.setAttribute("aria-label", `${weight === "style" ? "Style" : "Content"} of ${source.name}`);
      slider.setAttribute("aria-valuetext", percent(share));
      slider.disabled = locked;
      part(`${weight}-value`).textContent = percent(share);
      part(`${weight}-lock`).setAttribute("aria-pressed", String(locked));
      part(`${weight}-lock`).setAttribute("aria-label", `Hold the ${weight} of ${source.name}`);
    }
    part("canvas").checked = state.canvas === source.picture;
    part("canvas").setAttribute("aria-label", `${source.name} is the canvas`);
    part("paint").setAttribute("aria-pressed", String(source.key === this.active));
    part("paint").setAttribute("aria-label", `Paint where ${source.name} goes`);
    const painted = Boolean(source.masks.style || source.masks.content);
    part("where").textContent = painted ? "where painted" : "everywhere";
    part("clear").hidden = !painted;
    part("clear").setAttribute("aria-label", `${source.name} goes everywhere again`);
    part("remove").setAttribute("aria-label", `Remove ${source.name}`);
  }

  #moved(key, weight, wanted) {
    const { state } = this.desk;
    const at = state.sources.findIndex((each) => each.key === key);
    const weights = state.sources.map((each) => each[weight]);
    const shares = state.balanced
      ? balanced(weights, state.sources.map((each) => each.locks[weight]), at, wanted)
      : weights.map((share, index) => (index === at ? wanted : share));
    return { ...state, sources: state.sources.map((each, index) => ({ ...each, [weight]: shares[index] })) };
  }

  #lock(key, weight) {
    const { locks } = this.#source(key);
    this.desk.commit(withSource(this.desk.state, key, { locks: { ...locks, [weight]: !locks[weight] } }), "lock");
  }

  #remove(key) {
    const { state } = this.desk;
    const at = state.sources.findIndex((each) => each.key === key);
    const left = state.sources.filter((each) => each.key !== key);
    const name = this.#name(key);
    for (const weight of state.balanced ? WEIGHTS : []) {
      const shares = without(state.sources.map((each) => each[weight]), at);
      left.forEach((each, index) => { left[index] = { ...left[index], [weight]: shares[index] }; });
    }
    const canvas = left.some((each) => each.picture === state.canvas) ? state.canvas : left[0]?.picture ?? null;
    this.desk.commit({ ...state, canvas, sources: left }, `${name} removed`);
  }
}
