/* Light or dark by choice, remembered in this browser. Without script the system's choice holds. */
(function () {
  "use strict";
  var root = document.documentElement, key = "market-theme";
  function kept() { try { return localStorage.getItem(key); } catch (error) { return null; } }
  function isDark() { return root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches; }
  if (kept() === "dark" || kept() === "light") root.dataset.theme = kept();
  document.addEventListener("DOMContentLoaded", function () {
    var button = document.getElementById("theme");
    if (!button) return;
    function tell() { button.setAttribute("aria-pressed", String(isDark())); }
    button.hidden = false;
    tell();
    button.addEventListener("click", function () {
      root.dataset.theme = isDark() ? "light" : "dark";
      try { localStorage.setItem(key, root.dataset.theme); } catch (error) { /* forgotten at the next page */ }
      tell();
      document.dispatchEvent(new Event("market:theme"));
    });
  });
})();
