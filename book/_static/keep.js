// Keep what a reader ticks, types and answers, in this browser only, and show how far
// it is. Without this script every page still shows all of its text.
(() => {
  const root = new URL(document.documentElement.dataset.content_root, location.href);
  const STORE = `lifecycle:${root.pathname}`;
  // Some hosts leave ".html" out of their addresses.
  const pageOf = (address) =>
    address.slice(root.href.length).replace(/(\.html)?([?#].*)?$/, "");
  const page = pageOf(location.href);

  const FATES = {
    blocked: "Your browser blocks storage: what you tick, type and answer lasts for this visit.",
    full: "Your browser has no room left: what you tick, type and answer now lasts until you leave this page.",
  };
  const note = document.createElement("p");
  note.setAttribute("role", "status");
  const showFate = () => {
    note.textContent =
      FATES[document.documentElement.dataset.storage] ??
      "What you tick, type and answer on this site stays in this browser only.";
  };
  showFate();

  // From "page#item" to what the reader did there, and from "page" to [done, of].
  // Read each time: the site may be open in another tab.
  const read = () => {
    try {
      return JSON.parse(localStorage.getItem(STORE)) ?? {};
    } catch {
      return {}; // What stands there is not ours to read: begin anew.
    }
  };

  // What can be done on this page, each with how to clear it.
  const items = new Map();

  const save = (name, value) => {
    const kept = read();
    if (name) kept[`${page}#${name}`] = value;
    if (!value) delete kept[`${page}#${name}`];
    const done = [...items.keys()].filter((item) => kept[`${page}#${item}`]).length;
    if (done) kept[page] = [done, items.size];
    else delete kept[page];
    localStorage.setItem(STORE, JSON.stringify(kept));
    showFate();
    showKept();
  };

  const progressOf = ([done, of]) => {
    const progress = document.createElement("span");
    progress.className = "kept-progress";
    progress.textContent = ` ${done} of ${of} done`;
    return progress;
  };

  // What was typed on another page, and how far the reader is on each.
  const showKept = () => {
    const kept = read();
    for (const place of document.querySelectorAll("[data-recall]")) {
      place.dataset.unless ??= place.textContent;
      place.textContent = kept[place.dataset.recall] || place.dataset.unless;
    }
    const begun = document.createElement("ul");
    for (const link of document.querySelectorAll(".bd-links a.internal")) {
      link.querySelector(".kept-progress")?.remove();
      const progress = kept[pageOf(link.href)];
      if (!progress) continue;
      const line = document.createElement("li");
      line.append(link.cloneNode(true), progressOf(progress));
      begun.append(line);
      link.append(progressOf(progress));
    }
    const summary = document.getElementById("your-progress");
    if (!summary) return;
    summary.hidden = !begun.children.length;
    summary.querySelector("ul")?.remove();
    summary.append(begun);
  };

  const addControls = () => {
    showKept();
    const kept = read();
    if (items.size && kept[page]) save();
    const landing = document.getElementById("your-progress");
    if (!items.size && (landing?.hidden ?? true)) return;
    const erase = document.createElement("button");
    erase.type = "button";
    erase.textContent = "Erase all that I ticked, typed and answered on this site";
    erase.addEventListener("click", () => {
      localStorage.removeItem(STORE);
      for (const clear of items.values()) clear();
      showKept();
      note.textContent = "Erased.";
    });
    const controls = document.createElement("div");
    controls.className = "keep-controls";
    controls.append(note, erase);
    document.querySelector("article").append(controls);
  };

  // For other scripts: name an item of this page, get what is kept of it; keep it anew.
  window.keep = {
    item(name, clear) {
      items.set(name, clear);
      return read()[`${page}#${name}`];
    },
    save,
  };

  const boxes = document.querySelectorAll(".task-list-item-checkbox");
  for (const [index, box] of boxes.entries()) {
    const task = box.closest("li");
    const name = task.textContent.trim();
    task.id ||= `task-${index + 1}`;
    box.setAttribute("aria-labelledby", task.id);
    box.disabled = false;
    box.checked = Boolean(keep.item(name, () => (box.checked = false)));
    box.addEventListener("change", () => save(name, box.checked));
  }
  for (const field of document.querySelectorAll("[data-keep]")) {
    field.value = keep.item(field.id, () => (field.value = "")) ?? "";
    field.addEventListener("input", () => save(field.id, field.value));
  }

  // Once all scripts of the page have named their items; again after the way back.
  document.addEventListener("DOMContentLoaded", addControls);
  addEventListener("pageshow", showKept);
})();
