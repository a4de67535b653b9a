import type { CallRecord } from "./calls.ts";

/** What the log, faults and watchers know of a call. */
export type ObservedCall = Pick<
  CallRecord,
  "service" | "operation" | "accountId" | "principalArn" | "userAgent"
>;

/** A call immediately before it acts, or after it acted (or was refused) and before its answer. */
export interface Moment extends ObservedCall {
  readonly when: "before" | "after";
  /** If `when` is "after": whether it changed IAM or Lambda. */
  readonly effective: boolean;
}

/** `drop`: the connection ends without an answer; if returned for "before", also without an effect. */
export type Watcher = (moment: Moment) => "go-on" | "drop";

/** The observers of all calls in this process: tests that kill the caller during a call, and the demo. */
export class Watchers {
  readonly #watchers = new Set<Watcher>();

  /** @returns a function that removes the watcher */
  add(watcher: Watcher): () => void {
    this.#watchers.add(watcher);
    return () => {
      this.#watchers.delete(watcher);
    };
  }

  /** Notifies every watcher; if any of them returns "drop", the call is dropped. */
  see(moment: Moment): "go-on" | "drop" {
    const answers = [...this.#watchers].map((watcher) => watcher(moment));
    return answers.includes("drop") ? "drop" : "go-on";
  }
}
