/** Every guard rule that a waiver could name, but for the family `ESC-…`, whose members the escalation list makes. */
export const GUARD_RULES = [
  "ACT-001",
  "ACT-002",
  "ACT-003",
  "ACT-004",
  "ACT-005",
  "BND-001",
  "BND-002",
  "CON-001",
  "CON-002",
  "CON-003",
  "DEN-001",
  "EXP-100",
  "INV-001",
  "INV-002",
  "INV-003",
  "INV-006",
  "INV-007",
  "INV-008",
  "INV-009",
  "PASS-001",
  "RES-001",
  "RES-002",
  "RES-003",
  "SHR-001",
  "SHR-002",
  "SIZ-001",
  "TAG-001",
  "TRU-001",
  "TRU-002",
] as const;

export type GuardRule = (typeof GUARD_RULES)[number];

/** No one may lift them: a role that everyone can assume has no owner. */
export const UNWAIVABLE_RULES: ReadonlySet<string> = new Set<GuardRule>(["TRU-002"]);
