// Deciding by keys alone, on a page that works without them.
(() => {
  "use strict";
  const find = (selector) => document.querySelector(selector);
  const help = find("[data-keys-help]");
  // The list of what waits shows the material on the screen in its middle; the page itself stays where it is.
  const list = find(".q");
  const row = list && list.querySelector("[aria-current]");
  if (row) list.scrollTop += row.getBoundingClientRect().top - list.getBoundingClientRect().top - list.clientHeight / 2;
  const said = find("[data-keys-said]");
  let sent = false;
  let held = false; // after a key that opens a place to write where there is none: what follows was meant as words

  function send(form) {
    if (form && !sent) form.requestSubmit();
    return Boolean(form);
  }
  function tell(key) {
    held = "pdro".includes(key);
    const { words, asked, waiting } = said.dataset;
    const why = key === "p" && asked ? asked : words.replace("{key}", key.toUpperCase());
    said.textContent = held ? `${why} ${waiting}` : why;
  }
  function release() {
    held = false;
    said.textContent = "";
  }
  function open(act) {
    const box = find(`details[data-act="${act}"]`);
    if (!box) return false;
    box.open = true;
    (box.querySelector("[data-reasons]") || box.querySelector("textarea") || box.querySelector("button")).focus();
    return true;
  }
  function press(key) {
    const link = find(`a[data-key="${key}"]`);
    const all = key === "t" && find("[data-together]"); // that of the material on the screen
    release();
    if (link) link.click();
    else if (open(key)) return; // what needs words, or a yes, is asked for first
    else if (all) all.click();
    else if (key === "?") help.showModal();
    else if (!send(find(key === "z" ? ".undo form" : `form[data-form="${key}"]`))) tell(key);
  }

  document.addEventListener("keydown", (event) => {
    const field = event.target.closest("input, textarea, select");
    const box = event.target.closest("details[data-act]");
    if (box && event.key === "Escape") { box.open = false; box.querySelector("summary").focus(); return; }
    // On a text that is ready, Enter is enough; where words are typed it begins a line.
    const ready = field && field.matches("[data-reasons]") && field.value;
    if (field && event.key === "Enter" && (ready || event.ctrlKey || event.metaKey)) { event.preventDefault(); send(field.form); return; }
    if (field || help.open || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    const key = event.key.toLowerCase();
    if (event.key === "Escape" || event.key === "Tab") release();
    if (held && key === " ") event.preventDefault(); // a space between words would move the page
    if (!"jkapdroclgtz?".includes(key)) return;
    event.preventDefault();
    if (!held) press(key);
  });
  document.addEventListener("pointerdown", release);
  // A text that is ready goes into the field, where it can be changed.
  document.addEventListener("change", (event) => {
    const list = event.target.closest("[data-reasons]");
    if (!list) return;
    const chosen = list.selectedOptions[0];
    list.form.elements.note.value = chosen.dataset.text || "";
  });
  // Nothing is sent twice by an impatient finger.
  document.addEventListener("submit", (event) => {
    if (event.target.method !== "post") return;
    if (sent) event.preventDefault();
    sent = true;
  });
  window.addEventListener("pageshow", () => { sent = false; });
  // One of the boxes is open at a time, also where the browser does not see to it.
  document.addEventListener("toggle", (event) => {
    if (!event.target.matches || !event.target.matches("details[data-act][open]")) return;
    document.querySelectorAll("details[data-act][open]").forEach((box) => { if (box !== event.target) box.open = false; });
  }, true);
})();
