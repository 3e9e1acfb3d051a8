/** What somebody has half written in a session stays there while they look at another one, and when the page is loaded
 * anew; until this tab is closed, or they sign out. What was sent and not acknowledged comes back under its token, so that
 * it is sent once if it had arrived after all. */

export interface Draft {
  words: string;
  /** An answer or a note: one must never become the other. */
  kind: string;
  token: string;
}

/** Where it is kept: the part of `Storage` that is needed. */
export type Shelf = Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">;

const PREFIX = "livechat_draft:";

export class Drafts {
  private readonly key: string;

  /**
   * @param shelf - where they are kept, of one tab
   * @param user - whose they are: another person may sign in here
   * @param session - its number
   */
  constructor(
    private readonly shelf: Shelf,
    user: string,
    session: string,
  ) {
    this.key = `${PREFIX}${user}:${session}`;
  }

  /** The draft; null if there is none, or none that can be read. */
  get(): Draft | null {
    try {
      const { words, kind, token } = JSON.parse(this.shelf.getItem(this.key) ?? "null") ?? {};
      return [words, kind, token].every((part) => typeof part === "string") ? { words, kind, token } : null;
    } catch {
      return null;
    }
  }

  /** Keep it, if there are words and the browser has room for them. */
  keep(draft: Draft): void {
    this.forget();
    if (!draft.words.trim()) return;
    try {
      this.shelf.setItem(this.key, JSON.stringify(draft));
    } catch {
      // There is no room: the page works without it.
    }
  }

  forget(): void {
    this.shelf.removeItem(this.key);
  }
}

/** Whoever signs out leaves nothing: the form that does it is `form[data-signs-out]`. */
export function forgetDraftsAtSigningOut(): void {
  document.addEventListener("submit", ({ target }) => {
    if (target instanceof HTMLFormElement && target.matches("[data-signs-out]")) forgetDrafts(sessionStorage);
  });
}

/** All of them, whosever they are. */
export function forgetDrafts(shelf: Shelf): void {
  const keys = Array.from({ length: shelf.length }, (_, index) => shelf.key(index));
  for (const key of keys) if (key?.startsWith(PREFIX)) shelf.removeItem(key);
}
