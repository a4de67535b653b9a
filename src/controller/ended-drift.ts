/** A drift that stood before, or was found by the pass, and is not there at its end. */
export interface EndedDrift {
  readonly fingerprint: string;
  readonly sinceMs: number;
  readonly how: "reverted" | "applied" | "gone";
}
