import { GUARD_RULES } from "./guard-rules.ts";
import type { ProfileContent } from "./guardrail-profile.ts";

const DAY_MS = 86_400_000;

/** The author of a change is no fault of its content: `strict` leaves AI-001 to the profiles for assistants. */
const CONTENT_RULES = GUARD_RULES.filter((rule) => rule !== "AI-001");

const NOTHING = {
  agent: false,
  rules: {},
  unwaivable: [],
  maxUntilMs: null,
  requiredAnnotations: [],
  newAccessApproval: null,
} as const satisfies ProfileContent;

/**
 * The profiles that are part of the product, by name: what a GuardrailProfile may have as its `base`. A change of one
 * changes the verdicts of everyone who uses it; the changelog names it.
 */
export const BUILT_IN_PROFILES = {
  /** The defaults of every rule. They apply wherever no profile names the rule. */
  baseline: NOTHING,
  /**
   * Every rule of the content refuses, so that no other profile makes one laxer here. No waiver lifts a rule whose breach hands out the
   * account, or credentials of it.
   */
  strict: {
    ...NOTHING,
    rules: Object.fromEntries([...CONTENT_RULES, "ESC-*"].map((rule) => [rule, "block"] as const)),
    unwaivable: [
      "ACT-001",
      "ACT-005",
      "BND-001",
      "CRED-001",
      "ESC-*",
      "EXP-001",
      "INV-003",
      "INV-005",
      "PASS-001",
      "RES-003",
      "TMP-001",
    ],
    maxUntilMs: 90 * DAY_MS,
  },
  /** For what assistants change: AI-001 reports it, and new access needs an approval, which only a person gives. */
  agents: {
    ...NOTHING,
    agent: true,
    rules: { "AI-001": "warn" },
    newAccessApproval: { group: null, preapproved: {} },
  },
} as const satisfies Readonly<Record<string, ProfileContent>>;
