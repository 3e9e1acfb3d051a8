/** Asking again for parts of a page that changed: each at most once at a time, and once more if it changed meanwhile. */

export interface Asking<Part> {
  /** Begin to ask for a part, whose end is told by `done`; false if that is not possible right now. */
  ask(part: Part): boolean;
  /** Whether somebody is at work in it, so that it must not be exchanged under their hands. */
  isBusy(part: Part): boolean;
  /** The part that stands in a page under this key, if it still does. */
  find(key: string): Part | null;
  later(act: () => void): void;
}

export class Refresher<Part> {
  private readonly asked = new Set<string>();
  private readonly wanted = new Set<string>();
  private readonly postponed = new Set<string>();

  constructor(private readonly page: Asking<Part>) {}

  /** A part has changed. */
  refresh(key: string): void {
    const part = this.page.find(key);
    if (part === null) return;
    if (this.asked.has(key)) {
      this.wanted.add(key);
      return;
    }
    // Before it is asked: an answer may come at once.
    this.asked.add(key);
    if (this.page.isBusy(part) || !this.page.ask(part)) {
      this.asked.delete(key);
      this.postpone(key);
    }
  }

  private postpone(key: string): void {
    if (this.postponed.has(key)) return;
    this.postponed.add(key);
    this.page.later(() => {
      this.postponed.delete(key);
      this.refresh(key);
    });
  }

  /** The answer came, or none will. */
  done(key: string): void {
    if (!this.asked.delete(key)) return;
    if (this.wanted.delete(key)) this.refresh(key);
  }
}
