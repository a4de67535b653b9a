import { readyReplica, type Snapshot } from "./snapshot.ts";

export interface DemoEvent {
  /** Since the start of the demo. */
  readonly atMs: number;
  readonly text: string;
}

interface Disturbance {
  readonly atMs: number;
  /** Such as `replica 1 was killed`. */
  readonly text: string;
}

/** What happened to the replicas, from one snapshot to the next, and what a person did to them. */
export class Journal {
  readonly events: DemoEvent[] = [];
  #ready: number | null = null;
  #ended: ReadonlySet<number> = new Set();
  /** The replica of each account. */
  readonly #accounts = new Map<string, number>();
  /** What a person did to the active replica since the last takeover. */
  #disturbance: Disturbance | null = null;

  note(text: string, atMs: number): void {
    this.events.push({ atMs, text });
  }

  /** @param did such as `killed` */
  disturb(number: number, did: string, atMs: number): void {
    const text = `replica ${number} was ${did}`;
    this.note(text, atMs);
    if (number === this.#ready) this.#disturbance ??= { atMs, text };
  }

  observe(snapshot: Snapshot, atMs: number): void {
    for (const { number, process, exitCode } of snapshot.replicas)
      if (process === "ended" && !this.#ended.has(number))
        this.note(`the process of replica ${number} ended, exit code ${exitCode ?? "unknown"}`, atMs);
    const ended = snapshot.replicas.filter(({ process }) => process === "ended");
    this.#ended = new Set(ended.map(({ number }) => number));
    const ready = readyReplica(snapshot);
    if (ready !== null && ready !== this.#ready) {
      this.note(`replica ${ready} is active${this.#after(atMs)}`, atMs);
      this.#ready = ready;
      this.#disturbance = null;
    }
    this.#observeAccounts(snapshot, atMs);
  }

  #observeAccounts({ replicas }: Snapshot, atMs: number): void {
    for (const { number, accounts } of replicas)
      for (const account of accounts) {
        const before = this.#accounts.get(account);
        this.#accounts.set(account, number);
        if (before !== undefined && before !== number)
          this.note(`account ${account} moved from replica ${before} to replica ${number}`, atMs);
      }
  }

  #after(atMs: number): string {
    if (this.#disturbance === null) return "";
    return `, ${((atMs - this.#disturbance.atMs) / 1_000).toFixed(1)} s after ${this.#disturbance.text}`;
  }
}
