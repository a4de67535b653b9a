import type { ValuePath } from "../../text/located/value-path.ts";
import type { PolicyFinding } from "../finding.ts";

/** What a check found, before its place in the text is looked up. */
export interface Flaw {
  readonly rule: string;
  readonly severity: PolicyFinding["severity"];
  readonly steps: ValuePath;
  readonly at: "name" | "value";
  readonly reason: string;
  readonly fix: string | null;
}

type FlawFields = Omit<Flaw, "at"> & Partial<Pick<Flaw, "at">>;

/** `begins with a blank`: AWS compares it as it does any other character, so that a Deny with it may deny nothing. */
export function outerBlank(text: string): string | null {
  if (text.startsWith(" ")) return "begins with a blank";
  return text.endsWith(" ") ? "ends with a blank" : null;
}

export const WITHOUT_BLANK = "remove the blank if it is not meant";

export function flaw(fields: FlawFields): Flaw {
  return { at: "value", ...fields };
}
