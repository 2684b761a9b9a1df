// A field that finds a record while one types (参照の入力), after the ARIA combobox pattern.
// Without it the typed text is sent and looked up by the server.

/** @typedef {{ id: string, title: string, note?: string }} Found */

const PAUSE = 150;
let lists = 0;

/**
 * Turns every pick field into a combobox.
 * @param {ParentNode} root
 */
export function enhancePicks(root) {
  for (const box of root.querySelectorAll(".sk-pick")) new Combobox(box);
}

class Combobox {
  /** @param {HTMLElement} box */
  constructor(box) {
    this.box = box;
    this.text = box.querySelector("input[type=text]");
    this.id = box.querySelector("input[type=hidden]");
    this.list = document.createElement("ul");
    this.list.className = "sk-options";
    this.list.id = `sk-options-${++lists}`;
    this.list.hidden = true;
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", this.text.labels?.[0]?.textContent ?? "");
    this.told = document.createElement("p");
    this.told.className = "sk-hint";
    this.told.setAttribute("role", "status");
    box.append(this.list, this.told);
    /** @type {Found[]} */
    this.found = [];
    this.at = -1;
    this.asked = 0;

    const { text } = this;
    text.setAttribute("role", "combobox");
    text.setAttribute("aria-autocomplete", "list");
    text.setAttribute("aria-controls", this.list.id);
    text.setAttribute("aria-expanded", "false");
    text.addEventListener("input", () => this.typed());
    text.addEventListener("keydown", (event) => this.key(event));
    text.addEventListener("blur", () => this.close());
    // The press must not take the focus from the text, or the list would close first.
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.choose([...this.list.children].indexOf(option));
    });
  }

  typed() {
    if (this.id) this.id.value = "";
    clearTimeout(this.timer);
    const query = this.text.value.trim();
    if (query === "") return this.close();
    this.timer = setTimeout(() => this.ask(query), PAUSE);
  }

  /** @param {string} query */
  async ask(query) {
    const mine = ++this.asked;
    const address = `/pick/${encodeURIComponent(this.box.dataset.register)}?q=${encodeURIComponent(query)}`;
    try {
      const answer = await fetch(address, { headers: { accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      const found = await answer.json();
      // An answer that was overtaken by a later question counts no more.
      if (mine === this.asked && document.activeElement === this.text) this.show(found);
    } catch {
      if (mine !== this.asked) return;
      this.close();
      this.told.textContent = this.box.dataset.failed;
    }
  }

  /** @param {Found[]} found */
  show(found) {
    this.found = found;
    this.list.replaceChildren(...found.map((one, at) => this.option(one, at)));
    this.list.hidden = found.length === 0;
    this.text.setAttribute("aria-expanded", String(found.length > 0));
    this.told.textContent = found.length === 0 ? this.box.dataset.none : "";
    this.move(-1);
  }

  /**
   * @param {Found} one
   * @param {number} at
   * @returns {HTMLLIElement}
   */
  option(one, at) {
    const option = document.createElement("li");
    option.id = `${this.list.id}-${at}`;
    option.setAttribute("role", "option");
    option.append(one.title);
    if (one.note) {
      const note = document.createElement("small");
      note.textContent = one.note;
      option.append(note);
    }
    return option;
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    // Enter and arrows belong to the input method while it converts kana.
    if (event.isComposing || this.list.hidden) return;
    const last = this.found.length - 1;
    const moves = {
      ArrowDown: () => this.move(this.at < last ? this.at + 1 : 0),
      ArrowUp: () => this.move(this.at > 0 ? this.at - 1 : last),
      Escape: () => this.close(),
      Enter: () => (this.at < 0 ? this.close() : this.choose(this.at)),
    };
    const act = moves[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  /** @param {number} at */
  move(at) {
    this.at = at;
    for (const [index, option] of [...this.list.children].entries()) {
      option.setAttribute("aria-selected", String(index === at));
    }
    const option = this.list.children[at];
    if (option) {
      this.text.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else {
      this.text.removeAttribute("aria-activedescendant");
    }
  }

  /** @param {number} at */
  choose(at) {
    const one = this.found[at];
    if (this.id) {
      this.id.value = one.id;
      this.text.value = one.title;
    } else {
      this.keep(one);
      this.text.value = "";
    }
    this.close();
  }

  /**
   * Where several may be picked, each becomes a ticked box before the field.
   * @param {Found} one
   */
  keep(one) {
    const kept = this.box.previousElementSibling;
    const name = this.text.name.replace(/_text$/u, "");
    const boxes = [...kept.querySelectorAll("input")];
    const known = boxes.find((box) => box.value === one.id);
    if (known) {
      known.checked = true;
      return;
    }
    const label = document.createElement("label");
    label.className = "sk-option";
    const box = document.createElement("input");
    box.type = "checkbox";
    box.name = name;
    box.value = one.id;
    box.checked = true;
    const title = document.createElement("span");
    title.textContent = one.title;
    label.append(box, title);
    kept.append(label);
  }

  close() {
    clearTimeout(this.timer);
    this.asked += 1;
    this.found = [];
    this.list.hidden = true;
    this.list.replaceChildren();
    this.text.setAttribute("aria-expanded", "false");
    this.text.removeAttribute("aria-activedescendant");
    this.told.textContent = "";
    this.at = -1;
  }
}
