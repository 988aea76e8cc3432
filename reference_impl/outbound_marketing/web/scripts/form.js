/* The form loader: reports a form that comes into view, fills it in where that is wanted, and submits it. */
for (const form of document.querySelectorAll("form.d365-mkt-form")) {
  const prefills = "prefill" in form.dataset && !("captured" in form.dataset);

  new IntersectionObserver(async (entries, observer) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    observer.disconnect();
    try {
      const answer = await MsCrmMkt.report("form-view", prefills ? { prefill: true } : {});
      for (const [name, text] of Object.entries(answer.form ?? {})) form.elements[name].value = text;
    } finally {
      form.dataset.viewed = "";
    }
  }).observe(form);

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const fields = {};
    for (const name of ["email", "first_name", "last_name", "phone"]) fields[name] = form.elements[name]?.value ?? "";
    const more = { fields };
    if (form.elements.remember_me) more.remember_me = form.elements.remember_me.checked;
    try {
      await MsCrmMkt.report("form-submit", more);
      form.dataset.submitted = "";
      form.querySelector("output").textContent = "Thank you.";
    } catch {
      form.querySelector("output").textContent = "That did not work. Please try again.";
    }
  });
}
