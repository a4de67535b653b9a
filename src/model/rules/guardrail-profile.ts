import type { AllowedGrants } from "./team.ts";
import type { Origin } from "../values/origin.ts";

/** What a profile makes of a rule: a finding refuses, is reported, or does not exist. */
export type RuleSeverity = "block" | "warn" | "off";

/** The strictest first. */
const BY_STRICTNESS: readonly RuleSeverity[] = ["block", "warn", "off"];

/** Negative if `a` is stricter than `b`. */
export function byStrictness(a: RuleSeverity, b: RuleSeverity): number {
  return BY_STRICTNESS.indexOf(a) - BY_STRICTNESS.indexOf(b);
}

/** The functions and policies that a profile applies to: `namespaces`, `accounts` and `labels` must all match. */
export interface ProfileSelector {
  /** Namespaces whose Team names the profile: it applies there in any case. Sorted. */
  readonly teams: readonly string[];
  /** null: all. */
  readonly namespaces: readonly string[] | null;
  /** Names of AwsAccounts; null: all. */
  readonly accounts: readonly string[] | null;
  /** The object has each of these labels with this value. */
  readonly labels: Readonly<Record<string, string>>;
}

/** What a profile requires, without where it applies. */
export interface ProfileContent {
  /** It applies only to changes that an assistant made, or that have an unknown author. */
  readonly agent: boolean;
  /** By id of a rule; `ESC-*` for the family. */
  readonly rules: Readonly<Record<string, RuleSeverity>>;
  /** Rules that no waiver lifts where the profile applies; sorted. */
  readonly unwaivable: readonly string[];
  /** The maximum time from now to the `until` of a grant or statement. */
  readonly maxUntilMs: number | null;
  /** Annotations that every document must have; sorted. */
  readonly requiredAnnotations: readonly string[];
  /** Who approves a change that grants something new; null: it needs no approval. */
  readonly newAccessApproval: NewAccessApproval | null;
}

export interface NewAccessApproval {
  /** A group of the operator's file; null: everyone who may approve. */
  readonly group: string | null;
  /** Grants with verbs that need no approval on the team's own resources. */
  readonly preapproved: AllowedGrants;
}

/** `grants new access, which needs an approval of group security`; null: any approver, whom a group includes. */
export function newAccessText(groups: readonly (string | null)[]): string {
  const named = [...new Set(groups)].filter((group) => group !== null);
  const approvals = named.map((group) => `an approval of group ${group}`);
  return `grants new access, which needs ${approvals.length === 0 ? "an approval" : approvals.join(" and ")}`;
}

/** A profile of an earlier revision: what it applied to. */
export interface KnownProfile {
  readonly name: string;
  readonly selector: ProfileSelector;
}

/** A GuardrailProfile of the platform, with the content of its built-in base. */
export interface DesiredProfile extends ProfileContent {
  readonly name: string;
  readonly selector: ProfileSelector;
  readonly origin: Origin;
}

/** The code of a warning about a profile that names a group which the operator's file does not have. */
export const UNKNOWN_GROUP = "unknown-group";

/** The lines that give a group its members in the operator's file. */
export function groupExample(group: string): string {
  return `approvers: { ${group}: [TOKEN] }`;
}
