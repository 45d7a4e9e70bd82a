// Keeps the numbers of a running experiment fresh, and draws what is believed of each arm's click rate.
const list = document.querySelector(".arms");
const percent = (value, digits = 1) => `${(100 * value).toFixed(digits)} %`;

function draw(beliefs) {
  const top = Math.max(...Object.values(beliefs).map((each) => each.high)) * 1.08;
  for (const arm of list.querySelectorAll(".arm")) {
    const belief = beliefs[arm.dataset.arm];
    if (!belief) continue;
    const place = (value) => (100 * value) / top;
    const span = arm.querySelector(".span");
    span.setAttribute("x", place(belief.low));
    span.setAttribute("width", place(belief.high) - place(belief.low));
    arm.querySelector(".mid").setAttribute("x", place(belief.mean) - 0.3);
  }
}

function tell(live) {
  document.getElementById("state").textContent = live.state;
  for (const arm of list.querySelectorAll(".arm")) {
    const told = live.arms[arm.dataset.arm];
    const belief = live.beliefs[arm.dataset.arm];
    const say = (what, text) => { arm.querySelector(`[data-is="${what}"]`).textContent = text; };
    say("weight", percent(told.weight));
    for (const what of ["impressions", "clicks", "qualified"]) say(what, told[what] ?? 0);
    say("expected", Math.round(told.expected ?? 0));
    if (!belief) continue;
    say("best", percent(belief.best));
    say("rate", `${list.dataset.rate} ${percent(belief.mean, 2)}, likely between ${percent(belief.low, 2)} and ${percent(belief.high, 2)}`);
  }
  draw(live.beliefs);
}

async function refresh() {
  if (document.hidden) return;
  const answer = await fetch(`/experiments/${list.dataset.experiment}/live`);
  if (answer.ok && !answer.redirected) tell(await answer.json());
}

draw(JSON.parse(document.getElementById("beliefs").textContent));
if (document.getElementById("state").textContent === "running") setInterval(refresh, 5000);
