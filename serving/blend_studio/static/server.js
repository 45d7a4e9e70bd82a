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

const sent = (method, body) => ({ method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

/** A source's picture, upright and at most 1024 pixels long. */
export async function pictureOf(id) {
  return createImageBitmap(await (await asked(`/studio/blend/sources/${id}`)).blob());
}

export async function maskPicture(id) {
  return createImageBitmap(await (await asked(`/studio/blend/masks/${id}`)).blob());
}

/** Upload a picture; its id is the hash of its bytes. */
export async function uploaded(file) {
  const answer = await asked("/v1/blend-sources", { method: "POST", headers: { "Content-Type": "application/octet-stream" }, body: file });
  return (await answer.json()).sha256;
}
