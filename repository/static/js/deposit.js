// Handing in with comfort: files that resume, fields that keep themselves. The page works without this file.
// A plugin's page takes it by its data attributes: [data-begin] begins a draft, [data-draft] is the form of one.
(() => {
  "use strict";
  const SAVE_AFTER_MS = 800;
  const LOOK_AGAIN_MS = 1500;
  const one = (selector, inside = document) => inside.querySelector(selector);
  const all = (selector, inside = document) => Array.from(inside.querySelectorAll(selector));
  const ask = (url, options = {}) => fetch(url, { credentials: "same-origin", ...options });
  document.documentElement.classList.add("scripted");

  // A draft is begun by the first files; its page takes the place of this one, and the files are not lost on the way.
  async function beginWith(form, files) {
    const body = new FormData();
    body.append("csrf_token", one('[name="csrf_token"]', form).value);
    const answer = await ask(form.action, { method: "POST", body });
    if (!answer.ok || !answer.redirected) { form.submit(); return; }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    one("main").replaceWith(document.adoptNode(one("main", page)));
    document.title = page.title;
    history.pushState({}, "", answer.url);
    new Draft(one("[data-draft]")).files.send(files);
    one("main").focus({ preventScroll: true });
  }
  window.addEventListener("popstate", () => location.reload());

  class Draft {
    constructor(form) {
      this.form = form;
      this.token = one('[name="csrf_token"]', form).value;
      this.changed = new Set();
      this.touched = new Set();
      this.saving = null;
      this.list = one("[data-files]", form);
      this.said = one("[data-saved]", form);
      form.addEventListener("input", (event) => this.note(event.target));
      form.addEventListener("change", (event) => this.note(event.target));
      form.addEventListener("click", (event) => this.click(event));
      form.addEventListener("submit", (event) => this.submit(event));
      window.addEventListener("pagehide", () => { if (this.changed.size) ask(form.action, { method: "POST", body: this.part("autosave"), keepalive: true }); });
      window.addEventListener("beforeunload", (event) => { if (this.files.busy) event.preventDefault(); });
      this.files = new window.FilesOnTheWay(this);
      this.startDropping();
      this.startMoving();
      if (this.list.hasAttribute("data-pending")) this.lookAgain();
    }
    // Somebody without an account shows the personal link with every upload.
    proof() { return this.form.dataset.uploadLink ? { "Upload-Link": this.form.dataset.uploadLink } : {}; }
    get goal() { return { item: this.form.dataset.draft }; }
    nameOf(file) { return file.name; }
    settled(ids) {
      const before = all("[data-file]", this.list).map((row) => row.dataset.file).filter((id) => !ids.includes(id));
      if (ids.length > 1) this.act("order", { order: [...before, ...ids] });
    }
    word(name) { return this.form.getAttribute(`data-words-${name}`); }

    // --- keeping fields ---
    note(field) {
      if (!field.name || field.type === "file" || field.type === "hidden") return;
      this.changed.add(field.name);
      this.touched.add(field.name);
      if (field.closest("[data-choice]")) this.showChosen(field.closest("[data-choice]"));
      clearTimeout(this.saving);
      this.saving = setTimeout(() => this.save(), SAVE_AFTER_MS);
    }
    part(act) {
      const body = new FormData();
      body.append("csrf_token", this.token);
      body.append("act", act);
      body.append("shown", one('[name="shown"]', this.form).value);
      const every = new FormData(this.form);
      for (const name of this.changed) for (const value of every.getAll(name)) body.append(name, value);
      return body;
    }
    save() {
      clearTimeout(this.saving);
      this.keeping = (this.keeping || Promise.resolve()).then(() => this.keep()).finally(() => { this.asked -= 1; });
      this.asked = (this.asked || 0) + 1;
      return this.keeping;
    }
    async keep() {
      if (!this.changed.size) return true;
      const body = this.part("autosave");
      const sent = new Set(this.changed);
      this.changed.clear();
      try {
        const answer = await ask(this.form.action, { method: "POST", body });
        const told = (answer.headers.get("Content-Type") || "").includes("json");
        if (!answer.ok && !told) throw new Error(String(answer.status));
        const said = await answer.json();
        if (answer.ok) this.show(said, sent); else this.said.textContent = said.saved; // refused: trying again is no use
        return answer.ok;
      } catch {
        sent.forEach((name) => this.changed.add(name));
        this.said.textContent = this.word("offline");
        this.saving = setTimeout(() => this.save(), 5000);
        return false;
      }
    }
    show(answer, sent) {
      this.said.textContent = answer.saved;
      for (const name of sent) this.showError(name, answer.errors[name] || "");
      this.propose(answer.proposals);
      this.explain(answer.hints);
    }
    showError(name, words) {
      const field = one(`#f-${CSS.escape(name)}`, this.form);
      const box = field && (field.closest(".field") || field);
      if (!box) return;
      let line = one(`#f-${CSS.escape(name)}-e`, box);
      box.classList.toggle("wrong", Boolean(words));
      field.setAttribute("aria-invalid", String(Boolean(words)));
      if (!words) { if (line) line.remove(); return; }
      if (!line) {
        line = document.createElement("p");
        line.className = "err";
        line.id = `f-${name}-e`;
        box.append(line);
      }
      line.textContent = words;
    }
    showChosen(box) {
      const words = all("input:checked", box).map((field) => field.closest("label").textContent.trim());
      const place = one("[data-chosen-words]", box);
      place.textContent = words.join(" · ") || place.dataset.none;
    }

    // --- the list of files ---
    async act(name, more = {}) {
      await this.save();
      const body = this.part(name);
      for (const value of more.order || []) body.append("order", value);
      const answer = await ask(this.form.action, { method: "POST", body, headers: { "X-Part": "files" } });
      if (!answer.ok) { location.reload(); return; }
      this.showFiles(await answer.json(), true);
    }
    async refresh(force = false) {
      const answer = await ask(this.form.dataset.filesUrl);
      if (answer.ok) this.showFiles(await answer.json(), force);
    }
    lookAgain() {
      clearTimeout(this.looking);
      this.looking = setTimeout(() => this.refresh().catch(() => this.lookAgain()), LOOK_AGAIN_MS);
    }
    showFiles(answer, force) {
      const busy = this.list.contains(document.activeElement) && document.activeElement.matches("input");
      if (force || !busy) {
        const open = all("details[open]", this.list).map((box) => box.dataset.keep);
        const [row, pressed] = this.held();
        this.list.innerHTML = answer.html;
        all("details", this.list).forEach((box) => { box.open = open.includes(box.dataset.keep); });
        this.makeMovable();
        if (pressed) this.holdAgain(row, pressed);
      }
      this.propose(answer.proposals);
      this.explain(answer.hints);
      if (answer.pending) this.lookAgain();
    }
    // A list that is drawn anew leaves the keyboard where it was: on the same button, else on its row, else on what undoes it.
    held() {
      const focused = document.activeElement;
      const row = this.list.contains(focused) && focused.closest("[data-file]");
      return [row ? row.dataset.file : "", this.list.contains(focused) ? focused.value || focused.tagName : ""];
    }
    holdAgain(id, pressed) {
      const row = one(`[data-file="${id}"]`, this.list);
      const same = row && all("button, input", row).find((other) => other.value === pressed);
      const next = same || (row && one("summary", row)) || one('button[value^="put_back:"]', this.list) || one("summary", this.list);
      if (next) next.focus();
    }
    // What was read in a file goes only where nobody has written, and goes away with a file that was closed to others.
    propose(proposals) {
      const shown = one('[name="shown"]', this.form);
      for (const name of shown.value.split(" ").filter((name) => name && !(name in proposals) && !this.touched.has(name))) {
        this.fill(name, "");
        const line = one(`#f-${name}-h`, this.form);
        if (line) line.remove();
        shown.value = shown.value.split(" ").filter((other) => other !== name).join(" ");
      }
      for (const [name, value] of Object.entries(proposals)) {
        const field = this.form.elements[name];
        const ours = shown.value.split(" ").includes(name); // a file read later, or moved to the front, may know better
        if (!field || this.touched.has(name) || (this.filled(name) && !ours)) continue;
        this.fill(name, value);
        if (!ours) shown.value = `${shown.value} ${name}`.trim();
        if (field.id) this.hint(field, this.word("proposed"));
      }
    }
    // A list of boxes takes its codes one by one; a line of the form lets the others be.
    boxes(name) { return all(`input[type="checkbox"][name="${CSS.escape(name)}"]`, this.form); }
    filled(name) {
      const boxes = this.boxes(name);
      return boxes.length ? boxes.some((box) => box.checked) : Boolean(this.form.elements[name].value);
    }
    fill(name, value) {
      const boxes = this.boxes(name);
      if (!boxes.length) { this.form.elements[name].value = value; return; }
      const codes = value.split(", ");
      for (const box of boxes) box.checked = codes.includes(box.value);
      const choice = boxes[0].closest("[data-choice]");
      if (choice) this.showChosen(choice);
    }
    // Where a value comes from may change with it: a level that was guessed follows a year.
    explain(hints = {}) {
      for (const [name, words] of Object.entries(hints)) {
        const line = one(`#f-${name}-h`, this.form);
        if (line && !this.touched.has(name)) line.textContent = words;
      }
    }
    hint(field, words) {
      let line = one(`#${field.id}-h`, this.form);
      if (!line) {
        line = document.createElement("p");
        line.className = "hint";
        line.id = `${field.id}-h`;
        field.after(line);
        field.setAttribute("aria-describedby", line.id);
      }
      line.textContent = words;
    }
    click(event) {
      const button = event.target.closest('button[name="act"]');
      if (!button || !/^(up|down|remove|put_back|clean|unclean):/.test(button.value)) return;
      event.preventDefault();
      this.act(button.value).catch(() => { this.said.textContent = this.word("offline"); });
    }
    submit(event) {
      if (this.files.busy && event.submitter && event.submitter.value === "submit") {
        event.preventDefault();
        this.said.textContent = this.word("sending");
        return;
      }
      if (this.asked) { // a proposal may be on its way out: the form must not send it as somebody's own words
        event.preventDefault();
        this.keeping.then(() => this.form.requestSubmit(event.submitter));
        return;
      }
      clearTimeout(this.saving);
      this.changed.clear();
      this.files.forget();
    }
    makeMovable() { all("[data-rows] > li", this.list).forEach((row) => { row.draggable = true; }); }
    startMoving() {
      let held = null;
      this.makeMovable();
      this.list.addEventListener("dragstart", (event) => {
        held = event.target.closest("[data-file]");
        if (held) { held.classList.add("moving"); event.dataTransfer.effectAllowed = "move"; }
      });
      this.list.addEventListener("dragend", () => { if (held) held.classList.remove("moving"); held = null; });
      this.list.addEventListener("dragover", (event) => {
        const onto = held && event.target.closest("[data-file]");
        all(".onto", this.list).forEach((row) => row.classList.remove("onto"));
        if (onto && onto !== held) { event.preventDefault(); onto.classList.add("onto"); }
      });
      this.list.addEventListener("drop", (event) => {
        const onto = held && event.target.closest("[data-file]");
        if (!onto || onto === held) return;
        event.preventDefault();
        event.stopPropagation();
        const after = held.compareDocumentPosition(onto) & Node.DOCUMENT_POSITION_FOLLOWING;
        if (after) onto.after(held); else onto.before(held);
        this.act("order", { order: all("[data-file]", this.list).map((row) => row.dataset.file) });
      });
    }

    // --- choosing files ---
    startDropping() {
      const zone = one("[data-drop]", this.form);
      zone.classList.add("ready");
      const field = one('input[type="file"]', zone);
      field.addEventListener("change", () => {
        this.files.send(Array.from(field.files));
        field.value = "";
      });
    }
  }

  // Files dropped beside the zone must not make the browser leave the page.
  for (const name of ["dragover", "drop"]) {
    document.addEventListener(name, (event) => {
      if (!event.dataTransfer || !Array.from(event.dataTransfer.types).includes("Files") || event.defaultPrevented) return;
      event.preventDefault();
      const field = name === "drop" && one('[data-drop] input[type="file"]');
      if (!field) return;
      field.files = event.dataTransfer.files;
      field.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }
  document.addEventListener("change", (event) => {
    const form = event.target.type === "file" && event.target.closest("[data-begin]");
    if (form && event.target.files.length) beginWith(form, Array.from(event.target.files));
  });
  const form = one("[data-draft]");
  if (form) new Draft(form);
})();
