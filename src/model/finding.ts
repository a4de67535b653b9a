import type { Key } from "./keys/key.ts";
import type { Origin } from "./values/origin.ts";

export type WaiverState =
  | { readonly kind: "none" }
  | { readonly kind: "lifted"; readonly waiver: string; readonly until: string }
  | { readonly kind: "expired"; readonly waiver: string; readonly until: string };

/** A guard rule that is broken. */
export interface Finding {
  /** `ACT-001`; of a family (`ESC-*`) the id of the member, `ESC-PassRole`. */
  readonly rule: string;
  readonly severity: "block" | "warn";
  readonly key: Key;
  readonly origin: Origin | null;
  /** The statement, principal or tag that breaks it, as canonical JSON. */
  readonly evidence: string;
  readonly why: string;
  readonly fix: string;
  readonly waiver: WaiverState;
}

/** A blocking finding that no waiver lifts. */
export function isBlocking(finding: Finding): boolean {
  return finding.severity === "block" && finding.waiver.kind !== "lifted";
}
