/* What a storefront does better with script: arrow keys through what is proposed, one order for two clicks, a message that goes.
   Whatever goes, the focus stays beside where it was. */
(function () {
  "use strict";
  function near(list, step) {
    var links = Array.prototype.slice.call(list.querySelectorAll("a")), at = links.indexOf(document.activeElement) + step;
    if (at < 0) return list.closest("form").querySelector("input[type=search]");
    return links[Math.min(at, links.length - 1)];
  }
  var asker = null, row = -1;
  function clear(one) {
    var held = one.contains(document.activeElement), form = one.closest("form");
    one.replaceChildren();
    if (!held) return;
    if (form) form.querySelector("input[type=search]").focus();
    else if (asker && asker.isConnected) asker.focus();
  }
  function rows() { return Array.prototype.slice.call(document.querySelectorAll("#cart .wanted > li")); }
  document.addEventListener("htmx:beforeRequest", function (event) {
    var line = event.target.closest(".wanted > li");
    if (event.detail.target.id === "toast") asker = document.activeElement;
    row = line ? rows().indexOf(line) : -1;
  });
  document.addEventListener("htmx:beforeSwap", function (event) {  // a page that says what was wrong with an address has no part that could be shown here
    if (event.detail.xhr.status >= 400 && event.detail.requestConfig.verb === "get") event.detail.shouldSwap = false;
  });
  document.addEventListener("htmx:afterSettle", function () {
    if (row < 0 || document.activeElement !== document.body) return;
    var left = rows(), heading = document.querySelector("main h1");
    if (!left.length) heading.tabIndex = -1;
    (left.length ? left[Math.min(row, left.length - 1)].querySelector(".gone") : heading).focus();
  });
  document.addEventListener("keydown", function (event) {
    var form = event.target.closest && event.target.closest("form.find"), list = form && form.querySelector(".suggestions");
    if (event.key === "Escape") {
      document.querySelectorAll(".suggestions, .toast").forEach(clear);
      document.querySelectorAll("details.drop[open]").forEach(function (one) { one.open = false; one.querySelector("summary").focus(); });
    }
    if (!list || !list.firstElementChild || (event.key !== "ArrowDown" && event.key !== "ArrowUp")) return;
    var next = near(list, event.key === "ArrowDown" ? 1 : -1);
    if (next) { event.preventDefault(); next.focus(); }
  });
  document.addEventListener("click", function (event) {
    if (event.target.closest(".toast [data-close]")) clear(document.getElementById("toast"));
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
