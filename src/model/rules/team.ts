import type { Namespace } from "../aws/ids.ts";
import type { Origin } from "../values/origin.ts";
import type { Limits } from "./limits.ts";

/** One name, or all names with a prefix (`orders-*`). */
export type NamePattern =
  { readonly kind: "exact"; readonly name: string } | { readonly kind: "prefix"; readonly prefix: string };

/** As in the manifest. */
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

/** By grant, its verbs. */
export type AllowedGrants = Readonly<Record<string, readonly string[]>>;

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
  /** A file of the platform that cannot be read may declare Teams: as if it did. */
  | { readonly kind: "unknown"; readonly origin: Origin };
