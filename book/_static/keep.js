// Keep what a reader ticks and types, in this browser only.
// Without this script every page still shows all of its text.
(() => {
  const root = new URL(document.documentElement.dataset.content_root, location.href);
  const STORE = `lifecycle:${root.pathname}`;
  const page = location.href.slice(root.href.length).replace(/[?#].*$/, "");

  const keeps = document.documentElement.dataset.storage !== "blocked";
  let kept = {};
  try {
    kept = JSON.parse(localStorage.getItem(STORE)) ?? {};
  } catch {
    // What stands there is not ours to read: begin anew.
  }

  const save = (name, value) => {
    if (value) kept[name] = value;
    else delete kept[name];
    localStorage.setItem(STORE, JSON.stringify(kept));
  };

  const tickable = () => {
    const boxes = document.querySelectorAll(".task-list-item-checkbox");
    for (const [index, box] of boxes.entries()) {
      const item = box.closest("li");
      const name = `${page}#${item.textContent.trim()}`;
      item.id ||= `task-${index + 1}`;
      box.setAttribute("aria-labelledby", item.id);
      box.disabled = false;
      box.checked = Boolean(kept[name]);
      box.addEventListener("change", () => save(name, box.checked));
    }
    return boxes;
  };

  const fillable = () => {
    const fields = document.querySelectorAll("[data-keep]");
    for (const field of fields) {
      const name = `${page}#${field.id}`;
      field.value = kept[name] ?? "";
      field.addEventListener("input", () => save(name, field.value));
    }
    return fields;
  };

  const addControls = (boxes, fields) => {
    if (!boxes.length && !fields.length) return;
    const note = document.createElement("p");
    note.setAttribute("role", "status");
    note.textContent = keeps
      ? "What you tick and type on this site stays in this browser only."
      : "Your browser blocks storage: what you tick and type lasts for this visit.";
    const erase = document.createElement("button");
    erase.type = "button";
    erase.textContent = "Erase all that I ticked and typed on this site";
    erase.addEventListener("click", () => {
      kept = {};
      localStorage.removeItem(STORE);
      for (const box of boxes) box.checked = false;
      for (const field of fields) field.value = "";
      note.textContent = "Erased.";
    });
    const controls = document.createElement("div");
    controls.className = "keep-controls";
    controls.append(note, erase);
    document.querySelector("article").append(controls);
  };

  const start = () => addControls(tickable(), fillable());
  if (document.readyState === "loading") {
    document.addEventListener("DOMContentLoaded", start);
  } else {
    start();
  }
})();
