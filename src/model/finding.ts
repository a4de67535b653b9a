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
  /**
   * The element that breaks it, such as `Resource[1]`: the same in every account, unlike `why`, which then names something of
   * the account. What the element is there differs with the variables of the account: `evidence` has it. Missing: `why` is the same text in every account, or names the account as manifests do.
   */
  readonly part?: string;
  readonly why: string;
  readonly fix: string;
  readonly waiver: WaiverState;
  /**
   * An upgrade made the rules stricter than they were for the applied state: it refuses only after an approval. Missing:
   * it is in effect.
   */
  readonly pending?: true;
}

/** A blocking finding that no waiver lifts, and that is in effect. */
export function isBlocking(finding: Finding): boolean {
  return wouldBlock(finding) && finding.pending !== true;
}

/** The same, also if it takes effect only with an approval. */
export function wouldBlock({ severity, waiver }: Finding): boolean {
  return severity === "block" && waiver.kind !== "lifted";
}
