// Let readers commit to an answer: options show their reasons once chosen, puzzles take
// a prediction before they show their result. keep.js keeps both, in this browser only.
// Without this script a page shows its questions, and a folded key with all reasons.
(() => {
  const make = (tag, properties = {}, ...children) => {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  };

  // Turn the items of a list into radio buttons; arrow keys move, the space bar chooses.
  // (By itself the browser would choose with each arrow, and give the reasons away.)
  const choices = (list, name) => {
    const radios = [...list.children].map((item, index) => {
      const text = item.querySelector("p") ?? item;
      const value = text.textContent.trim();
      const id = `${name}-${index + 1}`;
      const radio = make("input", { type: "radio", name, id, value });
      const label = make("label", { htmlFor: id }, ...text.childNodes);
      item.replaceChildren(radio, label);
      return radio;
    });
    list.classList.add("choices");
    list.addEventListener("keydown", (event) => {
      const steps = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };
      const here = radios.indexOf(event.target);
      if (!(event.key in steps) || here < 0) return;
      event.preventDefault();
      radios.at((here + steps[event.key]) % radios.length).focus();
    });
    return radios;
  };

  const HINT = "Choose an answer to see what speaks for or against it. By keyboard: arrow keys move, the space bar chooses.";

  // What was tried, in order, for each question of the page.
  const tried = new Map();

  const question = (box) => {
    const title = box.querySelector(".rubric");
    const radios = choices(box.querySelector(".options"), `${box.id}-answer`);
    const reasons = document.querySelectorAll(`#${box.id}-key > ol > li`);
    const show = (index) => {
      const reason = radios[index].parentNode.querySelector(".reason");
      if (reason.hasChildNodes()) return;
      reason.parentNode.className = reasons[index].className;
      reason.append(...reasons[index].cloneNode(true).childNodes);
    };
    for (const [index, radio] of radios.entries()) {
      const reason = make("div", { className: "reason", id: `${radio.id}-reason` });
      reason.setAttribute("aria-live", "polite");
      radio.setAttribute("aria-describedby", reason.id);
      radio.parentNode.append(reason);
      radio.addEventListener("change", () => {
        show(index);
        const so_far = tried.get(box.id);
        if (!so_far.includes(radio.value)) so_far.push(radio.value);
        keep.save(box.id, so_far);
        count();
      });
    }
    const clear = () => {
      tried.set(box.id, []);
      for (const radio of radios) {
        radio.checked = false;
        radio.parentNode.className = "";
        radio.parentNode.querySelector(".reason").replaceChildren();
      }
      count();
    };
    const legend = make("legend", {}, ...title.childNodes);
    title.remove();
    box.replaceChildren(make("fieldset", {}, legend, ...box.childNodes));
    tried.set(box.id, []);
    for (const value of keep.item(box.id, clear) ?? []) {
      const index = radios.findIndex((radio) => radio.value === value);
      if (index < 0) continue; // The question has changed since.
      tried.get(box.id).push(value);
      radios[index].checked = true;
      show(index);
    }
    const right = radios[[...reasons].findIndex((item) => item.className === "right")];
    return { id: box.id, right: right.value, clear };
  };

  const boxes = document.querySelectorAll(".question");
  let questions = [];
  const result = make("p", { className: "quiz-result" });
  result.setAttribute("role", "status");

  const count = () => {
    const answered = questions.filter(({ id }) => tried.get(id).length);
    const first = answered.filter(({ id, right }) => tried.get(id)[0] === right);
    result.textContent = answered.length
      ? `${answered.length} of ${questions.length} answered, ${first.length} right at the first try.`
      : "";
    again.hidden = !answered.length;
  };
  const again = make("button", { type: "button", textContent: "Start this quiz again" });
  again.addEventListener("click", () => {
    for (const { id, clear } of questions) {
      keep.save(id);
      clear();
    }
    boxes[0].querySelector("input").focus();
  });

  if (boxes.length) {
    questions = [...boxes].map(question);
    boxes[0].before(make("p", { className: "quiz-hint", textContent: HINT }));
    boxes[boxes.length - 1].after(make("div", { className: "quiz-end" }, result, again));
    count();
  }

  const NOT_YET = "not yet";

  // A puzzle of a lesson: a list at its end holds the choices, else the reader types.
  const puzzle = (box, number) => {
    const title = box.querySelector(".admonition-title").textContent;
    box.id ||= `puzzle-${number}`;
    let next = box.nextElementSibling;
    while (next && !next.matches(".cell")) next = next.nextElementSibling;
    const details = next.querySelector("details");
    const summary = details.querySelector("summary");

    const fields = make("fieldset", {}, make("legend", { textContent: "Your prediction" }));
    const commit = make("button", { textContent: "Keep it and show the result" });
    const form = make("form", { className: "prediction" }, fields);
    const list = box.lastElementChild.matches("ul") && box.lastElementChild;
    let inputs;
    if (list) {
      inputs = choices(list, `${box.id}-choice`);
      fields.append(list);
      inputs[0].required = true;
    } else {
      inputs = [make("textarea", { rows: 2, required: true })];
      inputs[0].setAttribute("aria-label", `Your prediction. ${title}`);
      fields.append(inputs[0]);
    }
    fields.append(commit);
    box.append(form);

    const note = make("p", { className: "predicted", hidden: true });
    const predicted = make("td", { textContent: NOT_YET });
    const measured = make("td");
    predicted.dataset.label = "You predicted";
    measured.dataset.label = "Measured";
    const name = title.replace(/^Puzzle: ./, (start) => start.at(-1).toUpperCase());
    const link = make("a", { href: `#${box.id}`, textContent: name });
    const row = make("tr", {}, make("th", { scope: "row" }, link), predicted, measured);
    summary.after(note);

    const show = (prediction) => {
      for (const input of inputs) {
        if (input.type === "radio") input.checked = input.value === prediction;
        else input.value = prediction ?? "";
      }
      fields.disabled = commit.hidden = details.open = Boolean(prediction);
      note.hidden = !prediction;
      note.replaceChildren(make("strong", { textContent: "You predicted:" }), ` ${prediction}`);
      predicted.textContent = prediction ?? NOT_YET;
      const line = [...details.querySelectorAll("p")].find(
        (p) => p.firstElementChild?.textContent === "Measured:",
      );
      measured.replaceChildren();
      if (prediction && line) {
        measured.append(...line.cloneNode(true).childNodes);
        measured.firstElementChild.remove();
      }
    };
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const chosen = inputs.find((input) => input.checked) ?? inputs[0];
      const prediction = chosen.value.trim();
      if (!prediction) return;
      keep.save(title, prediction);
      show(prediction);
      summary.focus();
    });
    show(keep.item(title, () => show()));
    return row;
  };

  const puzzles = document.querySelectorAll(".admonition.puzzle");
  const sentences = document.querySelector(
    "#in-short > :is(ol, ul), #what-it-changes > p",
  );
  if (puzzles.length && sentences) {
    const rows = [...puzzles].map((box, index) => puzzle(box, index + 1));
    const heads = ["Puzzle", "You predicted", "Measured"].map((textContent) =>
      make("th", { scope: "col", textContent }),
    );
    const table = make(
      "table",
      { className: "table own predictions" },
      make("caption", { textContent: "Your predictions, and what was measured" }),
      make("thead", {}, make("tr", {}, ...heads)),
      make("tbody", {}, ...rows),
    );
    sentences.after(table);
  }
})();
