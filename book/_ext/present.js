// Present a page to a room: section by section, in large type, without the site around
// it. Nothing is moved or copied: the section in turn is marked, and present.css hides
// what is not in turn. So quizzes, puzzles and charts stay alive, with all they hold.
// Sections for this week are slides, too: their headings say so, and whoever enters
// at one wants to show it.
(() => {
  const page = document.documentElement;
  const article = document.querySelector("article");
  // A slide is a heading with what follows up to the next one, or a question of a quiz.
  const SLIDE = "section, .question";
  const slides = [...article.querySelectorAll(SLIDE)];
  const headingOf = (slide) => slide.querySelector("h1, h2, h3, h4, h5, h6, legend");
  let current = -1; // A place in slides; none while nobody presents.

  const make = (tag, properties, ...children) => {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  };
  const icon = (name) => make("span", { className: `fas fa-${name}` });
  const button = (label, title, onclick, ...children) => {
    const made = make("button", { type: "button", title, onclick }, ...children);
    made.setAttribute("aria-label", label);
    return made;
  };
  const counter = make("span", { className: "counter" });
  const previous = button(
    "Previous slide",
    "Previous slide (left arrow or Page Up)",
    () => go(-1),
    icon("angle-left"),
  );
  const next = button(
    "Next slide",
    "Next slide (right arrow, Page Down or space bar)",
    () => go(1),
    icon("angle-right"),
  );
  const out = button("Leave the slides", "Leave the slides (Escape)", () => leave(), "Leave");
  const bar = make("nav", { className: "slides-bar" }, out, previous, counter, next);
  bar.setAttribute("aria-label", "Slides");

  // As much larger as the screen is than one that shows some 16 lines of our text.
  const fit = () => {
    const scale = Math.max(1, Math.min(innerWidth / 860, innerHeight / 500));
    page.style.setProperty("--slide-scale", scale);
  };
  // Charts take the width that they have now.
  const redrawCharts = () => dispatchEvent(new Event("resize"));

  const show = (index) => {
    slides[current]?.removeAttribute("data-current");
    current = index;
    const slide = slides[current];
    slide.dataset.current = "";
    counter.textContent = `${current + 1} of ${slides.length}`;
    previous.disabled = current === 0;
    next.disabled = current === slides.length - 1;
    // With the place in the address, a reload and a link lead to the same slide.
    history.replaceState(null, "", `?present#${slide.id}`);
    redrawCharts();
    scrollTo({ top: 0, behavior: "instant" });
    // A screen reader says the new heading, and the tab key goes on from there.
    headingOf(slide).tabIndex = -1;
    headingOf(slide).focus({ preventScroll: true });
  };

  const go = (steps) => {
    const index = Math.min(Math.max(current + steps, 0), slides.length - 1);
    if (index !== current) show(index);
  };

  const enter = (index) => {
    fit();
    addEventListener("resize", fit);
    article.before(bar);
    page.dataset.presenting = "";
    show(index);
  };

  const leave = () => {
    const slide = slides[current];
    current = -1;
    slide.removeAttribute("data-current");
    delete page.dataset.presenting;
    bar.remove();
    removeEventListener("resize", fit);
    history.replaceState(null, "", `${location.pathname}#${slide.id}`);
    if (document.fullscreenElement) document.exitFullscreen();
    redrawCharts();
    slide.scrollIntoView({ behavior: "instant" });
    headingOf(slide).focus({ preventScroll: true });
  };

  // What the address names, and the place of its slide; -1 if it names none.
  const named = () => document.getElementById(location.hash.slice(1));
  const placeOf = (element) => slides.indexOf(element?.closest(SLIDE));

  // Where the reader is: at what the address names, if that is in view; else at the first
  // heading in the upper third of the window; else in the section that fills it.
  const inView = () => {
    const tops = slides.map((slide) => headingOf(slide).getBoundingClientRect().top);
    const index = placeOf(named());
    if (tops[index] >= 0 && tops[index] < innerHeight) return index;
    const first = tops.findIndex((top) => top >= 0 && top < innerHeight / 3);
    return first < 0 ? Math.max(tops.findLastIndex((top) => top < 0), 0) : first;
  };

  window.present = () => {
    enter(inView());
    // Where the browser refuses, the slides fill its window.
    page.requestFullscreen?.().catch(() => {});
  };

  document.addEventListener("fullscreenchange", () => {
    // The browser keeps the key Escape for itself in full screen.
    if (current >= 0 && !document.fullscreenElement) leave();
  });

  addEventListener("hashchange", () => {
    const target = named();
    const index = placeOf(target);
    if (current < 0 || index < 0) return;
    show(index);
    if (target !== slides[index]) target.scrollIntoView();
  });

  const STEPS = {
    ArrowRight: 1,
    ArrowLeft: -1,
    PageDown: 1,
    PageUp: -1,
    " ": 1,
    Home: -Infinity,
    End: Infinity,
  };

  // Whether what has the focus needs this key itself. A clicker sends Page Up and Page
  // Down: of all that can have the focus, only text fields, sliders and menus keep those.
  const needs = (focused, key) => {
    if (focused.matches("[type='radio'], [type='checkbox']")) return !key.startsWith("Page");
    if (focused.matches("input, select, textarea")) return true;
    if (focused.matches("button, summary, a")) return key === " ";
    const scrolls = focused.tabIndex === 0 && focused.scrollWidth > focused.clientWidth;
    return scrolls && key.startsWith("Arrow");
  };

  const edge = () => bar.getBoundingClientRect().top;
  const isScrolledTo = (step) =>
    step < 0 ? scrollY < 1 : slides[current].getBoundingClientRect().bottom < edge() + 1;

  // How far to scroll on: a screen, but nothing that fits on one is cut in two, and of a
  // chart that does not fit the most is shown that can be.
  const screenOn = (end, margin) => {
    for (const part of slides[current].querySelectorAll(":not(figure *)")) {
      const { top, bottom, height } = part.getBoundingClientRect();
      if (top >= end || bottom <= end || !part.checkVisibility()) continue; // not folded
      if (height < end - margin) return top - margin;
      if (part.matches("figure")) return Math.min(bottom - end + margin, end - margin);
    }
    return end - margin;
  };
  const scroll = (step) => {
    const end = edge();
    const margin = end / 40;
    const distance = step > 0 ? screenOn(end, margin) : margin - end;
    scrollBy({ top: distance, behavior: "instant" });
  };

  document.addEventListener("keydown", (event) => {
    const { key, target } = event;
    if (current < 0 || event.ctrlKey || event.altKey || event.metaKey) return;
    if (target.closest("dialog")) return;
    if (key === "Escape") leave();
    if (!(key in STEPS) || needs(target, key)) return;
    if (event.shiftKey && key !== " ") return;
    const steps = event.shiftKey ? -1 : STEPS[key];
    event.preventDefault();
    // A slide that is taller than the screen is read to its end first.
    if (/Page| /.test(key) && !isScrolledTo(steps)) scroll(steps);
    else if (!event.repeat) go(steps);
  });

  if (new URLSearchParams(location.search).has("present")) {
    enter(Math.max(placeOf(named()), 0));
    // Once a page is loaded, the browser goes to what the address names by itself.
    addEventListener("load", () => current >= 0 && show(current));
  }
})();
