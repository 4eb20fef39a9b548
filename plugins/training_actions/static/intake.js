// A whole course on its way: each file in parts that resume, then the form with what has arrived. It works without this file.
(() => {
  "use strict";
  const one = (selector, inside = document) => inside.querySelector(selector);
  const all = (selector, inside = document) => Array.from(inside.querySelectorAll(selector));

  class Intake {
    constructor(form) {
      this.form = form;
      this.token = one('[name="csrf_token"]', form).value;
      this.fields = all('input[type="file"][name="files"]', form);
      this.files = new window.FilesOnTheWay(this);
      form.addEventListener("submit", (event) => this.submit(event));
      window.addEventListener("beforeunload", (event) => { if (this.files.busy) event.preventDefault(); });
    }
    get goal() { return { target: this.form.dataset.intake }; }
    get kept() { return all('input[name="kept"]', this.form); }
    nameOf(file) { return file.webkitRelativePath || file.name; }
    proof() { return {}; }
    word(name) { return this.form.getAttribute(`data-words-${name}`); }
    async refresh() {}
    lookAgain() {}
    submit(event) {
      const chosen = this.fields.flatMap((field) => Array.from(field.files));
      if (this.files.busy) { event.preventDefault(); return; }
      if (!chosen.length) return; // nothing more to send: the form goes with what has arrived
      event.preventDefault();
      for (const field of this.fields) field.value = "";
      for (const list of all("[data-chosen]", this.form)) list.replaceChildren(); // each has a line of its own from now on
      this.files.send(chosen);
    }
    settled(lines, left) {
      for (const line of lines) {
        const field = document.createElement("input");
        [field.type, field.name, field.value] = ["hidden", "kept", line];
        this.form.append(field);
      }
      one("[data-said]", this.form).textContent = left ? this.word("left") : "";
      if (!left && this.kept.length) this.form.requestSubmit();
    }
  }
  for (const form of all("[data-intake]")) new Intake(form);
})();
