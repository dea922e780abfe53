// The browser of samples. Its data: {datasets: [{name, all, samples: [{i, id, q, a, o, g, img}]}],
// scenarios: [{name, dataset, measure, all, rows: [null | [prediction, score, right, error]]}]}; rows and samples share
// their order.
(() => {
  "use strict";
  const holder = document.getElementById("samples-data");
  const place = document.getElementById("sample-browser");
  if (!holder || !place) return;
  const data = JSON.parse(holder.textContent);
  const kPage = 20;
  let page = 0;
  let found = [];

  function control(title, element) {
    const label = document.createElement("label");
    label.append(title, element);
    return label;
  }
  function select(options) {
    const element = document.createElement("select");
    for (const [value, text] of options) element.append(new Option(text, value));
    return element;
  }

  const scenario = select([["", "all scenarios"], ...data.scenarios.map((one, place) => [String(place), one.name])]);
  if (data.scenarios.length > 0) scenario.value = "0";
  const outcome = select([["", "all"], ["wrong", "wrong"], ["right", "right"], ["errored", "errored"]]);
  const order = select([["", "the dataset's"], ["low", "lowest score first"], ["high", "highest score first"]]);
  const search = document.createElement("input");
  search.type = "search";
  const tools = document.createElement("div");
  tools.className = "browser-tools";
  tools.append(
      control("Scenario", scenario), control("Outcome", outcome), control("Text", search), control("Order", order));
  const list = document.createElement("ol");
  list.className = "samples";
  const pager = document.createElement("div");
  pager.className = "pager";
  const count = document.createElement("output");
  count.className = "count";
  const step = (text, by) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "tool";
    button.textContent = text;
    button.addEventListener("click", () => {
      page += by;
      show();
    });
    return button;
  };
  const back = step("Previous", -1), on = step("Next", 1);
  pager.append(back, count, on);
  place.append(tools, pager, list);

  function kindOf(row) { return row[3] ? "errored" : row[2] === 1 ? "right" : row[2] === 0 ? "wrong" : ""; }

  function search_() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    found = [];
    data.scenarios.forEach((one, number) => {
      if (scenario.value !== "" && String(number) !== scenario.value) return;
      const samples = data.datasets[one.dataset].samples;
      one.rows.forEach((row, at) => {
        if (row === null) return;
        if (outcome.value !== "" && kindOf(row) !== outcome.value) return;
        const sample = samples[at];
        if (words.length > 0) {
          const text = [sample.id, sample.q, sample.a, sample.g, row[0], row[3], one.name].join(" ").toLowerCase();
          if (!words.every((word) => text.includes(word))) return;
        }
        found.push({one, sample, row});
      });
    });
    if (order.value !== "") {
      const way = order.value === "low" ? 1 : -1;
      const key = (hit) => (typeof hit.row[1] === "number" ? hit.row[1] * way : Infinity);
      found.sort((a, b) => key(a) - key(b) || a.sample.i - b.sample.i);
    }
    page = 0;
    show();
  }

  function entry(listing, name, value, className) {
    if (value === undefined || value === null || value === "") return;
    const term = document.createElement("dt");
    const told = document.createElement("dd");
    term.textContent = name;
    told.textContent = value;
    if (className) told.className = className;
    listing.append(term, told);
  }

  function card({one, sample, row}) {
    const item = document.createElement("li");
    const kind = kindOf(row);
    item.className = "sample " + kind;
    if (sample.img) {
      const image = document.createElement("img");
      image.src = sample.img;
      image.alt = "sample " + sample.id;
      item.append(image);
    }
    const text = document.createElement("div");
    const head = document.createElement("h3");
    head.textContent = one.name + " \u00b7 sample " + sample.i + " \u00b7 " + sample.id;
    const listing = document.createElement("dl");
    entry(listing, "Question", sample.q);
    entry(listing, sample.q === undefined ? "True" : "Answer", sample.a);
    if (kind === "errored") {
      entry(listing, "Error", row[3], "verdict");
    } else {
      entry(listing, "Prediction", row[0] === "" ? "(empty)" : row[0]);
      entry(listing, one.measure || "Score", row[1] === null ? "" : String(row[1]));
      entry(listing, "Outcome", kind === "right" ? "right" : kind === "wrong" ? "wrong" : "not judged", "verdict");
    }
    entry(listing, "Groups", sample.g);
    text.append(head, listing);
    item.append(text);
    return item;
  }

  function show() {
    const pages = Math.max(1, Math.ceil(found.length / kPage));
    page = Math.min(Math.max(page, 0), pages - 1);
    list.replaceChildren(...found.slice(page * kPage, (page + 1) * kPage).map(card));
    back.disabled = page === 0;
    on.disabled = page >= pages - 1;
    count.textContent =
        found.length === 0 ? "no sample fits" : found.length + " samples, page " + (page + 1) + " of " + pages;
  }

  for (const element of [scenario, outcome, order]) element.addEventListener("change", search_);
  search.addEventListener("input", search_);
  search_();
})();
