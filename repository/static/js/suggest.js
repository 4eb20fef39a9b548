// Terms, titles and words under a search box while somebody types (the combobox pattern of the ARIA Authoring Practices, APG). Without this
// file the box is a plain form, and it stays one: Enter without a chosen line searches for the words as they are.
(() => {
  "use strict";
  const WAIT_MS = 150;

  function start(field, number) {
    const list = document.createElement("ul");
    const voice = document.createElement("span");
    let chosen = -1, timer = 0, asked = null;

    list.id = `titulos-${number}`;
    list.className = "titles";
    list.hidden = true;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", field.dataset.wordsTitles);
    voice.className = "vh";
    voice.setAttribute("role", "status");
    for (const [name, value] of [["role", "combobox"], ["autocomplete", "off"], ["aria-autocomplete", "list"],
      ["aria-expanded", "false"], ["aria-controls", list.id]]) field.setAttribute(name, value);
    field.closest(".searchbox").append(list, voice);

    function close() {
      clearTimeout(timer);
      if (asked) asked.abort();
      list.hidden = true;
      voice.textContent = "";
      field.setAttribute("aria-expanded", "false");
      choose(-1);
    }
    function choose(place) {
      chosen = place;
      field.removeAttribute("aria-activedescendant");
      for (const [n, line] of Array.from(list.children).entries()) {
        line.setAttribute("aria-selected", String(n === place));
        if (n !== place) continue;
        field.setAttribute("aria-activedescendant", line.id);
        line.scrollIntoView({ block: "nearest" });
      }
    }
    function show(found) {
      list.replaceChildren(...found.map(({ text, kind, url }, n) => {
        const line = document.createElement("li");
        line.id = `${list.id}-${n}`;
        line.setAttribute("role", "option");
        line.dataset.text = text;
        if (kind) {
          const before = document.createElement("span");
          before.className = "sort-of";
          before.textContent = `${kind}: `;
          line.dataset.url = url;
          line.append(before);
        }
        line.append(text);
        return line;
      }));
      choose(-1);
      list.hidden = !found.length;
      field.setAttribute("aria-expanded", String(Boolean(found.length)));
      voice.textContent = found.length ? field.dataset.wordsCount.replace("{n}", found.length) : "";
    }
    async function ask() {
      if (asked) asked.abort();
      const mine = asked = new AbortController();
      try {
        const answer = await fetch(`${field.dataset.suggest}?${new URLSearchParams({ q: field.value })}`, { signal: mine.signal });
        const { suggestions } = await answer.json();
        if (asked === mine && document.activeElement === field) show(suggestions);
      } catch {
        if (asked === mine) close(); // no line, or no answer: the box goes on as a plain one
      }
    }
    function take(line) {
      close();
      if (line.dataset.url) {
        location.assign(line.dataset.url);
        return;
      }
      field.value = line.dataset.text;
      field.form.requestSubmit();
    }

    field.addEventListener("input", () => {
      clearTimeout(timer);
      if (field.value.trim()) timer = setTimeout(ask, WAIT_MS); else close();
    });
    field.addEventListener("keydown", (event) => {
      const count = list.hidden ? 0 : list.children.length;
      if (!count || event.isComposing) return;
      if (event.key === "ArrowDown") choose(chosen + 1 < count ? chosen + 1 : -1);
      else if (event.key === "ArrowUp") choose(chosen < 0 ? count - 1 : chosen - 1);
      else if (event.key === "Enter" && chosen >= 0) take(list.children[chosen]);
      else if (event.key === "Escape") close();
      else return;
      event.preventDefault();
    });
    field.addEventListener("blur", close);
    field.form.addEventListener("submit", close);
    list.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
    list.addEventListener("click", (event) => {
      const line = event.target.closest("li");
      if (line) take(line);
    });
  }

  document.querySelectorAll("input[data-suggest]").forEach(start);
})();
