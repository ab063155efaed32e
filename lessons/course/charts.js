// Draw the charts of a page when they come into view.
// Each chart is complete without this script: a drawing stands in its place until
// then. The script puts the living chart there, which answers to the reader.
// It runs on the site (once for the page) and in a notebook (once for the set-up).
(() => {
  const draw = async (figure) => {
    const specification = JSON.parse(
      figure.querySelector("script[type='application/json']").textContent,
    );
    const still = figure.querySelector(".chart-still");
    const live = document.createElement("div");
    live.className = "chart-live";
    still.before(live);
    // Out of sight, on another slide say, a chart has no width: it keeps the one it had.
    let width = 0;
    Object.defineProperty(live, "clientWidth", {
      get: () => (width = figure.clientWidth || width),
    });
    const { view } = await window.vegaEmbed(live, specification, {
      actions: false,
      renderer: "svg",
    });
    const picture = view.container().querySelector("svg");
    picture.setAttribute("role", "img");
    picture.setAttribute("aria-label", still.getAttribute("aria-label"));
    still.remove();
    figure.dataset.drawn = "";
  };

  const seen = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        if (!entry.isIntersecting) continue;
        seen.unobserve(entry.target);
        draw(entry.target);
      }
    },
    { rootMargin: "400px" },
  );

  window.watchCharts = () => {
    for (const figure of document.querySelectorAll("figure.chart:not([data-watched])")) {
      figure.dataset.watched = "";
      seen.observe(figure);
    }
  };
  if (document.readyState === "loading") {
    document.addEventListener("DOMContentLoaded", window.watchCharts);
  } else {
    window.watchCharts();
  }
})();
