import type { Region } from "../aws/ids.ts";

/** A check of `doctor`. */
export interface Probe {
  /** `observer`; or another part of the installation. */
  readonly identity: string;
  /** Null if the check does not depend on a region. */
  readonly region: Region | null;
  /** The call, or another subject of the check. */
  readonly what: string;
  readonly outcome: "passed" | "warning" | "failed" | "not-checked";
  /** Why it did not pass, and how to fix it. */
  readonly detail: string | null;
}
