/** The box in which answers and notes are written: `form[data-composer]`. Enter sends, Shift+Enter begins a line. Files
 * come by the button, by dragging them over the page or by pasting. Without scripts it is a form as any other. */
import { icon } from "./dom.ts";
import { type Draft, Drafts } from "./drafts.ts";
import { inWords, tooLarge } from "./file-sizes.ts";
import { forgetRefusals, tell } from "./sending.ts";

/** What the server takes at once, with something left for the rest of the form. */
const TOGETHER = 60_000_000;

export function followComposer(): void {
  const form = document.querySelector<HTMLFormElement>("form[data-composer]");
  const words = form?.querySelector<HTMLTextAreaElement>("textarea");
  const input = form?.querySelector<HTMLInputElement>("input[type=file]");
  if (!form || !words || !input) return;
  const files = new Files(form, input);
  growWith(words);
  words.addEventListener("keydown", (event) => {
    // Where one writes with the thumbs, there is no Shift+Enter.
    const isTouch = matchMedia("(pointer: coarse)").matches;
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || isTouch || event.altKey) return;
    event.preventDefault();
    form.requestSubmit();
  });
  words.addEventListener("paste", (event) => {
    if (event.clipboardData?.files.length) {
      event.preventDefault();
      files.add(event.clipboardData.files);
    }
  });
  followDragging(form, files);
  form.addEventListener("submit", (event) => {
    if (words.value.trim() || files.count) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    words.focus();
  });
  form.addEventListener("change", () => placeholder(form, words));
  const drafts = followDrafts(form, words);
  placeholder(form, words);
  // Emptied at once: who goes on writing while it is on its way loses nothing. What was not sent comes back, under the
  // same token, so that it is sent once if it had arrived after all; as long as nothing else is made of it.
  let sent: { words: string; files: File[]; token: string } | null = null;
  form.addEventListener("htmx:beforeSend", (event) => {
    if (event.target !== form) return;
    sent = { words: words.value, files: files.all, token: token(form)?.value ?? "" };
    words.value = "";
    files.clear();
    renew(form);
    growTo(words);
    words.focus();
  });
  form.addEventListener("htmx:afterRequest", (event) => {
    const { successful } = (event as CustomEvent<{ successful: boolean }>).detail;
    if (event.target !== form || !sent) return;
    if (!successful) {
      const isChanged = words.value !== "" || files.count > 0;
      words.value = words.value ? `${sent.words}\n${words.value}` : sent.words;
      files.restore(sent.files);
      const field = token(form);
      if (field && !isChanged) field.value = sent.token;
      growTo(words);
    }
    sent = null;
    drafts.keep(draft(form));
  });
}

/** Words only: a page that is loaded anew cannot be given files. */
function followDrafts(form: HTMLFormElement, words: HTMLTextAreaElement): Drafts {
  const user = document.querySelector<HTMLMetaElement>("meta[name=user]")?.content ?? "";
  const drafts = new Drafts(sessionStorage, user, form.dataset.number ?? "");
  const before = drafts.get();
  const kind = form.querySelector<HTMLInputElement>(`[name=kind][value="${CSS.escape(before?.kind ?? "")}"]`);
  const field = token(form);
  if (before && kind && !kind.disabled && field && !words.value) {
    words.value = before.words;
    kind.checked = true;
    field.value = before.token;
    growTo(words);
  }
  for (const name of ["input", "change"])
    form.addEventListener(name, (event) => {
      // The words told so letter by letter; a message that came back is still the same one.
      if (event.type === "change" && event.target === words) return;
      renew(form);
      drafts.keep(draft(form));
    });
  return drafts;
}

function draft(form: HTMLFormElement): Draft {
  const {
    words = "",
    kind = "",
    token = "",
  } = Object.fromEntries(new FormData(form)) as Record<string, string>;
  return { words, kind, token };
}

/** The files that will be sent, as a list from which each can be taken out again. */
class Files {
  private readonly list: HTMLElement | null;
  private readonly largest: number;

