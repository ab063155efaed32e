// Print a page with all that is folded on it: solutions, results, hints, a quiz's key.
// The printer leaves folded what is folded, for a handout; where this script does not
// run, nobody could ask, and everything is printed (print.css).
(() => {
  const page = document.documentElement;
  page.dataset.print = "text";

  window.printWithSolutions = () => {
    const closed = document.querySelectorAll("article details:not([open])");
    for (const details of closed) details.open = true;
    page.dataset.print = "solutions";
    const restore = () => {
      for (const details of closed) details.open = false;
      page.dataset.print = "text";
    };
    addEventListener("afterprint", restore, { once: true });
    print();
  };
})();
