// What the page asks of the server beside the socket.

async function asked(address, options = {}) {
  let answer;
  try {
    answer = await fetch(address, { ...options, headers: { Accept: "application/json", ...options.headers } });
  } catch {
    throw new Error("The server cannot be reached.");
  }
  if (answer.ok) return answer;
  const problem = await answer.json().catch(() => ({}));
  throw new Error(problem.errors?.[0]?.what ?? problem.detail ?? answer.statusText);
}

const told = async (address, body) => (await asked(address, {
  method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
})).json();

/** A source's picture, upright and at most 1024 pixels long. */
export const pictureOf = async (id) => createImageBitmap(await (await asked(`/studio/blend/sources/${id}`)).blob());

/** A saved mask, grey. */
export const maskPicture = async (id) => createImageBitmap(await (await asked(`/studio/blend/masks/${id}`)).blob());

/** Upload a picture or a mask; its id is the hash of its bytes. */
export async function uploaded(file, name) {
  const answer = await asked(`/v1/blend-sources?name=${encodeURIComponent(name.slice(0, 200))}`, {
    method: "POST", headers: { "Content-Type": "application/octet-stream" }, body: file,
  });
  return (await answer.json()).sha256;
}

/** Publish a recipe: it is rendered at its full size. */
export const published = (recipe, name, editedFrom) => told("/v1/blends", { recipe, name, edited_from: editedFrom });

export const blendOf = async (id) => (await asked(`/v1/blends/${id}`)).json();

/** Where the finished picture of a blend is, or null while there is none of its newest making. */
export const fileOf = (blend) => (blend.state === "done" ? blend.picture : null);

export const liked = (id) => told(`/v1/blends/${id}/feedback`, { kind: "like" });
