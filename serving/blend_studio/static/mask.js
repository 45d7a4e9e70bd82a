// Painted masks. A mask never changes: painting makes a new one, so that undo, history and the socket may keep any.

const LONGEST = 512; // finer than any brush that a hand can place, and a tenth of a megabyte as PNG
let made = 0;

/** A mask from a canvas whose alpha is the paint; the canvas is the mask's own from now on. */
export const maskOf = (canvas) => ({ name: `mask-${Date.now().toString(36)}-${(made += 1).toString(36)}`, canvas });

/** An empty canvas for masks of a picture of this size. */
export function sheet(width, height) {
  const scale = Math.min(1, LONGEST / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  return canvas;
}

/** A copy that may be painted on. */
export function copied(canvas) {
  const copy = document.createElement("canvas");
  copy.width = canvas.width;
  copy.height = canvas.height;
  copy.getContext("2d").drawImage(canvas, 0, 0);
  return copy;
}

export function everything(canvas) {
  const full = copied(canvas);
  const pen = full.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, full.width, full.height);
  return full;
}

export function nothing(canvas) {
  const empty = copied(canvas);
  empty.getContext("2d").clearRect(0, 0, empty.width, empty.height);
  return empty;
}

export function inverted(canvas) {
  const other = everything(canvas);
  const pen = other.getContext("2d");
  pen.globalCompositeOperation = "destination-out";
  pen.drawImage(canvas, 0, 0);
  return other;
}

/** Edges softened by some hundredth of the picture. The border is drawn on outwards, or paint would fade towards it. */
export function feathered(canvas) {
  const radius = Math.max(2, Math.round(Math.max(canvas.width, canvas.height) / 64));
  const edge = 3 * radius;
  const { width, height } = canvas;
  const wide = document.createElement("canvas");
  wide.width = width + 2 * edge;
  wide.height = height + 2 * edge;
  const pen = wide.getContext("2d");
  for (const [from, size, to, span] of [[0, 1, 0, edge], [0, width, edge, width], [width - 1, 1, edge + width, edge]]) {
    pen.drawImage(canvas, from, 0, size, 1, to, 0, span, edge);
    pen.drawImage(canvas, from, 0, size, height, to, edge, span, height);
    pen.drawImage(canvas, from, height - 1, size, 1, to, edge + height, span, edge);
  }
  const soft = document.createElement("canvas");
  soft.width = width;
  soft.height = height;
  const brush = soft.getContext("2d");
  brush.filter = `blur(${radius}px)`;
  brush.drawImage(wide, -edge, -edge);
  return soft;
}

/** The mask as the engine reads it: grey, white where the source shows. */
export function png(mask) {
  const grey = document.createElement("canvas");
  grey.width = mask.canvas.width;
  grey.height = mask.canvas.height;
  const pen = grey.getContext("2d");
  pen.fillRect(0, 0, grey.width, grey.height);
  pen.drawImage(mask.canvas, 0, 0);
  return new Promise((resolve) => { grey.toBlob(resolve, "image/png"); });
}

/** A mask from a grey picture, as `png` writes it. */
export function fromGrey(bitmap, width, height) {
  const canvas = sheet(width, height);
  const pen = canvas.getContext("2d");
  pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  const data = pen.getImageData(0, 0, canvas.width, canvas.height);
  for (let at = 0; at < data.data.length; at += 4) {
    data.data[at + 3] = data.data[at];
    data.data[at] = data.data[at + 1] = data.data[at + 2] = 255;
  }
  pen.putImageData(data, 0, 0);
  return maskOf(canvas);
}

/** Share of the picture that is painted, 0 to 1. */
export function covered(canvas) {
  const small = document.createElement("canvas");
  small.width = small.height = 24;
  const pen = small.getContext("2d", { willReadFrequently: true });
  pen.drawImage(canvas, 0, 0, 24, 24);
  const { data } = pen.getImageData(0, 0, 24, 24);
  let sum = 0;
  for (let at = 3; at < data.length; at += 4) sum += data[at];
  return sum / (255 * 24 * 24);
}
