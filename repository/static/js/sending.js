// Files on their way: several at once, each in parts that are never sent twice, each with its line on the page.
// The page gives its form, its words, the goal of its files, and hears of what has arrived (`settled`, `refresh`).
(() => {
  "use strict";
  const PART_BYTES = 8 * 1024 * 1024; // one request each: what has arrived is never sent again
  const AT_ONCE = 3;
  const one = (selector, inside = document) => inside.querySelector(selector);

  window.FilesOnTheWay = class {
    constructor(draft) {
      this.draft = draft;
      this.under = one("[data-sending]", draft.form);
      this.waiting = [];
      this.sending = 0;
      this.arrived = [];
      this.showHalves();
    }
    get busy() { return this.sending + this.waiting.length > 0; }
    forget() { this.waiting = []; }
    send(files) {
      this.under.hidden = false;
      files.forEach((file, place) => this.waiting.push({ file, place, row: this.row(file) }));
      this.next();
    }
    next() {
      while (this.sending < AT_ONCE && this.waiting.length) {
        this.sending += 1;
        this.start(this.waiting.shift());
      }
      if (this.sending || this.waiting.length) return;
      this.under.hidden = !this.under.children.length;
      // Several travel at once and the smallest arrives first; they are told in the order in which they were chosen.
      const ids = this.arrived.sort((a, b) => a.place - b.place).map((file) => file.id);
      this.arrived = [];
      this.draft.settled(ids, this.under.children.length);
    }
    row(file) {
      const row = document.createElement("li");
      row.innerHTML = '<span aria-hidden="true"></span><div><p class="name"></p><p class="small softer" data-how></p></div><div class="acts"><span data-percent></span><button type="button" class="btn bare dense" data-again hidden></button><button type="button" class="btn bare dense" data-cancel></button></div><progress class="bar" max="100" value="0"></progress>';
      one(".name", row).textContent = this.draft.nameOf(file);
      one("[data-how]", row).textContent = this.draft.word("wait");
      one("progress", row).setAttribute("aria-label", file.name);
      one("[data-cancel]", row).textContent = this.draft.word("cancel");
      one("[data-again]", row).textContent = this.draft.word("again");
      this.under.append(row);
      return row;
    }
    start({ file, place, row }) {
      const how = one("[data-how]", row);
      let over = false; // taking a stopped row away must not count its end twice
      const done = () => { if (!over) { over = true; this.sending -= 1; this.next(); } };
      how.textContent = "";
      one("[data-again]", row).hidden = true;
      const upload = new tus.Upload(file, {
        endpoint: this.draft.form.dataset.uploadsUrl,
        chunkSize: PART_BYTES,
        retryDelays: [0, 1000, 3000, 6000, 12000],
        removeFingerprintOnSuccess: true,
        headers: { "X-CSRFToken": this.draft.token, ...this.draft.proof() },
        metadata: { filename: this.draft.nameOf(file), ...this.draft.goal },
        // The same file may go into two drafts: what has arrived for one is not for the other.
        fingerprint: async () => ["partilha", ...Object.values(this.draft.goal), this.draft.nameOf(file), file.size, file.lastModified].join("-"),
        onProgress: (sent, total) => {
          const percent = total ? Math.floor((100 * sent) / total) : 100;
          one("progress", row).value = percent;
          one("[data-percent]", row).textContent = `${percent} %`;
        },
        onAfterResponse: (request, answer) => {
          const id = answer.getHeader("Upload-File");
          if (id) this.arrived.push({ id, place });
        },
        onSuccess: async () => {
          row.remove();
          await this.draft.refresh(true).catch(() => this.draft.lookAgain());
          done();
        },
        onError: (error) => {
          done();
          const answer = error.originalResponse;
          how.textContent = (answer && (answer.getStatus() < 500 || answer.getStatus() === 507) && answer.getBody()) || this.draft.word("broken");
          if (answer && [413, 422].includes(answer.getStatus())) { this.refuse(row, upload); return; }
          const again = one("[data-again]", row);
          again.hidden = false;
          again.onclick = () => { this.waiting.push({ file, place, row }); this.next(); };
        },
      });
      one("[data-cancel]", row).onclick = async () => {
        await upload.abort(true).catch(() => {});
        row.remove();
        done();
      };
      upload.findPreviousUploads().then((before) => {
        if (before.length) upload.resumeFromPreviousUpload(before[0]);
        upload.start();
      });
    }
    // Sent again it would be refused again: the row stays with the reason, and nothing is remembered to go on with.
    async refuse(row, upload) {
      for (const part of ["progress", "[data-percent]", "[data-again]"]) one(part, row).remove();
      const how = one("[data-how]", row);
      how.className = "err";
      how.setAttribute("role", "alert");
      one("[data-cancel]", row).onclick = () => { row.remove(); this.under.hidden = !this.under.children.length; };
      for (const half of await upload.findPreviousUploads()) await tus.defaultOptions.urlStorage.removeUpload(half.urlStorageKey);
    }
    // After a reload the browser has let go of the files; it still knows which ones did not arrive whole.
    async showHalves() {
      const place = one("[data-halves]", this.draft.form);
      const known = await tus.defaultOptions.urlStorage.findAllUploads();
      const [[key, value]] = Object.entries(this.draft.goal);
      for (const half of known.filter((upload) => upload.metadata && upload.metadata[key] === value)) {
        const line = document.createElement("p");
        line.className = "small";
        line.textContent = this.draft.word("half").replace("{name}", half.metadata.filename);
        place.append(line);
      }
    }
  };
})();
