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
    function tell() { button.textContent = isDark() ? button.dataset.light : button.dataset.dark; }
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

/* Clocks that run down: "41 h 57 min" stays true while the page stands. Without script it is as of the page's coming. */
(function () {
  "use strict";
  function tick() {
    document.querySelectorAll("[data-until]").forEach(function (clock) {
      var left = Math.floor((new Date(clock.dataset.until) - Date.now()) / 60000), numbers = [Math.floor(left / 60), left % 60];
      if (left >= 0) clock.textContent = clock.textContent.replace(/\d+/g, function (old) { return numbers.length ? numbers.shift() : old; });
    });
  }
  document.addEventListener("DOMContentLoaded", function () { if (document.querySelector("[data-until]")) setInterval(tick, 15000); });
})();

/* Times come in UTC and say so; here they are told in the reader's own zone. Dates are business days and stay as they are. */
(function () {
  "use strict";
  function local(part) {
    var language = document.documentElement.lang, text = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }),
      exact = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "long" });
    part.querySelectorAll("time[title$=UTC]").forEach(function (time) {
      var at = new Date(time.dateTime);
      time.title = exact.format(at);
      if ("clock" in time.dataset) time.textContent = text.format(at);
    });
  }
  document.addEventListener("DOMContentLoaded", function () { local(document); });
  document.addEventListener("htmx:load", function (event) { local(event.target); });
})();