  constructor(
    private readonly form: HTMLFormElement,
    private readonly input: HTMLInputElement,
  ) {
    this.list = form.querySelector("[data-files]");
    this.largest = Number(form.dataset.largest ?? 0);
    let chosen: File[] = [];
    // What is chosen later comes beside what was chosen before.
    input.addEventListener("click", () => {
      chosen = [...(input.files ?? [])];
    });
    input.addEventListener("change", () => this.keep([...chosen, ...(input.files ?? [])]));
  }

  get count(): number {
    return this.input.files?.length ?? 0;
  }

  get all(): File[] {
    return [...(this.input.files ?? [])];
  }

  /** What was chosen before, and is no reason to take away what is told. */
  restore(files: File[]): void {
    const kept = new DataTransfer();
    for (const file of [...files, ...this.all]) kept.items.add(file);
    this.input.files = kept.files;
    this.show();
  }

  add(files: FileList): void {
    this.keep([...(this.input.files ?? []), ...files]);
  }

  clear(): void {
    this.input.value = "";
    this.show();
  }

  private keep(files: File[]): void {
    forgetRefusals(this.form);
    const kept = new DataTransfer();
    let together = 0;
    for (const file of files) {
      const why = tooLarge(file.name, file.size, this.largest);
      if (why) {
        tell(this.form, why);
      } else if (together + file.size > TOGETHER) {
        tell(this.form, `${file.name} must be sent by itself: together these files are too large.`);
      } else {
        kept.items.add(file);
        together += file.size;
      }
    }
    this.input.files = kept.files;
    this.show();
    this.form.dispatchEvent(new Event("change")); // files that are pasted or taken out bring none by themselves
  }

  private show(): void {
    const files = [...(this.input.files ?? [])];
    this.list?.replaceChildren(...files.map((file, index) => this.shown(file, index)));
    this.input.required = false;
  }

  private shown(file: File, index: number): HTMLElement {
    const line = document.createElement("li");
    line.className = "composer-file";
    const name = document.createElement("span");
    name.className = "cut";
    name.textContent = file.name;
    const size = document.createElement("span");
    size.className = "quiet small";
    size.textContent = inWords(file.size);
    const remove = document.createElement("button");
    remove.type = "button";
    remove.className = "button button-icon button-quiet button-small";
    remove.setAttribute("aria-label", `Do not send ${file.name}`);
    remove.append(icon("close"));
    remove.addEventListener("click", () => {
      this.keep([...(this.input.files ?? [])].filter((_, other) => other !== index));
      this.form.querySelector("textarea")?.focus();
    });
    line.append(icon("file"), name, size, remove);
    return line;
  }
}

function followDragging(form: HTMLFormElement, files: Files): void {
  const page = document.querySelector<HTMLElement>(".talk-main");
  if (!page) return;
  const brings = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") ?? false;
  page.addEventListener("dragover", (event) => {
    if (!brings(event)) return;
    event.preventDefault();
    page.classList.add("is-dropping");
  });
  page.addEventListener("dragleave", (event) => {
    if (!(event.relatedTarget instanceof Node && page.contains(event.relatedTarget)))
      page.classList.remove("is-dropping");
  });
  page.addEventListener("drop", (event) => {
    page.classList.remove("is-dropping");
    if (!brings(event) || !event.dataTransfer) return;
    event.preventDefault();
    files.add(event.dataTransfer.files);
    form.querySelector("textarea")?.focus();
  });
}

/** Another token: the next message is another one. */
function renew(form: HTMLFormElement): void {
  const field = token(form);
  const random = crypto.getRandomValues(new Uint8Array(16));
  if (field) field.value = [...random].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function token(form: HTMLFormElement): HTMLInputElement | null {
  return form.querySelector<HTMLInputElement>("input[name=token]");
}

function growWith(words: HTMLTextAreaElement): void {
  words.addEventListener("input", () => growTo(words));
  growTo(words);
}

/** As many lines as there are, up to eight. */
function growTo(words: HTMLTextAreaElement): void {
  words.rows = 1;
  while (words.scrollHeight > words.clientHeight && words.rows < 8) words.rows += 1;
}

function placeholder(form: HTMLFormElement, words: HTMLTextAreaElement): void {
  const isNote = new FormData(form).get("kind") === "note";
  words.placeholder = isNote ? "Write a note for your colleagues" : "Write a message";
}
