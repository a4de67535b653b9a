/** A call just before it acts, or when it has acted (or was refused) and is not answered yet. */
export interface Moment {
  readonly when: "before" | "after";
  readonly service: string;
  readonly operation: string;
  readonly accountId: string;
  readonly principalArn: string;
  readonly userAgent: string;
  /** After: it changed IAM or Lambda. */
  readonly effective: boolean;
}

/** `drop`: the connection ends without an answer, and `before` also without any effect. */
export type Watcher = (moment: Moment) => "go-on" | "drop";

/** Whoever in this process looks on at every call: tests that end the caller in the middle, the demo. */
export class Watchers {
  readonly #watchers = new Set<Watcher>();

  /** @returns what ends it */
  add(watcher: Watcher): () => void {
    this.#watchers.add(watcher);
    return () => {
      this.#watchers.delete(watcher);
    };
  }

  /** Every watcher sees the moment; one that says so drops the call. */
  see(moment: Moment): "go-on" | "drop" {
    const said = [...this.#watchers].map((watcher) => watcher(moment));
    return said.includes("drop") ? "drop" : "go-on";
  }
}
