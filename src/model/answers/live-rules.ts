import type { Finding } from "../finding.ts";

/** A guard rule that the state in AWS breaks, apart from what Git declares. */
export interface LiveBreach {
  /** The id; `ESC-*` for all escalation paths together. */
  readonly rule: string;
  readonly severity: Finding["severity"];
  readonly why: string;
  /** How many places of the state break it; `why` is about the worst one. */
  readonly findings: number;
}

/** What the rules find in AWS that they do not find in Git. */
export interface LiveRules {
  /** By rule; each rule once. */
  readonly breaches: readonly LiveBreach[];
  /** Parts that the rules could not judge, one sentence each. */
  readonly unread: readonly string[];
}

export const NO_LIVE_RULES: LiveRules = { breaches: [], unread: [] };
