// Small comforts on top of pages that work without them. No page needs this file.
(() => {
  "use strict";
  const root = document.documentElement;
  const all = (selector, inside = document) => inside.querySelectorAll(selector);

  // Light or dark by choice. A cookie, so that the server writes the choice into the page and nothing flashes.
  function showTheme(choice) {
    if (choice) root.dataset.theme = choice; else delete root.dataset.theme;
    all("[data-theme-choice]").forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.themeChoice === choice)));
  }
  function startThemes() {
    all("[data-themes]").forEach((box) => { box.hidden = false; });
    showTheme(root.dataset.theme || "");
  }
  function chooseTheme(choice) {
    const age = choice ? 31536000 : 0;
    document.cookie = `theme=${choice}; path=/; max-age=${age}; samesite=lax`;
    showTheme(choice);
  }

  // Copy what stands in a field; where the clipboard is closed, select it so that one key does it.
  async function copy(button) {
    const field = document.getElementById(button.dataset.copy);
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      document.execCommand("copy");
    }
    const before = button.innerHTML;
    button.textContent = button.dataset.copied;
    setTimeout(() => { button.innerHTML = before; }, 2500);
  }

  // The strip of pages changes the big page in place; without this file its links open the picture.
  function turnPage(link) {
    const viewer = link.closest("[data-viewer]");
    const picture = viewer.querySelector("[data-page-image]");
    picture.src = link.href;
    picture.alt = link.dataset.alt;
    all(".strip a", viewer).forEach((other) => other.removeAttribute("aria-current"));
    link.setAttribute("aria-current", "true");
    const where = document.getElementById(viewer.dataset.viewer);
    if (where) where.textContent = link.dataset.alt;
  }

  // Dropped files go into the plain file field, so that whoever listens to its change event hears of both.
  function startDrop(zone) {
    const field = zone.querySelector('input[type="file"]');
    zone.classList.add("ready");
    for (const name of ["dragenter", "dragover"]) zone.addEventListener(name, (event) => { event.preventDefault(); zone.classList.add("over"); });
    for (const name of ["dragleave", "drop"]) zone.addEventListener(name, () => zone.classList.remove("over"));
    zone.addEventListener("drop", (event) => {
      event.preventDefault();
      field.files = event.dataTransfer.files;
      field.dispatchEvent(new Event("change", { bubbles: true }));
    });
    field.addEventListener("change", () => listChosen(zone, field));
  }
  function listChosen(zone, field) {
    const list = zone.querySelector("[data-chosen]");
    if (!list) return;
    list.replaceChildren(...Array.from(field.files, (file) => {
      const line = document.createElement("li");
      line.textContent = file.name;
      return line;
    }));
  }

  document.addEventListener("click", (event) => {
    const theme = event.target.closest("[data-theme-choice]");
    if (theme) chooseTheme(theme.dataset.themeChoice);
    const copying = event.target.closest("[data-copy]");
    if (copying) copy(copying);
    if (event.target.closest("[data-print]")) window.print();
    const page = event.target.closest("[data-viewer] .strip a");
    if (page && !event.ctrlKey && !event.metaKey && !event.shiftKey) { event.preventDefault(); turnPage(page); }
    all("[data-menu][open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const box = document.querySelector("[data-menu][open]") || event.target.closest(":is(.choice, .file-more)[open]"); // eighty boxes are a long way out
    if (box) { box.open = false; box.querySelector("summary").focus(); }
  });
  // Of a field of many lines a browser shows the cursor, and leaves the rest under the bar at the foot of the page.
  document.addEventListener("keyup", (event) => { if (event.key === "Tab") document.activeElement.scrollIntoView({ block: "nearest" }); });
  // By keyboard each arrow is a change: the choice is sent by Enter, or when the list is left.
  let walked = null;
  document.addEventListener("keydown", (event) => {
    const select = event.target.closest("select[data-submit]");
    if (select && event.key !== "Enter") walked = select;
    else if (select) setTimeout(() => select.form.requestSubmit());
  });
  document.addEventListener("pointerdown", () => { walked = null; });
  document.addEventListener("change", (event) => {
    const select = event.target.closest("select[data-submit]");
    if (!select) return;
    if (walked !== select) select.form.requestSubmit();
    else select.onblur = () => select.form.requestSubmit();
  });

  // After a swap: keep the filters open on a phone, and say the new count aloud.
  let folded = [];
  document.addEventListener("htmx:beforeSwap", () => { folded = Array.from(all("details[data-keep]"), (box) => [box.dataset.keep, box.open]); });
  document.addEventListener("htmx:afterSettle", () => {
    for (const [name, open] of folded) all(`details[data-keep="${name}"]`).forEach((box) => { box.open = open; });
    const voice = document.querySelector("[data-announce]");
    const heading = document.querySelector("main h1");
    if (voice && heading) voice.textContent = heading.textContent;
  });

  startThemes();
  all("[data-drop]").forEach(startDrop);
  all("[data-copy], [data-print]").forEach((button) => { button.hidden = false; });
  const summary = document.querySelector("[data-focus]");
  if (summary) summary.focus();
})();
