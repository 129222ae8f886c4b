// Fills the shelf from the API, and shows what the edge said to each request of this page.

const watched = ["/", "/style.css", "/img/hills.png", "/api/hello", "/api/products", "/api/cached"];

// The browser's own cache would hide the edge: it is not used.
const ask = (path, init) => fetch(path, { cache: "no-store", ...init });

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function badge(word) {
  const made = element("b", { className: "badge", textContent: word });
  made.dataset.word = word;
  return made;
}

// Which cache answered: the edge's, or the one that the Worker asked and tells of.
function cacheStatus({ headers }) {
  const own = [["X-Cache-Api", "Cache API"], ["X-Upstream-Cache", "fetch()"]].find(([name]) => headers.has(name));
  if (own) return [badge(headers.get(own[0])), ` ${own[1]}`];
  return headers.has("CF-Cache-Status") ? [badge(headers.get("CF-Cache-Status"))] : ["not asked"];
}

async function measure(path) {
  const start = performance.now();
  const response = await ask(path);
  await response.arrayBuffer();
  return { response, took: performance.now() - start };
}

async function fillRow(row, path) {
  const cells = [...row.children].slice(1, 6);
  try {
    const { response, took } = await measure(path);
    const age = response.headers.get("Age");
    const ray = response.headers.get("CF-Ray") ?? "";
    const texts = [[response.status], cacheStatus(response), [age ? `${age} s` : ""], [`${took.toFixed(1)} ms`], [ray]];
    cells.forEach((cell, index) => cell.replaceChildren(...texts[index]));
  } catch {
    cells.forEach((cell) => cell.replaceChildren("-"));
  }
  for (const cell of cells) {
    cell.classList.remove("fresh");
    void cell.offsetWidth; // starts the animation anew
    cell.classList.add("fresh");
  }
}

function watch(section) {
  const body = section.querySelector("tbody");
  const say = (text) => section.querySelector("output").replaceChildren(text);
  const rows = new Map();

  for (const path of watched) {
    const again = element("button", { type: "button", textContent: "again", ariaLabel: `Ask for ${path} again` });
    const row = element("tr", {}, element("td", { textContent: path }));
    for (let column = 0; column < 5; ++column) row.append(element("td"));
    row.append(element("td", {}, again));
    again.addEventListener("click", () => fillRow(row, path));
    body.append(row);
    rows.set(path, row);
  }

  const askAll = () => Promise.all([...rows].map(([path, row]) => fillRow(row, path)));
  const actions = {
    all: askAll,
    async clear() {
      const { removed } = await (await ask("/api/clear", { method: "POST" })).json();
      say(removed ? "Removed: the next one is a MISS." : "There was nothing to remove.");
      await fillRow(rows.get("/api/cached"), "/api/cached");
    },
    async boom() {
      const response = await ask("/api/boom");
      say(`The edge answered ${response.status}, ray ${response.headers.get("CF-Ray") ?? "unknown"}.`);
    },
  };
  for (const button of section.querySelectorAll("[data-do]")) {
    button.addEventListener("click", () => actions[button.dataset.do]().catch((error) => say(error.message)));
  }
  return askAll();
}

function lastOnes(tea) {
  return tea.lastOnes ? [" · ", element("span", { className: "last", textContent: "the last ones" })] : [];
}

async function fillShelf(list) {
  const response = await ask("/api/products");
  const { teas } = await response.json();
  const shown = teas.slice(0, Number(list.dataset.teas) || teas.length);
  list.replaceChildren(...shown.map((tea) => element("li", {},
    element("span", { className: "kind", textContent: tea.kind }),
    element("h3", { textContent: tea.name }),
    element("span", { className: "quiet", textContent: `${tea.from}: ${tea.note}` }),
    element("span", { className: "price", textContent: `${tea.price} for ${tea.grams} g` }, ...lastOnes(tea)),
  )));

  const place = document.querySelector("[data-upstream]");
  if (place) place.replaceWith(badge(response.headers.get("X-Upstream-Cache") ?? "not asked"));
}

async function greet(place) {
  const { greeting, colo } = await (await ask("/api/hello")).json();
  place.textContent = colo ? `${greeting} Served from ${colo}.` : greeting;
}

const parts = [["[data-greeting]", greet], ["[data-teas]", fillShelf], ["[data-edge]", watch]];
for (const [selector, fill] of parts) {
  const place = document.querySelector(selector);
  if (place) fill(place).catch((error) => console.warn(selector, error));
}
