/** How one list of lines becomes another, by the keys and versions of the lines. */

export interface Changes {
  gone: string[];
  changed: string[];
  /** In order; `after` is the key that it follows, null for the head of the list. */
  added: { key: string; after: string | null }[];
}

type Version = readonly [key: string, version: string];

export function plan(old: readonly Version[], fresh: readonly Version[]): Changes {
  const before = new Map(old);
  const now = new Map(fresh);
  const changes: Changes = {
    gone: old.map(([key]) => key).filter((key) => !now.has(key)),
    changed: [],
    added: [],
  };
  let last: string | null = null;
  for (const [key, version] of fresh) {
    const known = before.get(key);
    if (known === undefined) changes.added.push({ key, after: last });
    else if (known !== version) changes.changed.push(key);
    last = key;
  }
  return changes;
}

export function byKey(list: Element): Map<string, HTMLElement> {
  return new Map([...list.children].map((line) => [line.id, line as HTMLElement]));
}
