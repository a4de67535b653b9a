import type { GuardRule } from "../../model/rules/guard-rules.ts";

/** Whether a finding of a rule gets corrected lines. */
export type RuleCorrection =
  /** The change of the manifest, where it was tried and allows nothing more. */
  | { readonly kind: "lines"; readonly change: string }
  /** Why none is certain. */
  | { readonly kind: "none"; readonly reason: string };

const lines = (change: string): RuleCorrection => ({ kind: "lines", change });
const none = (reason: string): RuleCorrection => ({ kind: "none", reason });

const NOT_IN_A_MANIFEST = none("the finding is about AWS as it is, and no line of a manifest decides it");
const CODE_DECIDES = none("only the author knows what the code calls");
const SOURCE = none("only the author knows the resource that calls");
const FENCE = none("the author chooses something else, or the platform team allows it in the Team");
const TRUST = none("no manifest writes the trust policy");

/**
 * For each rule. A change is offered only if exactly one ends the finding. `test/unit/workbench/corrections/` tries each that
 * is named here, and that no rule without one has any.
 */
export const RULE_CORRECTIONS = {
  "ACT-001": CODE_DECIDES,
  "ACT-002": lines("the exact actions that the pattern matches today, if they are at most 12"),
  "ACT-003": none("a misspelt name grants nothing, so that each correct one would allow more"),
  "ACT-004": none("the action or the resource may be the wrong one"),
  "ACT-005": CODE_DECIDES,
  "AI-001": none("a person reviews the change"),
  "ATT-001": none("each policy that the account lists would allow more"),
  "BND-001": lines("`role.boundary` is left out, if the account's default boundary allows nothing more"),
  "BND-002": lines(
    "the verb, the grant or the statement that is completely outside is removed, if it takes effect in no account",
  ),
  "BND-003": none("the role admits more callers than the one session"),
  "BND-004": none("the platform team decides what no function may do"),
  "CON-001": lines('`Null: { KEY: "false" }` is added to the condition'),
  "CON-002": none("the operator or the value may be the wrong one"),
  "CON-003": none("which requests without the key are meant is not known"),
  "CRED-001": CODE_DECIDES,
  "DEN-001": none("the author removes the Allow or the Deny"),
  "ESC-*": CODE_DECIDES,
  "EXF-001": none("only the author knows the resource"),
  "EXP-001": CODE_DECIDES,
  "EXP-100": lines("the latest end that the profile allows"),
  "INV-001": SOURCE,
  "INV-002": none("only the author knows the owner of the bucket"),
  "INV-003": none("only the author knows who calls"),
  "INV-004": none("the author removes the caller, or the platform team allows it in the AwsAccount"),
  "INV-005": SOURCE,
  "INV-006": none("the second statement would allow more"),
  "INV-007": none("the statement may be meant for another resource"),
  "INV-008": none("the statement may be meant for another function or alias"),
  "INV-009": none("only the author knows who calls"),
  "OWN-001": none("only the author knows the text of the annotation"),
  "PASS-001": none("only the author knows the role and the service"),
  "RES-001": none("only the author knows the resource"),
  "RES-002": none("only the author knows the resource"),
  "RES-003": none("only the author knows the resource"),
  "RES-004": none("the author chooses the one resource, or a prefix that ends in a separator"),
  "RES-005": lines(
    "the account of the function in an ARN that leaves it open; a named account of others has no certain change",
  ),
  "RES-006": NOT_IN_A_MANIFEST,
  "SHR-001": NOT_IN_A_MANIFEST,
  "SHR-002": NOT_IN_A_MANIFEST,
  "SIZ-001": none("the author decides what to leave out or to move"),
  "TAG-001": none("the author removes the tag, or the platform team lists its key"),
  "TEN-001": none("the platform team creates the Team"),
  "TEN-002": FENCE,
  "TEN-003": FENCE,
  "TEN-004": FENCE,
  "TEN-005": FENCE,
  "TEN-006": lines("`role.boundary` is left out, if the account's default boundary allows nothing more"),
  "TMP-001": CODE_DECIDES,
  "TRU-001": TRUST,
  "TRU-002": TRUST,
  "TRU-003": TRUST,
  "TRU-004": TRUST,
} as const satisfies Readonly<Record<GuardRule | "ESC-*", RuleCorrection>>;
