// The desk on which a style is made: what is asked for is shown at once, the newest wish alone counts, and it is kept
// only when somebody says so.

const PAUSE_MS = 350;
const LARGEST_SIDE = 960;
const POLL_MS = 2000;

const of = (id) => document.getElementById(id);
const desk = of("desk");

if (desk) {
  let image = null; // base64 of the example picture
  let values = {};
  let waiting = 0;
  let newest = 0;

  const source = () => (image ? { image } : of("prompt").value.trim() ? { prompt: of("prompt").value.trim() } : null);

  const call = async (path, body) => {
    const answer = await fetch(path, {
      method: body ? "POST" : "GET",
      headers: body ? { "Content-Type": "application/json" } : {},
      body: body ? JSON.stringify(body) : undefined,
    });
    const told = await answer.json();
    if (!answer.ok) throw new Error(told.errors?.map((each) => each.what).join("; ") || told.detail || "It did not work.");
    return told;
  };

  const trouble = (text) => (of("trouble").textContent = text);

  const look = (afresh) => {
    clearTimeout(waiting);
    if (afresh) values = {};
    waiting = setTimeout(() => show(afresh), PAUSE_MS);
  };

  const show = async (afresh) => {
    const wanted = source();
    const own = ++newest;
    of("keep").disabled = true;
    trouble("");
    if (!wanted) {
      of("understood").replaceChildren();
      of("sliders").replaceChildren();
      of("compare").hidden = true;
      return;
    }
    of("compare").classList.add("busy");
    try {
      const told = await call("/v1/styles/preview", { ...wanted, title: of("title").value || null, values });
      if (own !== newest) return; // somebody went on typing
      of("before").src = told.before;
      of("after").src = told.after;
      of("compare").hidden = false;
      of("understood").replaceChildren(...told.understood.map((each) => item(each)));
      if (afresh) sliders(told.parameters);
      of("keep").disabled = false;
      if (!of("name").dataset.own && wanted.prompt) of("name").value = wanted.prompt.slice(0, 60);
    } catch (error) {
      if (own === newest) trouble(error.message);
    } finally {
      if (own === newest) of("compare").classList.remove("busy");
    }
  };

  const item = (text) => {
    const line = document.createElement("li");
    line.textContent = text;
    return line;
  };

  const sliders = (parameters) => {
    of("sliders").replaceChildren(
      ...parameters.map((each) => {
        const label = document.createElement("label");
        label.title = each.about;
        const slider = document.createElement("input");
        Object.assign(slider, { type: "range", min: each.low, max: each.high, step: (each.high - each.low) / 200 });
        slider.value = each.default;
        slider.dataset.parameter = each.name;
        const shown = document.createElement("output");
        const tell = () => (shown.textContent = Number(slider.value).toFixed(each.high - each.low > 20 ? 0 : 2));
        slider.addEventListener("input", () => {
          values[each.name] = Math.min(each.high, Math.max(each.low, Number(slider.value)));
          tell();
          look(false);
        });
        tell();
        label.append(each.label, slider, shown);
        return label;
      }),
    );
  };

  // Pictures are made small here: a style needs no more of them, and a phone's photograph is 6 MB.
  const take = async (file) => {
    trouble("");
    try {
      const bitmap = await createImageBitmap(file);
      const scale = Math.min(1, LARGEST_SIDE / Math.max(bitmap.width, bitmap.height));
      const canvas = document.createElement("canvas");
      canvas.width = Math.max(1, Math.round(bitmap.width * scale));
      canvas.height = Math.max(1, Math.round(bitmap.height * scale));
      const pen = canvas.getContext("2d");
      pen.fillStyle = "#fff";
      pen.fillRect(0, 0, canvas.width, canvas.height);
      pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
      image = canvas.toDataURL("image/jpeg", 0.88).split(",")[1];
    } catch {
      return trouble(`${file.name} is no picture that can be read.`);
    }
    of("picked").textContent = file.name;
    of("network").disabled = false;
    of("prompt").value = "";
    if (!of("name").dataset.own) of("name").value = file.name.replace(/\.[^.]*$/, "").slice(0, 60);
    look(true);
  };

  of("prompt").addEventListener("input", () => {
    image = null;
    of("picked").textContent = "Choose or drop one";
    of("network").checked = false;
    of("network").disabled = true;
    look(true);
  });
  of("title").addEventListener("change", () => look(false));
  of("name").addEventListener("input", () => (of("name").dataset.own = of("name").value ? "yes" : ""));
  of("image").addEventListener("change", () => of("image").files[0] && take(of("image").files[0]));
  for (const kind of ["dragover", "dragleave", "drop"]) {
    of("drop").addEventListener(kind, (event) => {
      event.preventDefault();
      of("drop").classList.toggle("over", kind === "dragover");
      if (kind === "drop" && event.dataTransfer.files[0]) take(event.dataTransfer.files[0]);
    });
  }

  const wipe = () => {
    const width = of("after").clientWidth;
    of("before").style.width = `${width}px`;
    of("before-clip").style.width = `${(width * of("wipe").value) / 100}px`;
  };
  of("wipe").addEventListener("input", wipe);
  of("after").addEventListener("load", wipe);
  addEventListener("resize", wipe);
  if (source()) look(true); // typed before this script was here, or kept by the browser

  desk.addEventListener("submit", async (event) => {
    event.preventDefault();
    const wanted = source();
    if (!wanted || of("keep").disabled) return;
    of("keep").disabled = true;
    trouble("");
    try {
      const name = of("name").value.trim() || "Untitled";
      const wish = await call("/v1/styles", { ...wanted, name, values, network: of("network").checked && Boolean(wanted.image) });
      await settled(wish);
    } catch (error) {
      trouble(error.message);
    } finally {
      of("keep").disabled = false;
    }
  });

  const settled = async (wish) => {
    const card = of(wish.id) ?? document.createElement("li");
    card.className = "card";
    card.id = wish.id;
    if (!card.isConnected) of("styles").prepend(card);
    for (let told = wish; ; told = await call(`/v1/styles/${wish.id}`)) {
      draw(card, told);
      if (!["asked", "making"].includes(told.state)) return;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  };

  const draw = (card, told) => {
    const parts = [];
    const part = (tag, kind, text) => {
      const made = document.createElement(tag);
      made.className = kind;
      made.textContent = text;
      parts.push(made);
    };
    if (told.style?.picture) {
      const shown = document.createElement("img");
      Object.assign(shown, { src: told.style.picture, alt: `A still in ${told.name}`, width: 480, height: 270 });
      parts.push(shown);
    }
    part("span", "name", told.name);
    const states = { asked: "waiting to be made", making: "being made", ready: "ready", refused: "refused", failed: "failed" };
    part("span", `state ${told.state}`, states[told.state]);
    part("span", "note", told.why || told.understood.join("; "));
    part("code", "", told.id);
    card.replaceChildren(...parts);
  };
}
