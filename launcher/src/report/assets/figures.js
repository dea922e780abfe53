// Draws the figures, one after the other, and offers each as SVG, PNG, specification and table.
(() => {
  "use strict";
  const kFont = 'system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif';

  /** `ink`: "currentColor" on the page, so that figures follow the theme and the printer; black in exported files. */
  function config(ink) {
    return {
      background: null,
      font: kFont,
      view: {stroke: null},
      axis: {
        labelColor: ink,
        titleColor: ink,
        domainColor: ink,
        tickColor: ink,
        gridColor: ink,
        gridOpacity: 0.13,
        domainOpacity: 0.5,
        tickOpacity: 0.5,
        labelFontSize: 12,
        titleFontSize: 12,
        titleFontWeight: 500
      },
      legend: {
        labelColor: ink,
        titleColor: ink,
        labelFontSize: 12,
        titleFontSize: 12,
        titleFontWeight: 500,
        symbolBaseFillColor: ink,
        symbolBaseStrokeColor: ink
      },
      header: {labelColor: ink, titleColor: ink, labelFontSize: 13},
      title: {color: ink, fontSize: 14},
      rule: {color: ink},
      text: {color: ink},
    };
  }

  function specOf(figure) { return JSON.parse(figure.querySelector("script.spec").textContent); }

  /** Shortens the labels of axes and legends where there is little room. */
  function limitLabels(part, width) {
    if (part === null || typeof part !== "object") return;
    const limits = [["axis", Math.max(90, Math.round(width * 0.42))], ["legend", Math.max(120, width - 140)]];
    for (const [name, most] of limits) {
      if (part[name] && part[name].labelLimit > most) part[name].labelLimit = most;
    }
    for (const key of Object.keys(part))
      if (key !== "data") limitLabels(part[key], width);
  }

  function columnsFor(spec, width) {
    const panel = spec.spec.width && spec.spec.width.step ?
        spec.spec.width.step * new Set(spec.data.values.map((row) => row.dataset)).size :
        spec.spec.width;
    const panels = new Set(spec.data.values.map((row) => row.method)).size;
    return Math.max(1, Math.min(panels, Math.floor((width - 100) / (panel + 24))));
  }

  function fitted(figure, width) {
    const spec = specOf(figure);
    limitLabels(spec, width);
    if (spec.usermeta.wrap) spec.columns = columnsFor(spec, width);
    return spec;
  }

  async function draw(figure) {
    const plot = figure.querySelector(".plot");
    const spec = fitted(figure, plot.clientWidth);
    delete spec.title;  // the caption says it
    figure.dataset.columns = spec.columns || "";
    const result = await vegaEmbed(
        plot, spec, {mode: "vega-lite", renderer: "svg", actions: false, ast: true, config: config("currentColor")});
    plot.classList.remove("waiting");
    figure.dataset.state = "drawn";
    return result;
  }

  function save(name, blob) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  /** The figure with its title, in the light theme, drawn nowhere. */
  async function exported(figure) {
    const spec = fitted(figure, 900);
    if (spec.width === "container") spec.width = 600;
    const options = {
      mode: "vega-lite",
      renderer: "svg",
      actions: false,
      ast: true,
      config: {...config("#1b222c"), background: "#ffffff"}
    };
    return (await vegaEmbed(document.createElement("div"), spec, options)).view;
  }

  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const field = document.createElement("textarea");
      field.value = text;
      document.body.append(field);
      field.select();
      document.execCommand("copy");
      field.remove();
    }
  }

  function toggleTable(figure, button) {
    const shown = figure.querySelector(".figure-data");
    if (shown) {
      shown.remove();
      button.setAttribute("aria-expanded", "false");
      return;
    }
    const spec = specOf(figure);
    const box = document.createElement("div");
    box.className = "scroll figure-data";
    box.tabIndex = 0;
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", "Data of the figure");
    box.append(medvlmTables.build(spec.title.text, spec.usermeta.columns, spec.data.values));
    figure.append(box);
    button.setAttribute("aria-expanded", "true");
  }

  function addTools(figure) {
    const tools = document.createElement("div");
    tools.className = "figure-tools";
    const title = figure.querySelector("figcaption").textContent;
    const offer = (name, explained, action) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "tool";
      button.textContent = name;
      button.setAttribute("aria-label", explained + ": " + title);
      button.addEventListener("click", () => action(button));
      tools.append(button);
      return button;
    };
    offer("Table", "Data as a table", (button) => toggleTable(figure, button)).setAttribute("aria-expanded", "false");
    offer(
        "SVG", "Download as SVG",
        async () =>
            save(figure.id + ".svg", new Blob([await (await exported(figure)).toSVG()], {type: "image/svg+xml"})));
    offer(
        "PNG", "Download as PNG",
        async () => (await (await exported(figure)).toCanvas(2)).toBlob((blob) => save(figure.id + ".png", blob)));
    offer(
        "Vega-Lite", "Download the Vega-Lite specification",
        () => save(
            figure.id + ".vl.json", new Blob([JSON.stringify(specOf(figure), null, 1)], {type: "application/json"})));
    offer("Copy specification", "Copy the Vega-Lite specification", async (button) => {
      await copy(JSON.stringify(specOf(figure), null, 1));
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = "Copy specification"; }, 1500);
    });
    figure.append(tools);
  }

  const figures = [...document.querySelectorAll("figure.figure")];
  for (const figure of figures) {
    figure.querySelector(".plot").classList.add("waiting");
    addTools(figure);
  }

  async function drawAll() {
    for (const figure of figures) {
      try {
        await draw(figure);
      } catch (error) {
        figure.dataset.state = "failed";
        console.error("figure " + figure.id, error);
      }
      await new Promise((next) => setTimeout(next, 0));  // the page stays usable meanwhile
    }
    document.documentElement.dataset.figures = "drawn";
  }

  let resizing;
  window.addEventListener("resize", () => {
    clearTimeout(resizing);
    resizing = setTimeout(() => {
      for (const figure of figures) {
        if (figure.dataset.state !== "drawn" || !figure.dataset.columns) continue;
        const columns = columnsFor(specOf(figure), figure.querySelector(".plot").clientWidth);
        if (String(columns) !== figure.dataset.columns) draw(figure);
      }
    }, 200);
  });
  drawAll();
})();
