import type { PolicyFinding } from "../finding.ts";
import type { Steps } from "./grammar/fault.ts";

/** What a check found, before its place in the text is looked up. */
export interface Flaw {
  readonly rule: string;
  readonly severity: PolicyFinding["severity"];
  readonly steps: Steps;
  readonly at: "name" | "value";
  readonly reason: string;
  readonly fix: string | null;
}

type FlawFields = Omit<Flaw, "at"> & Partial<Pick<Flaw, "at">>;

export function flaw(fields: FlawFields): Flaw {
  return { at: "value", ...fields };
}
