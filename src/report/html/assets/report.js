// Without scripts the file reads and prints all the same; this opens and closes what is folded.
(() => {
  const all = () => document.querySelectorAll("main details");
  const bar = document.querySelector(".tools");
  if (!bar) return;
  bar.hidden = false;
  bar.addEventListener("click", (event) => {
    const what = event.target.closest("button")?.dataset.do;
    if (what === "print") window.print();
    if (what === "open" || what === "close") all().forEach((one) => { one.open = what === "open"; });
  });
  // What carries a finding is printed open; the reader's own choice is put back afterwards.
  let closed = [];
  window.addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details.printed:not([open])")];
    closed.forEach((one) => { one.open = true; });
  });
  window.addEventListener("afterprint", () => { closed.forEach((one) => { one.open = false; }); closed = []; });
})();
