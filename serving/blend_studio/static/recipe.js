// States as recipes, which engine, API and share links read, and back.
import { MOST_SOURCES, SETTINGS, sourceOf } from "./state.js";

const DIGITS = 4;
const rounded = (value) => Number(value.toFixed(DIGITS));

/** The recipe of a state, masks by `named(mask)`. */
export function recipeOf(state, named = (mask) => mask.name) {
  const sources = state.sources.filter((each) => each.style > 0 || each.content > 0).map((each) => ({
    picture: each.picture,
    name: each.name,
    style: rounded(each.style * state.strength),
    content: rounded(each.content),
    style_mask: each.masks.style ? named(each.masks.style) : null,
    content_mask: each.masks.content ? named(each.masks.content) : null,
  }));
  return { target: state.canvas, sources, ...state.settings };
}

/** Whether there is anything to blend: a style, or another picture beside the canvas. */
export function blends(state) {
  const gives = state.sources.some((each) => each.style * state.strength > 0 || each.content > 0);
  return state.canvas !== null && gives && (state.sources.length > 1 || state.sources[0].style * state.strength > 0);
}

/** All masks of a state, each once. */
export function masksOf(state) {
  return [...new Set(state.sources.flatMap((each) => [each.masks.style, each.masks.content]).filter(Boolean))];
}

/** The state that a recipe tells; `pictures`: id → {width, height}, `masks`: name → mask. */
export function stateOf(recipe, pictures, masks) {
  const told = recipe.sources.slice(0, MOST_SOURCES);
  const total = told.reduce((sum, each) => sum + (each.style ?? 0), 0);
  const balanced = total <= 1 + 1e-3;
  const strength = balanced && total > 0 ? rounded(Math.min(1, total)) : 1;
  const sources = told.map((each) => ({
    ...sourceOf(each.picture, each.name || "Picture", pictures.get(each.picture)),
    style: rounded((each.style ?? 0) / strength),
    content: each.content ?? 0,
    masks: { style: masks.get(each.style_mask) ?? null, content: masks.get(each.content_mask) ?? null },
  }));
  if (!sources.some((each) => each.picture === recipe.target)) {
    sources.unshift(sourceOf(recipe.target, "Canvas", pictures.get(recipe.target)));
  }
  const settings = Object.fromEntries(Object.keys(SETTINGS).map((name) => [name, recipe[name] ?? SETTINGS[name]]));
  return { canvas: recipe.target, sources, balanced, strength, detail: 256, settings };
}
