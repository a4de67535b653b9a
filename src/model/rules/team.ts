import type { Namespace } from "../aws/ids.ts";
import type { Origin } from "../values/origin.ts";
import type { Limits } from "./limits.ts";

/** One name, or all names with a prefix (`orders-*`). */
export type NamePattern =
  { readonly kind: "exact"; readonly name: string } | { readonly kind: "prefix"; readonly prefix: string };

/** The pattern as the manifest has it. */
export function patternText(pattern: NamePattern): string {
  return pattern.kind === "exact" ? pattern.name : `${pattern.prefix}*`;
}

/** The resources that an entry of a Team names; `text` as in the manifest. */
export type ResourcePattern =
  /** `*`: every resource, also those without a name. */
  | { readonly kind: "any"; readonly text: string }
  /** `orders-*`: by name, of any type. */
  | { readonly kind: "name"; readonly text: string; readonly name: NamePattern }
  /** `table/orders-events`, `key/1234abcd-…`: by the type in the ARN, and the name or id. */
  | { readonly kind: "typed"; readonly text: string; readonly prefix: string; readonly name: NamePattern }
  /** `arn:aws:s3:::uploads/orders/*`: by the complete ARN. */
  | { readonly kind: "arn"; readonly text: string; readonly arn: NamePattern };

/** An action that `allow` of a grant names. */
export interface ExactAction {
  /** Without the service: `GetItem`. */
  readonly name: string;
  /** The verbs of the grant that contain it. */
  readonly verbs: readonly string[];
}

export interface GrantedVerb {
  readonly grant: string;
  readonly verb: string;
  /** Of the verb, only these actions are granted; missing: the entire verb. */
  readonly only?: readonly ExactAction[];
}

/** The first word of the Sid of a statement that has only some actions of a verb: `ActionsDynamodb1a2b3c4d`. */
export const ACTIONS_SID = "Actions";

/** The names that `allow` has: the verb, or its actions. */
export function grantedNames({ verb, only }: GrantedVerb): readonly string[] {
  return only === undefined ? [verb] : only.map(({ name }) => name);
}

/** By grant, its verbs. */
export type AllowedGrants = Readonly<Record<string, readonly string[]>>;

/** The statements of a verb for the key and the secret that it needs, by name: `readKey`, `querySecret`. */
const COMPANION = /^(.+)(?:Key|Secret)$/;
/** One key for all verbs of a grant: `useKey`. */
const EVERY_VERB = "use";

/** The verb that has a statement of its own, of one that no manifest and no Team names; null for a verb itself. */
export function verbOfCompanion(verb: string): string | null {
  return COMPANION.exec(verb)?.[1] ?? null;
}

/**
 * Whether the verb is listed, or the verb that needs this companion. An exact action is listed by every verb that contains
 * it.
 */
export function listsVerb(grants: AllowedGrants, { grant, verb, only }: GrantedVerb): boolean {
  const listed = Object.hasOwn(grants, grant) ? (grants[grant] ?? []) : [];
  if (only !== undefined) return only.every(({ verbs }) => verbs.some((one) => listed.includes(one)));
  const needs = verbOfCompanion(verb);
  return needs === EVERY_VERB ? listed.length > 0 : listed.includes(needs ?? verb);
}

/** Resources of another team that its Team shares. */
export interface BorrowedShare {
  readonly from: Namespace;
  readonly resources: readonly ResourcePattern[];
  /** The only grants that may use them; null: every grant and statement that the borrower may write. */
  readonly grants: AllowedGrants | null;
  readonly origin: Origin;
}

/** What the platform team lets one namespace do. */
export interface TeamFence {
  readonly kind: "fence";
  readonly namespace: Namespace;
  /** Names of AwsAccounts; null: all. */
  readonly accounts: readonly string[] | null;
  readonly functions: readonly NamePattern[];
  readonly resources: readonly ResourcePattern[];
  /** null: every grant and verb. */
  readonly grants: AllowedGrants | null;
  /** Statements in IAM syntax, policy documents and callers as statements are allowed. */
  readonly statements: boolean;
  /** Names of boundaries that its roles may have besides the account's default. */
  readonly boundaries: readonly string[];
  readonly limits: Partial<Limits>;
  /** Name of a GuardrailProfile; null: those that select the namespace. */
  readonly profile: string | null;
  /** Names of the operator's alert routes that get the namespace's alerts as well. */
  readonly alerts: readonly string[];
  /** The references that its manifests may name, as `stack.orders-*`; empty: none. */
  readonly references: readonly NamePattern[];
  /** Of other teams' resources. Sorted by owner. */
  readonly borrowed: readonly BorrowedShare[];
  readonly origin: Origin;
}

/** A Team with an error: it allows nothing, since its fence is unknown. */
interface BrokenTeam {
  readonly kind: "broken";
  readonly namespace: Namespace;
  readonly origin: Origin;
}

export type DesiredTeam = TeamFence | BrokenTeam;

/** Whether namespaces need a Team. */
export type Tenancy =
  /** There is no Team: every namespace may do what the guard rules allow. */
  | { readonly kind: "open" }
  /** There is a Team: a namespace without one may do nothing. */
  | { readonly kind: "closed" }
  /** A file of the platform has errors, and may declare a Team: as if it did. */
  | { readonly kind: "unknown"; readonly origin: Origin };
