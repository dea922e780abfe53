// Opens reports in headless Chromium: no error, no request, every figure with its marks, tables and samples that can be
// sorted and filtered, keyboard, narrow screens, both themes, print.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import {createRequire} from "node:module";

const [modules, chromiumPath, folder, screenshots] = process.argv.slice(2);
const {chromium} = createRequire(path.join(path.resolve(modules), "x.js"))("playwright-core");

const browser = await chromium.launch({
  executablePath: chromiumPath,
  args: [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"
  ],
});
let passed = 0;

async function open(name, {width = 1280, scheme = "light"} = {}) {
  const context =
      await browser.newContext({viewport: {width, height: 900}, colorScheme: scheme, acceptDownloads: true});
  const page = await context.newPage();
  const file = "file://" + path.join(folder, name);
  page.complaints = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) page.complaints.push(message.text());
  });
  page.on("pageerror", (error) => page.complaints.push(String(error)));
  page.on("request", (request) => {
    if (request.url() !== file && !/^(data|blob):/.test(request.url()))
      page.complaints.push("request: " + request.url());
  });
  page.on("dialog", (dialog) => {
    page.complaints.push("a script of the data ran: " + dialog.message());
    dialog.dismiss();
  });
  await page.goto(file);
  await page.waitForFunction(() => document.documentElement.dataset.figures === "drawn", null, {timeout: 120000});
  return page;
}

async function check(name, work) {
  await work();
  ++passed;
  console.log("ok " + name);
}

async function picture(page, name, options = {}) {
  if (screenshots) await page.screenshot({path: path.join(screenshots, name + ".png"), ...options});
}

/** Of each figure: its id, its rows of data, and how many marks of each kind were drawn. */
function drawnMarks() {
  return [...document.querySelectorAll("figure.figure")].map((figure) => {
    const count = (kind) => figure.querySelectorAll(`.plot svg g.role-mark.mark-${kind} > *`).length;
    const rows = JSON.parse(figure.querySelector("script.spec").textContent).data.values;
    const kinds = Object.fromEntries(["rect", "text", "rule", "symbol", "line"].map((kind) => [kind, count(kind)]));
    return {id: figure.id, state: figure.dataset.state, rows, kinds};
  });
}

const page = await open("small.html");

await check("no error, no warning, no request", () => assert.deepEqual(page.complaints, []));

await check("every figure is drawn with the right number of marks", async () => {
  const figures = await page.evaluate(drawnMarks);
  assert.ok(figures.length >= 20, "figures: " + figures.length);
  for (const {id, state, rows, kinds} of figures) {
    assert.equal(state, "drawn", id);
    const bars = rows.filter((row) => row.what === "generalist").length;
    const intervals = rows.filter((row) => row.low !== null && row.low !== undefined).length;
    if (id.startsWith("heat-")) {
      assert.equal(kinds.rect, rows.length, id);
      assert.equal(kinds.text, 2 * rows.length, id);
    } else if (id.startsWith("gaps-")) {
      assert.equal(kinds.symbol, rows.length, id);
      assert.equal(kinds.rule, intervals + rows.length + 1, id);  // intervals, stems, the zero line
    } else if (id.startsWith("bars-")) {
      assert.equal(kinds.rect, bars, id);
      assert.equal(kinds.rule, bars + (rows.length - bars), id);  // error bars, lines of specialists
    } else if (id.startsWith("cost-")) {
      assert.equal(kinds.symbol, rows.length, id);
      assert.equal(kinds.rule, intervals + 1, id);
    } else if (id.startsWith("roc-")) {
      assert.equal(kinds.line, new Set(rows.map((row) => row.model + row.method)).size, id);
    } else if (id.startsWith("reliability-")) {
      assert.equal(kinds.symbol, rows.length, id);
    } else if (id.startsWith("differences-") || id.startsWith("subgroup-")) {
      assert.equal(kinds.symbol, rows.length, id);
      assert.equal(kinds.rule, rows.length + 1, id);
    } else if (id.startsWith("seeds-")) {
      assert.equal(kinds.symbol, new Set(rows.map((row) => row.row)).size, id);
    } else {
      assert.fail("an unknown figure: " + id);
    }
  }
});

await check("hostile names are text", async () => {
  assert.equal(await page.locator("img[src=x]").count(), 0);
  assert.ok((await page.locator("text=<img src=x onerror=alert(1)>").count()) > 0);
});

