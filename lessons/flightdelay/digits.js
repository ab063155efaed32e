// Label the digits of a sheet twice and see one's own agreement.
// Without this script the sheet shows all digits, to be labeled on paper. It runs on the
// site, where keep.js keeps the labels in this browser, and in a notebook, which does not.
(() => {
  const RESAMPLES = 1000;
  const CONFIDENCE = 0.95;

  // Cohen's kappa: agreement beyond what the two sets of labels give by chance.
  const kappa = (first, second) => {
    const total = first.length;
    const counts = new Map();
    const other = new Map();
    let same = 0;
    for (const [index, label] of first.entries()) {
      counts.set(label, (counts.get(label) ?? 0) + 1);
      other.set(second[index], (other.get(second[index]) ?? 0) + 1);
      if (label === second[index]) same += 1;
    }
    let byChance = 0;
    for (const [label, count] of counts) {
      byChance += (count * (other.get(label) ?? 0)) / total ** 2;
    }
    return (same / total - byChance) / (1 - byChance);
  };

  // A small generator of random numbers with a seed (mulberry32), so that the same
  // labels always give the same interval.
  const random = (seed) => () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };

  const interval = (first, second) => {
    const next = random(0);
    const drawn = [];
    for (let round = 0; round < RESAMPLES; round += 1) {
      const rows = first.map(() => Math.floor(next() * first.length));
      const value = kappa(rows.map((row) => first[row]), rows.map((row) => second[row]));
      if (!Number.isNaN(value)) drawn.push(value);
    }
    drawn.sort((a, b) => a - b);
    const tail = (1 - CONFIDENCE) / 2;
    return [tail, 1 - tail].map((share) => drawn[Math.round(share * (drawn.length - 1))]);
  };

  const element = (name, text, attributes = {}) => {
    const made = document.createElement(name);
    if (text) made.textContent = text;
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  };

  const start = (sheet) => {
    if (sheet.dataset.ready) return;
    sheet.dataset.ready = "";
    const { recorded, secondOrder } = JSON.parse(
      sheet.querySelector("script[type='application/json']").textContent,
    );
    const pictures = [...sheet.querySelectorAll("ol img")];
    const total = pictures.length;
    const orders = [pictures.map((_, index) => index), secondOrder];
    // Labels by round, in the order in which the digits were shown.
    let rounds = [[], []];

    const save = () => {
      const begun = rounds.some((labels) => labels.length);
      globalThis.keep?.save("digits", begun ? rounds : undefined);
    };
    const bySheet = (round) => {
      const labels = [];
      for (const [turn, index] of orders[round].entries()) labels[index] = rounds[round][turn];
      return labels;
    };
    const current = () => rounds.findIndex((labels) => labels.length < total);

    // In JupyterLab the keys 0 to 9 are shortcuts of the notebook; not here.
    const board = element("div", "", { class: "board", "data-lm-suppress-shortcuts": "true" });
    const status = element("p", "", { role: "status" });
    const one = element("div", "", { class: "one" });
    const keys = element("div", "", { class: "keys", role: "group", "aria-label": "Your label" });
    const controls = element("p");
    const back = element("button", "Back one digit", { type: "button" });
    const again = element("button", "Start again", { type: "button" });
    const result = element("div", "", { class: "result", tabindex: "-1" });
    controls.append(back, " ", again);

    const put = (label) => {
      const round = current();
      if (round < 0) return;
      rounds[round].push(label);
      save();
      show();
      if (current() < 0) result.focus();
    };
    const takeBack = () => {
      const round = rounds[1].length ? 1 : 0;
      rounds[round].pop();
      save();
      show();
    };
    for (let label = 0; label < 10; label += 1) {
      const key = element("button", String(label), { type: "button" });
      key.addEventListener("click", () => put(label));
      keys.append(key);
    }
    back.addEventListener("click", takeBack);
    again.addEventListener("click", () => {
      rounds = [[], []];
      save();
      show();
      keys.firstChild.focus();
    });
    board.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (/^[0-9]$/.test(event.key)) put(Number(event.key));
      else if (event.key === "Backspace" && rounds[0].length) takeBack();
      else return;
      event.preventDefault();
      event.stopPropagation();
    });

    const row = (name, first, second) => {
      const same = first.filter((label, index) => label === second[index]).length;
      const value = kappa(first, second);
      const line = element("tr");
      const [low, high] = interval(first, second).map((end) => end?.toFixed(2));
      const figure = Number.isNaN(value)
        ? "one label only"
        : `${value.toFixed(2)} (${low} to ${high})`;
      line.append(
        element("th", name, { scope: "row" }),
        element("td", `${same} of ${total}`),
        element("td", figure, { "data-kappa": value }),
      );
      return line;
    };

    const listOf = (indices, text) => {
      const list = element("ol");
      for (const index of indices) {
        const item = element("li", "", { value: index + 1 });
        const picture = pictures[index].cloneNode();
        picture.alt = `digit ${index + 1}`;
        item.append(picture, text(index));
        list.append(item);
      }
      return list;
    };

    const showResult = () => {
      const [first, second] = [bySheet(0), bySheet(1)];
      const table = element("table");
      const head = element("tr");
      for (const name of ["Compared", "the same", "kappa"]) {
        head.append(element("th", name, { scope: "col" }));
      }
      table.append(
        head,
        row("you with yourself", first, second),
        row("first round with the record", first, recorded),
        row("second round with the record", second, recorded),
      );
      const all = orders[0];
      const wavered = all.filter((index) => first[index] !== second[index]);
      const differs = all.filter(
        (index) => first[index] === second[index] && first[index] !== recorded[index],
      );
      result.replaceChildren(
        table,
        element("p", "In brackets: the middle 95% when the thirty digits are drawn again, "
          + "with replacement. Thirty are few."),
      );
      if (wavered.length) {
        result.append(
          element("p", "You gave two labels to these:"),
          listOf(wavered, (index) =>
            `${first[index]}, then ${second[index]}; record: ${recorded[index]}`),
        );
      }
      if (differs.length) {
        result.append(
          element("p", "Both times you differ from the record here:"),
          listOf(differs, (index) => `${first[index]}; record: ${recorded[index]}`),
        );
      }
      result.append(
        element("p", "Your labels in the order of the sheet, for the cell below:"),
        element("pre", `first_round = [${first.join(", ")}]\n`
          + `second_round = [${second.join(", ")}]`, { tabindex: "0" }),
      );
    };

    const show = () => {
      const round = current();
      const done = round < 0;
      one.hidden = done;
      keys.hidden = done;
      result.hidden = !done;
      back.disabled = !rounds[0].length;
      again.disabled = back.disabled;
      if (done) {
        status.textContent = "Both rounds are done.";
        showResult();
        return;
      }
      const turn = rounds[round].length;
      const pause = round === 1 && turn === 0
        ? " The first round is done. Look out of the window for a minute. Now the same "
          + "digits in another order:"
        : "";
      status.textContent = `Round ${round + 1} of 2, digit ${turn + 1} of ${total}.${pause}`
        + " Which digit is it?";
      const picture = pictures[orders[round][turn]].cloneNode();
      picture.alt = `digit ${turn + 1} of ${total}, unlabeled`;
      one.replaceChildren(picture);
    };

    board.append(status, one, keys, controls, result);
    for (const part of sheet.querySelectorAll(":scope > :is(p, ol, details)")) part.remove();
    sheet.append(board);
    const clear = () => {
      rounds = [[], []];
      show();
    };
    const kept = globalThis.keep?.item("digits", clear);
    if (Array.isArray(kept) && kept.length === 2) rounds = kept;
    show();
  };

  const startAll = () => document.querySelectorAll(".label-digits").forEach(start);
  // On the site keep.js runs before this event, in a notebook it is long over.
  if (document.readyState === "loading") {
    document.addEventListener("DOMContentLoaded", startAll);
  } else {
    startAll();
  }
})();
