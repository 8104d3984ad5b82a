/* The page around Python: its words, the text field, the map and the table. */
"use strict";

const at = (id) => document.getElementById(id);
const made = (tag, content = "", name = "") => {
  const node = document.createElement(tag);
  node.textContent = content;
  if (name) node.className = name;
  return node;
};

const TEXTS = {
  first: `# published: the study's weights; they sum to 1
weights = published.copy()
weights["D311"] *= 3          # one indicator counts three times as much
weights /= weights.sum()

found = gr.evaluation.what_if(values, published, new_weights=weights)
show(found)
found.query("rank != new_rank")[["rank", "new_rank"]]`,
  other: `# links: the weight of each neighbor of a region
weights = gr.evaluation.entropy_weights(values)
found = gr.evaluation.what_if(values, published, new_weights=weights)
show(found)
for column in ["composite", "new_composite"]:
    moran = gr.spatial.moran(found[column], links, permutations=999, rng=0)
    print(column, round(moran.value, 3), "p", moran.p_sim)`,
};

async function begin() {
  const [words, study] = await Promise.all(
    ["words.json", "data.json"].map(async (name) => (await fetch(name)).json()));
  const language = new URLSearchParams(location.hash.slice(1)).get("lang") === "zh" ? "zh" : "en";
  const say = words[language];
  document.documentElement.lang = language;
  document.title = say.title;
  document.querySelectorAll("[data-word]").forEach((node) => {
    node.textContent = say[node.dataset.word];
  });
  at("language").lang = language === "zh" ? "en" : "zh";
  at("language").href = language === "zh" ? "#lang=en" : "#lang=zh";
  window.addEventListener("hashchange", () => location.reload());
  return { say, study, names: study.names[language], labels: study.labels[language] };
}

function draw({ study, names, say, labels }) {
  const map = at("map");
  map.setAttribute("viewBox", study.frame.join(" "));
  map.setAttribute("aria-label", say.map);
  study.keys.forEach((key, place) => {
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", study.outlines[key]);
    path.dataset.key = key;
    path.append(document.createElementNS("http://www.w3.org/2000/svg", "title"));
    path.firstChild.textContent = names[place];
    map.append(path);
  });
  Object.entries(study.colors).forEach(([grade, color]) => {
    const item = made("li", "");
    item.append(made("span"), study.grades[document.documentElement.lang][grade]);
    item.firstChild.style.background = color;
    at("legend").append(item);
  });
  study.codes.forEach((code, place) => {
    const row = made("tr");
    row.append(made("td", code), made("td", labels[place]));
    row.append(made("td", study.weights[place].toFixed(3), "number"));
    at("indicators").append(row);
  });
}

function showResult({ study, names }, shown) {
  const grades = study.grades[document.documentElement.lang];
  const order = Object.keys(shown).sort((a, b) => shown[a].new_rank - shown[b].new_rank);
  at("ranks").replaceChildren(...order.map((key) => {
    const found = shown[key];
    const row = made("tr", "", found.rank === found.new_rank ? "" : "moved");
    row.append(made("td", names[study.keys.indexOf(key)]));
    row.append(made("td", found.rank, "number"), made("td", found.new_rank, "number"));
    row.append(made("td", found.new_composite.toFixed(3), "number"));
    row.append(made("td", grades[found.new_grade]));
    return row;
  }));
  document.querySelectorAll("#map path").forEach((path) => {
    const found = shown[path.dataset.key];
    const place = study.keys.indexOf(path.dataset.key);
    path.style.fill = found ? study.colors[found.new_grade] : "";
    path.firstChild.textContent = found ? `${names[place]}: ${grades[found.new_grade]}` : names[place];
  });
}

begin().then((page) => {
  draw(page);
  const { say } = page;
  const worker = new Worker("worker.js");
  let since = 0;
  const run = () => {
    if (at("run").disabled) return;
    at("run").disabled = true;
    at("state").textContent = say.running;
    since = performance.now();
    worker.postMessage(at("code").value);
  };
  const write = (text, wrong) => {
    at("output").textContent = text;
    at("output").className = wrong ? "wrong" : "";
  };
  const told = {
    ready: () => { at("run").disabled = false; at("state").textContent = say.ready; run(); },
    scipy: () => { at("state").textContent = say.scipy; },
    absent: ({ text }) => { at("state").textContent = say.absent; write(text, true); },
    failed: ({ text }) => {
      at("run").disabled = false; at("state").textContent = say.failed; write(text, true);
    },
    done: ({ text, shown }) => {
      const seconds = ((performance.now() - since) / 1000).toFixed(2);
      at("run").disabled = false;
      at("state").textContent = say.done.replace("{seconds}", seconds);
      write(text, false);
      if (shown) showResult(page, shown);
    },
  };
  worker.onmessage = ({ data }) => told[data.kind](data);
  worker.onerror = (error) => told.absent({ text: error.message || "" });
  for (const name of ["first", "other"]) {
    at(name).onclick = () => { at("code").value = TEXTS[name]; run(); };
  }
  at("code").value = TEXTS.first;
  at("state").textContent = say.loading;
  at("run").onclick = run;
  at("code").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); run(); }
  });
}, (error) => { at("state").textContent = String(error); });
