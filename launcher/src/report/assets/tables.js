// Sorting, searching and filtering of tables. A column is sorted by its header's button; tables with data-tools get a
// search field and a menu for every column of few choices.
const medvlmTables = (() => {
  "use strict";

  /** The number that a cell is sorted by: data-v, else its text ("−1.2", "12 345"); null for none. */
  function numberOf(cell) {
    if (cell.dataset.v !== undefined) return cell.dataset.v === "" ? null : Number(cell.dataset.v);
    const text =
        cell.firstChild ? cell.firstChild.textContent.replace(/\u2212/g, "-").replace(/[\u202f+]/g, "").trim() : "";
    return text !== "" && Number.isFinite(Number(text)) ? Number(text) : null;
  }

  function sortBy(table, place, header) {
    const up = header.getAttribute("aria-sort") === "ascending" ? false :
        header.getAttribute("aria-sort") === "descending"       ? true :
                                                                  header.dataset.kind !== "number";
    for (const other of table.tHead.rows[0].cells) other.setAttribute("aria-sort", "none");
    header.setAttribute("aria-sort", up ? "ascending" : "descending");
    const body = table.tBodies[0];
    const rows = [...body.rows];
    const keys = new Map();
    const numeric = header.dataset.kind === "number";
    for (const row of rows) keys.set(row, numeric ? numberOf(row.cells[place]) : row.cells[place].textContent.trim());
    rows.sort((a, b) => {
      const x = keys.get(a), y = keys.get(b);
      if (x === y) return 0;
      if (x === null || x === "") return 1;  // what is not known comes last, either way
      if (y === null || y === "") return -1;
      const order = numeric ? x - y : x.localeCompare(y, "en", {numeric: true});
      return up ? order : -order;
    });
    body.append(...rows);
  }

  function addSorting(table) {
    [...table.tHead.rows[0].cells].forEach((header, place) => {
      header.setAttribute("aria-sort", "none");
      header.querySelector("button").addEventListener("click", () => sortBy(table, place, header));
    });
  }

  function menu(title, choices) {
    const label = document.createElement("label");
    const select = document.createElement("select");
    select.append(new Option("all", ""));
    for (const choice of choices) select.append(new Option(choice === "" ? "(none)" : choice, "=" + choice));
    label.append(title, select);
    return {label, select};
  }

  function addTools(table, box) {
    const tools = document.createElement("div");
    tools.className = "table-tools";
    const searching = document.createElement("label");
    const search = document.createElement("input");
    search.type = "search";
    searching.append("Search", search);
    tools.append(searching);
    const rows = [...table.tBodies[0].rows];
    const texts = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));
    const filters = [];
    [...table.tHead.rows[0].cells].forEach((header, place) => {
      if (header.dataset.kind !== "choice") return;
      const choices = [...new Set(rows.map((row) => row.cells[place].textContent.trim()))];
      if (choices.length < 2) return;
      const {label, select} = menu(header.textContent.trim(), choices);
      filters.push({place, select});
      tools.append(label);
    });
    const count = document.createElement("output");
    count.className = "count";
    tools.append(count);
    const apply = () => {
      const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const row of rows) {
        const fits = words.every((word) => texts.get(row).includes(word)) &&
            filters.every(
                ({place, select}) => select.value === "" || "=" + row.cells[place].textContent.trim() === select.value);
        row.hidden = !fits;
        if (fits) ++shown;
      }
      count.textContent = shown + " of " + rows.length + " rows";
    };
    search.addEventListener("input", apply);
    for (const {select} of filters) select.addEventListener("change", apply);
    apply();
    box.before(tools);
  }

  /** A table of plain rows, for a figure's data. */
  function build(caption, columns, rows) {
    const table = document.createElement("table");
    const told = document.createElement("span");
    told.textContent = caption;
    table.createCaption().append(told);
    const head = table.createTHead().insertRow();
    for (const [field, title] of columns) {
      const header = document.createElement("th");
      header.scope = "col";
      const numeric = rows.some((row) => typeof row[field] === "number");
      header.dataset.kind = numeric ? "number" : "text";
      if (numeric) header.className = "n";
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = title;
      header.append(button);
      head.append(header);
    }
    const body = table.createTBody();
    for (const row of rows) {
      const line = body.insertRow();
      for (const [field] of columns) {
        const cell = line.insertCell();
        const value = row[field];
        if (typeof value === "number") cell.className = "n";
        cell.textContent = value === null || value === undefined ? "" : String(value);
      }
    }
    addSorting(table);
    return table;
  }

  for (const table of document.querySelectorAll("table.data")) {
    addSorting(table);
    const box = table.closest(".scroll");
    if (table.dataset.tools !== undefined) addTools(table, box);
  }
  return {build};
})();
