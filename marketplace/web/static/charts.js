/* Draws each figure.chart from its JSON; the table inside stays for everybody, folded away once there is a drawing. */
(function () {
  "use strict";
  if (window.marketCharts) return; // a page with two charts names this file twice
  window.marketCharts = true;
  var drawn = [];
  function token(name) { return getComputedStyle(document.documentElement).getPropertyValue(name).trim(); }
  function option(data) {
    var soft = token("--soft"), line = token("--line"), kind = data.kind === "lines" ? "line" : "bar";
    return {
      animation: false,
      color: [1, 2, 3, 4, 5, 6].map(function (n) { return token("--chart-" + n); }),
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: soft },
      grid: { left: 8, right: 8, top: 16, bottom: data.series.length > 1 ? 40 : 8, containLabel: true },
      legend: data.series.length > 1 ? { bottom: 0, type: "scroll", textStyle: { color: soft } } : undefined,
      tooltip: { trigger: "axis", renderMode: "richText", confine: true },
      xAxis: { type: "category", data: data.categories, axisLine: { lineStyle: { color: line } }, axisTick: { show: false }, axisLabel: { color: soft } },
      yAxis: { type: "value", minInterval: 1, splitLine: { lineStyle: { color: line } }, axisLabel: { color: soft } },
      series: data.series.map(function (one) {
        return { name: one.name, type: kind, data: one.data, stack: kind === "bar" ? "all" : undefined, barMaxWidth: 48, symbolSize: 6 };
      })
    };
  }
  function draw(figure) {
    var canvas = figure.querySelector(".chart-canvas"), data = JSON.parse(figure.querySelector("script[type='application/json']").textContent);
    canvas.hidden = false;
    figure.querySelector("details").open = false;
    var chart = window.echarts.init(canvas, null, { renderer: "svg" });
    chart.setOption(option(data));
    drawn.push({ chart: chart, data: data });
  }
  document.addEventListener("DOMContentLoaded", function () {
    document.querySelectorAll("figure.chart[data-chart]").forEach(draw);
    addEventListener("resize", function () { drawn.forEach(function (one) { one.chart.resize(); }); });
    function again() { drawn.forEach(function (one) { one.chart.setOption(option(one.data), true); }); }
    document.addEventListener("market:theme", again);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
  });
})();
