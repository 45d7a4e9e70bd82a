// The review queue by keyboard: j and k move, a approves, r asks for the reason and rejects.
const said = document.getElementById("said");
const queue = () => [...document.querySelectorAll(".review")];
let current = queue()[0];

function choose(review) {
  for (const each of queue()) each.removeAttribute("aria-current");
  current = review;
  if (!review) { said.textContent = "Nothing waits."; return; }
  review.setAttribute("aria-current", "true");
  review.focus({ preventScroll: true });
  review.scrollIntoView({ block: "nearest" });
}

/** Where the word on it goes, and how it is put there; of a blend, with the picture that was seen. */
function asked(review, verb, reason) {
  if (review.dataset.review) {
    return [`/v1/reviews/${review.dataset.review}/${verb}`, verb === "reject" ? { reason } : {}];
  }
  const seen = review.querySelector("img")?.getAttribute("src") ?? null;
  return [`/v1/blends/${review.dataset.blend}/approval`, { approved: verb === "approve", note: reason, seen }];
}

async function decide(review, verb, reason = "") {
  const buttons = review.querySelectorAll("button");
  buttons.forEach((each) => { each.disabled = true; });
  const [address, word] = asked(review, verb, reason);
  const answer = await fetch(address, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(word),
  });
  if (!answer.ok) {
    const problem = await answer.json().catch(() => ({ detail: answer.statusText }));
    said.textContent = problem.detail;
    buttons.forEach((each) => { each.disabled = false; });
    return;
  }
  const all = queue();
  const next = all[all.indexOf(review) + 1] ?? all[all.indexOf(review) - 1];
  review.remove();
  said.textContent = `${review.getAttribute("aria-label")}: ${verb === "approve" ? "approved" : "rejected"}.`;
  choose(next);
}

function reject(review) {
  const reason = review.querySelector("input");
  if (reason.value.trim()) return decide(review, "reject", reason.value);
  said.textContent = "Say why it is rejected.";
  reason.focus();
}

for (const review of queue()) {
  review.querySelector(".approve").addEventListener("click", () => decide(review, "approve"));
  review.querySelector("form").addEventListener("submit", (event) => { event.preventDefault(); reject(review); });
  review.addEventListener("focusin", () => {
    if (current !== review) { queue().forEach((each) => each.removeAttribute("aria-current")); current = review; }
    review.setAttribute("aria-current", "true");
  });
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape" && event.target.matches("input")) { event.target.blur(); choose(current); return; }
  if (event.target.matches("input") || !current) return;
  const all = queue();
  const step = { j: 1, k: -1 }[event.key];
  if (step) choose(all[Math.min(all.length - 1, Math.max(0, all.indexOf(current) + step))]);
  else if (event.key === "a") decide(current, "approve");
  else if (event.key === "r") { event.preventDefault(); reject(current); }
});
if (current) choose(current);
