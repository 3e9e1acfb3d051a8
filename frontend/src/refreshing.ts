/** Asking again for parts of a page that changed: each at most once at a time, and once more if it changed meanwhile. */

export interface Asking<Part> {
  /** Begin to ask for a part; it reports its end by `done`. */
  ask(part: Part): void;
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
    } else if (this.page.isBusy(part)) {
      if (this.postponed.has(key)) return;
      this.postponed.add(key);
      this.page.later(() => {
        this.postponed.delete(key);
        this.refresh(key);
      });
    } else {
      this.asked.add(key);
      this.page.ask(part);
    }
  }

  /** The answer came, or none will. */
  done(key: string): void {
    if (!this.asked.delete(key)) return;
    if (this.wanted.delete(key)) this.refresh(key);
  }
}
