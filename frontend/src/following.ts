/** Following topics of the server: comes back after it was cut off, and tells what may have been missed. */
import { type Heard, Refused } from "./stream.ts";

export interface World {
  listen(topics: string[], hear: (heard: Heard) => void, signal: AbortSignal): Promise<void>;
  /** Topics changed. */
  changed(topics: string[]): void;
  /** Anything may have changed in these topics while nobody listened. */
  missed(topics: string[]): void;
  /** Whether we hear of changes now. */
  connected(isConnected: boolean): void;
  /** Nobody is signed in any more; nothing more is heard. */
  refused(status: number): void;
  wait(milliseconds: number, act: () => void): () => void;
  chance(): number;
}

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 20_000;

export class Follower {
  private topics: string[] = [];
  private current: AbortController | null = null;
  private stopWaiting: (() => void) | null = null;
  private failures = 0;
  private isStopped = true;

  /**
   * @param mark the server's count of changes when the page was made; a first connection that starts with the same one
   *   has missed nothing.
   */
  constructor(
    private readonly world: World,
    private mark: string,
  ) {}

  /** Follow these from now on. What is followed already goes on without a gap. */
  follow(topics: Iterable<string>): void {
    const wanted = [...new Set(topics)].sort();
    if (!this.isStopped && wanted.join() === this.topics.join()) return;
    const added = wanted.filter((topic) => !this.topics.includes(topic));
    const isOpen = this.current !== null && this.failures === 0 && !this.isStopped;
    this.isStopped = false;
    this.topics = wanted;
    this.open(isOpen ? added : null);
  }

  /** Hear nothing, such as while nobody looks. */
  stop(): void {
    this.isStopped = true;
    this.stopWaiting?.();
    this.current?.abort();
    this.current = null;
  }

  /** @param added which topics are new to an open connection; null if there was none. */
  private open(added: string[] | null): void {
    this.stopWaiting?.();
    this.stopWaiting = null;
    const before = this.current;
    if (this.topics.length === 0) {
      before?.abort();
      this.current = null;
      return;
    }
    const control = new AbortController();
    this.current = control;
    const topics = this.topics;
    let isHeard = false;
    const hear = ({ event, data }: Heard): void => {
      if (event === "hello") {
        isHeard = true;
        this.failures = 0;
        before?.abort();
        this.world.connected(true);
        const missed = data === this.mark ? [] : (added ?? topics);
        this.mark = "";
        if (missed.length > 0) this.world.missed(missed);
      } else if (event === "changed") {
        this.world.changed(data.split("\n"));
      }
    };
    const ended = (error?: unknown): void => {
      if (!isHeard) before?.abort();
      if (this.current !== control || this.isStopped) return;
      this.current = null;
      if (error instanceof Refused) {
        this.isStopped = true;
        this.world.refused(error.status);
      } else {
        this.comeBack();
      }
    };
    this.world.listen(topics, hear, control.signal).then(() => ended(), ended);
  }

  /** Pauses grow, and differ from page to page: after a restart of the server not all come at once. */
  private comeBack(): void {
    this.failures += 1;
    if (this.failures > 1) this.world.connected(false);
    const longest = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (this.failures - 1));
    this.stopWaiting = this.world.wait(longest * (0.5 + this.world.chance() / 2), () => this.open(null));
  }
}
