import type { ProfileContent } from "./guardrail-profile.ts";

const DAY_MS = 86_400_000;

/**
 * The profiles that are part of the product, by name: what a GuardrailProfile may have as its `base`. A change of one
 * changes the verdicts of everyone who uses it; the changelog names it.
 */
export const BUILT_IN_PROFILES = {
  /** The defaults of every rule. They apply wherever no profile names the rule. */
  baseline: {
    rules: {},
    unwaivable: [],
    maxUntilMs: null,
    requiredAnnotations: [],
    newAccessApproval: null,
  },
  /** Doubtful permissions are refused too, and no waiver lifts the rules against escalation. */
  strict: {
    rules: { "ACT-002": "block", "ACT-004": "block", "CON-002": "block", "DEN-001": "block" },
    unwaivable: ["ACT-001", "ACT-005", "ESC-*", "INV-003", "PASS-001", "RES-003"],
    maxUntilMs: 90 * DAY_MS,
    requiredAnnotations: [],
    newAccessApproval: null,
  },
} as const satisfies Readonly<Record<string, ProfileContent>>;
