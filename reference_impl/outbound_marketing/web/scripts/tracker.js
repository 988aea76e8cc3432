/* The tracking script: reports the page load, and clicks on links and buttons. A button of a form is the form loader's. */
MsCrmMkt.report("load").catch(() => {});
document.addEventListener("click", (event) => {
  const clicked = event.target.closest("a[href], button");
  if (clicked && !clicked.closest("form, [data-untracked]")) MsCrmMkt.report("click").catch(() => {});
});
