/* The palette: Ctrl-K or Cmd-K finds from every page of a portal; arrows choose, Enter goes there, Escape leads back to where one was. */
(function () {
  "use strict";
  var palette = document.getElementById("palette");
  if (!palette || !palette.showModal) return;
  var field = palette.querySelector("input"), said = palette.querySelector("[role=status]"), chosen = null;
  document.querySelectorAll(".go kbd").forEach(function (key) {
    if (/Mac|iP/.test(navigator.platform)) key.textContent = "⌘ K";
    key.hidden = false;
  });
  function options() { return Array.prototype.slice.call(palette.querySelectorAll("[role=option]")); }
  function choose(option) {
    if (chosen) chosen.setAttribute("aria-selected", "false");
    chosen = option || null;
    field.removeAttribute("aria-activedescendant");
    if (!chosen) return;
    chosen.setAttribute("aria-selected", "true");
    field.setAttribute("aria-activedescendant", chosen.id);
    chosen.scrollIntoView({block: "nearest"});
  }
  function open() {
    palette.showModal();
    field.select();
    htmx.trigger(field, "opened");
  }
  document.addEventListener("keydown", function (event) {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.key.toLowerCase() !== "k") return;
    if (!palette.open && document.querySelector("dialog[open]")) return;
    event.preventDefault();
    if (palette.open) palette.close(); else open();
  });
  field.addEventListener("input", function () { choose(null); });
  field.addEventListener("keydown", function (event) {
    var all = options(), at = all.indexOf(chosen);
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (all.length) choose(all[(at + (event.key === "ArrowDown" ? 1 : all.length - (at < 0 ? 0 : 1))) % all.length]);
    } else if (event.key === "Enter" && chosen) {
      event.preventDefault();
      chosen.click();
    } else if (event.key === "Escape") {
      event.preventDefault();
      palette.close();
    }
  });
  palette.addEventListener("click", function (event) {
    if (event.target === palette || event.target.closest("[data-close]")) palette.close();
  });
  document.addEventListener("htmx:afterSwap", function (event) {
    if (event.target.id !== "palette-found") return;
    var all = options(), told = event.target.querySelector("[data-said]");
    all.forEach(function (option, index) { option.id = "palette-option-" + index; });
    field.setAttribute("aria-expanded", String(all.length > 0));
    said.textContent = told ? told.dataset.said : "";
    choose(all.length && told.dataset.words && told.dataset.words === field.value.trim() ? all[0] : null); // an answer that came late chooses nothing
  });
})();