await check("headers sort a table, and say so", async () => {
  const table = page.locator("#results-diagnosis");
  const header = table.locator("th[data-kind=number]", {hasText: "Value"});
  const values = () => table.locator("tbody tr td:nth-child(7)")
                           .evaluateAll((cells) => cells.map((cell) => Number(cell.firstChild.textContent)));
  await header.locator("button").click();
  assert.equal(await header.getAttribute("aria-sort"), "descending");
  let numbers = await values();
  assert.deepEqual(numbers, [...numbers].sort((a, b) => b - a));
  await header.locator("button").focus();
  await page.keyboard.press("Enter");
  assert.equal(await header.getAttribute("aria-sort"), "ascending");
  numbers = await values();
  assert.deepEqual(numbers, [...numbers].sort((a, b) => a - b));
  assert.equal(numbers.length, 24);
});

await check("search and menus filter a table", async () => {
  const box = page.locator("#results-diagnosis").locator("xpath=ancestor::div[contains(@class,'scroll')]");
  const tools = box.locator("xpath=preceding-sibling::div[1]");
  const visible = () => page.locator("#results-diagnosis tbody tr:visible").count();
  assert.equal(await visible(), 24);
  await tools.locator("select").first().selectOption({label: "specialist"});
  assert.equal(await visible(), 12);
  await tools.locator("input").fill("spec-a chest");
  assert.equal(await visible(), 3);
  assert.equal(await tools.locator("output").textContent(), "3 of 24 rows");
  await tools.locator("input").fill("");
  await tools.locator("select").first().selectOption("");
  assert.equal(await visible(), 24);
});

await check("samples are filtered, searched and paged", async () => {
  const browse = page.locator("#sample-browser");
  const cards = browse.locator(".sample");
  const count = browse.locator(".pager output");
  const menu = (name) => browse.locator("label", {hasText: name}).locator("select");
  assert.equal(await cards.count(), 20);
  assert.match(await count.textContent(), /^60 samples, page 1 of 3$/);
  await browse.getByRole("button", {name: "Next"}).click();
  assert.match(await count.textContent(), /page 2 of 3/);
  await menu("Outcome").selectOption("errored");
  assert.equal(await cards.count(), 2);
  assert.match(await cards.first().textContent(), /cut short/);
  await menu("Outcome").selectOption("wrong");
  const wrong = await cards.count();
  assert.ok(wrong > 0);
  assert.equal(await browse.locator(".sample.wrong").count(), wrong);
  await menu("Outcome").selectOption("");
  await menu("Scenario").selectOption("");
  await browse.locator("input").fill("alert(3)");
  assert.match(await cards.first().textContent(), /<\/script><script>alert\(3\)<\/script>/);
  await browse.locator("input").fill("no such text anywhere");
  assert.equal(await count.textContent(), "no sample fits");
  await browse.locator("input").fill("");
  await menu("Scenario").selectOption("0");
  assert.equal(await browse.locator("img").count(), 1);
});

await check("a figure's data as a table, and its files", async () => {
  const figure = page.locator("#heat-diagnosis");
  const button = figure.getByRole("button", {name: /as a table/});
  await button.click();
  assert.equal(await figure.locator(".figure-data tbody tr").count(), 24);
  assert.equal(await button.getAttribute("aria-expanded"), "true");
  await button.click();
  assert.equal(await figure.locator(".figure-data").count(), 0);
  for (const [name, ending, looks] of [
           [/as SVG/, ".svg", (bytes) => bytes.includes("<svg") && bytes.includes("every model")],
           [/as PNG/, ".png", (bytes) => bytes.subarray(1, 4).toString() === "PNG" && bytes.length > 5000],
           [/Download the Vega-Lite/, ".vl.json", (bytes) => JSON.parse(bytes).data.values.length === 24]]) {
    const [download] = await Promise.all([page.waitForEvent("download"), figure.getByRole("button", {name}).click()]);
    assert.equal(download.suggestedFilename(), "heat-diagnosis" + ending);
    assert.ok(looks(fs.readFileSync(await download.path())), ending);
  }
});

await check("the keyboard reaches every control, and focus is seen", async () => {
  const unreachable = await page.evaluate(
      () => [...document.querySelectorAll("button, input, select, summary, a[href], .scroll, .plot")]
                .filter((element) => element.tabIndex < 0)
                .map((element) => element.outerHTML.slice(0, 80)));
  assert.deepEqual(unreachable, []);
  await page.evaluate(() => window.scrollTo(0, 0));
  await page.locator("body").click({position: {x: 2, y: 2}});
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.id), "theme");
  assert.notEqual(await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle), "none");
});

