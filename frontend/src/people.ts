/** Pickers of people and groups: chips instead of a text with commas, and suggestions of who is known
 * (`<textarea data-people="address that answers a query">`). The text stays what is sent. */
import { forEachPart, icon } from "./dom.ts";

interface Suggestion {
  name: string;
  kind: string;
}

const PAUSE = 150;
let count = 0;

export function followPeople(): void {
  forEachPart((part) => {
    for (const text of part.querySelectorAll<HTMLTextAreaElement>("textarea[data-people]:not([hidden])")) {
      new Picker(text);
    }
  });
}

/** As the server reads them: commas between names; between Matrix ids spaces will do. */
export function namesIn(text: string): string[] {
  const names = text
    .split(/[,;\n]/)
    .flatMap((part) =>
      part.trim().startsWith("@") ? part.split(/\s+/) : [part.trim().split(/\s+/).join(" ")],
    );
  return [...new Set(names.filter(Boolean))];
}

class Picker {
  private readonly text: HTMLTextAreaElement;
  private readonly frame = document.createElement("div");
  private readonly chips = document.createElement("ul");
  private readonly input = document.createElement("input");
  private readonly list = document.createElement("ul");
  private timer = 0;
  private active = -1;
  private asked = 0;

  constructor(text: HTMLTextAreaElement) {
    this.text = text;
    this.frame.className = "people";
    this.chips.className = "people-chips";
    this.prepareInput();
    this.list.className = "people-list";
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", "Suggestions");
    this.list.id = `people-${++count}`;
    this.list.hidden = true;
    this.input.setAttribute("aria-controls", this.list.id);
    const line = document.createElement("div");
    line.className = "people-line";
    if (text.getAttribute("aria-invalid")) line.setAttribute("aria-invalid", "true");
    line.append(this.chips, this.input);
    line.addEventListener("click", (event) => {
      if (event.target === line || event.target === this.chips) this.input.focus();
    });
    this.frame.append(line, this.list);
    text.hidden = true;
    text.after(this.frame);
    this.show();
  }

  private prepareInput(): void {
    const { input, text } = this;
    input.type = "text";
    input.autocomplete = "off";
    input.spellcheck = false;
    input.autocapitalize = "none";
    input.id = text.id;
    text.removeAttribute("id");
    for (const name of ["aria-describedby", "aria-invalid", "aria-required"]) {
      const value = text.getAttribute(name);
      if (value) input.setAttribute(name, value);
    }
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-expanded", "false");
    input.addEventListener("input", () => this.written());
    input.addEventListener("focus", () => this.ask());
    input.addEventListener("keydown", (event) => this.pressed(event));
    input.addEventListener("blur", () => {
      this.add(input.value);
      this.close();
    });
    // Sent by Enter elsewhere, or by a button: what is half written counts.
    text.form?.addEventListener("formdata", (event) => {
      this.add(input.value);
      event.formData.set(text.name, text.value);
    });
  }

  private get names(): string[] {
    return namesIn(this.text.value);
  }

  private set names(names: string[]) {
    this.text.value = names.join(", ");
    this.show();
    this.text.dispatchEvent(new Event("input", { bubbles: true }));
  }

  private add(written: string): void {
    this.input.value = "";
    const added = namesIn(written);
    if (added.length) this.names = [...new Set([...this.names, ...added])];
  }

  private show(): void {
    this.chips.replaceChildren(
      ...this.names.map((name) => {
        const chip = document.createElement("li");
        chip.className = "name-chip";
        const words = document.createElement("span");
        words.textContent = name;
        const gone = document.createElement("button");
        gone.type = "button";
        gone.setAttribute("aria-label", `Remove ${name}`);
        gone.append(icon("close"));
        gone.addEventListener("click", () => {
          this.names = this.names.filter((other) => other !== name);
          this.input.focus();
        });
        chip.append(words, gone);
        return chip;
      }),
    );
  }

  private written(): void {
    if (/[,;\n]/.test(this.input.value)) this.add(this.input.value);
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.ask(), PAUSE);
  }

  private async ask(): Promise<void> {
    const number = ++this.asked;
    const query = encodeURIComponent(this.input.value.trim());
    try {
      const answer = await fetch(`${this.text.dataset.people}${query}`, {
        headers: { accept: "application/json" },
      });
      const found: Suggestion[] = answer.ok ? await answer.json() : [];
      if (number === this.asked && document.activeElement === this.input) this.suggest(found);
    } catch {
      this.close(); // suggestions are a help, no more
    }
  }

  private suggest(found: Suggestion[]): void {
    const known = new Set(this.names);
    const fresh = found.filter(({ name }) => !known.has(name));
    this.active = -1;
    this.list.replaceChildren(
      ...fresh.map(({ name, kind }, index) => {
        const option = document.createElement("li");
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        option.id = `${this.list.id}-${index}`;
        option.dataset.name = name;
        const words = document.createElement("span");
        words.textContent = name;
        const what = document.createElement("span");
        what.className = "quiet small";
        what.textContent = kind;
        option.append(words, what);
        option.addEventListener("mousedown", (event) => {
          event.preventDefault(); // the input keeps the focus
          this.choose(name);
        });
        return option;
      }),
    );
    this.open(fresh.length > 0);
  }

  private choose(name: string): void {
    this.input.value = "";
    this.names = [...this.names, name];
    this.close();
    this.input.focus();
  }

  private pressed(event: KeyboardEvent): void {
    const options = [...this.list.querySelectorAll<HTMLElement>("[role=option]")];
    const isOpen = !this.list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!isOpen || !options.length) return;
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.mark(options, (this.active + step + options.length) % options.length);
    } else if (event.key === "Enter") {
      const chosen = isOpen ? options[this.active]?.dataset.name : undefined;
      if (chosen) this.choose(chosen);
      else if (this.input.value.trim()) this.add(this.input.value);
      else return;
      event.preventDefault();
    } else if (event.key === "Escape" && isOpen) {
      event.preventDefault();
      event.stopPropagation();
      this.close();
    } else if (event.key === "Backspace" && this.input.value === "") {
      this.names = this.names.slice(0, -1);
    }
  }

  private mark(options: HTMLElement[], index: number): void {
    this.active = index;
    options.forEach((option, at) => {
      option.setAttribute("aria-selected", String(at === index));
    });
    const option = options[index];
    if (!option) return;
    this.input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  private open(isOpen: boolean): void {
    this.list.hidden = !isOpen;
    this.input.setAttribute("aria-expanded", String(isOpen));
    this.input.removeAttribute("aria-activedescendant");
  }

  private close(): void {
    this.asked += 1;
    this.active = -1;
    this.open(false);
  }
}
