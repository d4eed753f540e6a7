/* What a storefront does better with script: arrow keys through what is proposed, one order for two clicks, a message that goes. */
(function () {
  "use strict";
  function near(list, step) {
    var links = Array.prototype.slice.call(list.querySelectorAll("a")), at = links.indexOf(document.activeElement) + step;
    if (at < 0) return list.closest("form").querySelector("input[type=search]");
    return links[Math.min(at, links.length - 1)];
  }
  document.addEventListener("keydown", function (event) {
    var form = event.target.closest && event.target.closest("form.find"), list = form && form.querySelector(".suggestions");
    if (event.key === "Escape") {
      document.querySelectorAll(".suggestions, .toast").forEach(function (one) { one.replaceChildren(); });
      document.querySelectorAll("details.drop[open]").forEach(function (one) { one.open = false; one.querySelector("summary").focus(); });
    }
    if (!list || !list.firstElementChild || (event.key !== "ArrowDown" && event.key !== "ArrowUp")) return;
    var next = near(list, event.key === "ArrowDown" ? 1 : -1);
    if (next) { event.preventDefault(); next.focus(); }
  });
  document.addEventListener("click", function (event) {
    if (event.target.closest(".toast [data-close]")) document.getElementById("toast").replaceChildren();
    document.querySelectorAll(".suggestions").forEach(function (one) { if (!one.closest("form").contains(event.target)) one.replaceChildren(); });
    document.querySelectorAll("details.drop[open]").forEach(function (one) { if (!one.contains(event.target)) one.open = false; });
  });
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (!form.matches("[data-once]")) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    form.querySelectorAll("button[type=submit]").forEach(function (one) { one.setAttribute("aria-disabled", "true"); });
  });
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sent]").forEach(function (form) {
      delete form.dataset.sent;
      form.querySelectorAll("[aria-disabled]").forEach(function (one) { one.removeAttribute("aria-disabled"); });
    });
  });
})();