await check("landmarks, headings, captions and names for screen readers", async () => {
  const faults = await page.evaluate(() => {
    const found = [];
    for (const mark of ["header", "nav", "main", "footer"])
      if (document.querySelectorAll("body " + mark).length !== 1) found.push(mark);
    if (document.querySelectorAll("h1").length !== 1) found.push("h1");
    let last = 1;
    for (const heading of document.querySelectorAll("h1, h2, h3, h4")) {
      const level = Number(heading.tagName[1]);
      if (level > last + 1) found.push("a level is skipped before " + heading.textContent);
      last = level;
    }
    for (const table of document.querySelectorAll("table"))
      if (!table.caption || !table.caption.textContent) found.push("no caption: " + table.id);
    for (const plot of document.querySelectorAll(".plot"))
      if (!plot.getAttribute("aria-label")) found.push("a figure without a description");
    for (const field of document.querySelectorAll("input, select"))
      if (!field.closest("label")) found.push("a field without a label");
    const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
    for (const id of ids)
      if (ids.indexOf(id) !== ids.lastIndexOf(id)) found.push("twice: " + id);
    for (const link of document.querySelectorAll("nav a"))
      if (!document.getElementById(link.getAttribute("href").slice(1))) found.push(link.href);
    return found;
  });
  assert.deepEqual(faults, []);
});

await check("the switch of themes", async () => {
  const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await paper();
  await page.click("#theme");
  assert.equal(await paper(), light);
  await page.click("#theme");
  const dark = await paper();
  assert.notEqual(dark, light);
  // Labels of figures follow the text.
  const label =
      await page.evaluate(() => getComputedStyle(document.querySelector("#gaps-diagnosis .role-axis-label text")).fill);
  assert.equal(label, await page.evaluate(() => getComputedStyle(document.body).color));
  await page.click("#theme");
  assert.equal(await paper(), light);
  const other = await open("small.html", {scheme: "dark"});
  assert.equal(await other.evaluate(() => getComputedStyle(document.body).backgroundColor), dark);
  assert.deepEqual(other.complaints, []);
  await picture(other, "dark", {fullPage: true});
  await other.context().close();
});

await check("still no error after all of this", () => assert.deepEqual(page.complaints, []));

await check("print: everything unfolded, no controls, dark ink", async () => {
  await page.evaluate(() => window.dispatchEvent(new Event("beforeprint")));
  await page.emulateMedia({media: "print", colorScheme: "dark"});
  assert.equal(await page.locator("details:not([open])").count(), 0);
  assert.equal(
      await page.locator(".figure-tools:visible, .table-tools:visible, nav:visible, #theme:visible").count(), 0);
  assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), "rgb(255, 255, 255)");
  const pdf = await page.pdf({format: "A4"});
  assert.ok(pdf.length > 20000);
  if (screenshots) fs.writeFileSync(path.join(screenshots, "print.pdf"), pdf);
});
await page.context().close();

for (const scheme of ["light", "dark"]) {
  await check("390 px, " + scheme + ": nothing is wider than the screen", async () => {
    const phone = await open("small.html", {width: 390, scheme});
    assert.equal(await phone.evaluate(() => document.documentElement.scrollWidth), 390);
    const wide = await phone.evaluate(
        () => [...document.querySelectorAll("main *")]
                  .filter(
                      (element) =>
                          !element.closest(".scroll, .plot, svg") && element.getBoundingClientRect().right > 391)
                  .map((element) => element.outerHTML.slice(0, 90)));
    assert.deepEqual(wide, []);
    assert.deepEqual(phone.complaints, []);
    await picture(phone, "phone-" + scheme, {clip: {x: 0, y: 0, width: 390, height: 12000}, fullPage: true});
    await phone.context().close();
  });
}

await check("216 scenarios: below 5 MB, drawn without an error", async () => {
  assert.ok(fs.statSync(path.join(folder, "grid.html")).size < 5e6);
  const grid = await open("grid.html");
  assert.deepEqual(grid.complaints, []);
  assert.equal(await grid.locator("figure[data-state=failed]").count(), 0);
  const figures = await grid.evaluate(drawnMarks);
  assert.equal(figures.find((figure) => figure.id === "heat-diagnosis").kinds.rect, 144);
  assert.equal(figures.find((figure) => figure.id === "heat-vqa").kinds.rect, 72);
  await picture(grid, "grid", {fullPage: true});
  await grid.context().close();
});

await browser.close();
console.log(passed + " checks passed");
