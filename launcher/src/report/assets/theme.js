// The switch between the system's theme, light and dark, and what print needs. Colours are CSS variables; figures take
// theirs from the text.
(() => {
  "use strict";
  const button = document.getElementById("theme");
  const names = ["system", "light", "dark"];
  let chosen = "system";
  try {
    const kept = localStorage.getItem("medvlm-report-theme");
    if (names.includes(kept)) chosen = kept;
  } catch { /* a browser may forbid storage: then the choice lasts as long as the page */
  }

  function apply() {
    if (chosen === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = chosen;
    button.textContent = "Theme: " + chosen;
  }
  button.addEventListener("click", () => {
    chosen = names[(names.indexOf(chosen) + 1) % names.length];
    try {
      localStorage.setItem("medvlm-report-theme", chosen);
    } catch { /* as above */
    }
    apply();
  });
  button.hidden = false;
  apply();

  // Paper cannot be unfolded.
  let folded = [];
  window.addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("details:not([open])")];
    for (const part of folded) part.open = true;
  });
  window.addEventListener("afterprint", () => {
    for (const part of folded) part.open = false;
  });
})();
