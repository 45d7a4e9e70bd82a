// From strokes and fills to the masks of the source on the brush.
import { copied, everything, feathered, inverted, maskOf, nothing, sheet } from "./mask.js";
import { frameOf } from "./stage.js";
import { withSource } from "./state.js";

const KINDS = { both: ["style", "content"], style: ["style"], content: ["content"] };
const FILLS = { everything, nothing, invert: inverted, feather: feathered };

export class Painting {
  constructor(desk, say) {
    Object.assign(this, { desk, say });
    this.active = null; // key of the source on the brush
    this.kind = "both";
    this.wet = null; // what a stroke has made so far
  }

  get source() { return this.desk.state.sources.find((each) => each.key === this.active) ?? null; }

  /** The canvas to paint on, or null where there is no source to paint for. */
  begin() {
    const { source } = this;
    if (!source) {
      if (this.desk.state.sources.length) this.say("Choose a source's “Paint its place” first.");
      return null;
    }
    const { width, height } = frameOf(this.desk.state);
    const mask = KINDS[this.kind].map((kind) => source.masks[kind]).find(Boolean);
    return mask ? mask.canvas : sheet(width, height);
  }

  /** What a stroke looks like so far; null where it came to nothing. */
  painting(canvas) { this.wet = canvas; }

  /** The end of a stroke. */
  painted(canvas, name = "stroke") {
    this.wet = null;
    const { source } = this;
    if (!source) return;
    const mask = maskOf(canvas);
    const masks = { ...source.masks, ...Object.fromEntries(KINDS[this.kind].map((kind) => [kind, mask])) };
    this.desk.commit(withSource(this.desk.state, source.key, { masks }), name);
  }

  /** Everything, nothing, invert or feather. */
  fill(name) {
    const paper = this.begin();
    if (paper) this.painted(FILLS[name](copied(paper)), name);
  }
}
