import type { Key } from "../keys/key.ts";

/** Changes of a namespace wait for long: for an approval, a change window, another account or another function. */
export interface WaitingLong extends WaitingPlace {
  readonly kind: "waiting-long";
  /** ISO 8601: of the one that waits longest. */
  readonly since: string;
  /** Sorted, each once. */
  readonly reasons: readonly string[];
  /** Sorted. */
  readonly keys: readonly Key[];
}

interface WaitingPlace {
  readonly incident: string;
  readonly account: string;
  readonly namespace: string;
}

/** `waiting-ended`: none of them waits that long any more. */
export type WaitingAlert = WaitingLong | (WaitingPlace & { readonly kind: "waiting-ended" });
