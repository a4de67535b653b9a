/** Every guard rule that a waiver can name, except the family `ESC-…`, whose members are in the escalation list. */
export const GUARD_RULES = [
  "ACT-001",
  "ACT-002",
  "ACT-003",
  "ACT-004",
  "ACT-005",
  "AI-001",
  "ATT-001",
  "BND-001",
  "BND-002",
  "BND-003",
  "BND-004",
  "CON-001",
  "CON-002",
  "CON-003",
  "CRED-001",
  "DEN-001",
  "EXF-001",
  "EXP-001",
  "EXP-100",
  "INV-001",
  "INV-002",
  "INV-003",
  "INV-004",
  "INV-005",
  "INV-006",
  "INV-007",
  "INV-008",
  "INV-009",
  "OWN-001",
  "PASS-001",
  "RES-001",
  "RES-002",
  "RES-003",
  "RES-004",
  "RES-005",
  "RES-006",
  "SHR-001",
  "SHR-002",
  "SIZ-001",
  "TAG-001",
  "TEN-001",
  "TEN-002",
  "TEN-003",
  "TEN-004",
  "TEN-005",
  "TEN-006",
  "TMP-001",
  "TRU-001",
  "TRU-002",
  "TRU-003",
  "TRU-004",
] as const;

const RULES: ReadonlySet<string> = new Set(GUARD_RULES);

/** A rule that people look up, such as `ACT-001`; the other codes of diagnostics are for programs. */
export function isGuardRule(code: string): boolean {
  return RULES.has(code) || code.startsWith("ESC-");
}

export type GuardRule = (typeof GUARD_RULES)[number];

/**
 * Rules that no waiver can lift: a role that anyone can assume has no owner, and what a team may do is decided in its Team.
 */
export const UNWAIVABLE_RULES: ReadonlySet<string> = new Set<GuardRule>([
  "TEN-001",
  "TEN-002",
  "TEN-003",
  "TEN-004",
  "TEN-005",
  "TEN-006",
  "TRU-002",
]);
