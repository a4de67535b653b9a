import type { FoundStatement } from "../decision.ts";
import type { Key } from "../../keys/key.ts";
import type { AccessAnswer } from "../why.ts";

type Conclusion = AccessAnswer["kind"];

/** A function that AWS or Git allows to do what was asked. */
export interface AllowedFunction {
  /** `orders/orders-api@prod/eu-west-1`; without a manifest `function orders-api@prod/eu-west-1`. */
  readonly target: string;
  /** null: no manifest declares it. */
  readonly key: Key | null;
  /** By the last read of the role that $LATEST runs on. */
  readonly live: Conclusion | "not-deployed";
  readonly git: Conclusion | "not-declared";
  /** ARN; null: it was not read. */
  readonly role: string | null;
  /** ISO 8601; null: AWS was not read. */
  readonly readAt: string | null;
  /** The statements that allow it, in AWS if they do so there, else in Git. */
  readonly by: readonly FoundStatement[];
  /** Why there is no conclusion for AWS; null: there is one. */
  readonly doubt: string | null;
}

/** Functions about which there is no conclusion, for one reason. */
export interface UnknownFunctions {
  readonly reason: string;
  /** Sorted. */
  readonly targets: readonly string[];
}

/** Which functions can carry out an action on a resource. */
export interface WhoCan {
  readonly action: string;
  readonly resource: string;
  readonly context: Readonly<Record<string, readonly string[]>>;
  /** ISO 8601. */
  readonly askedAt: string;
  /** Those that AWS allows come first, then by target. */
  readonly allowed: readonly AllowedFunction[];
  /** The reason with the most functions comes first. */
  readonly unknown: readonly UnknownFunctions[];
  /** How many functions are denied, in AWS and by Git. */
  readonly denied: number;
  /** Where functions may exist that were not asked, one sentence each. */
  readonly unread: readonly string[];
}

/**
 * Whom a statement lets in from outside the account, the worst first.
 *
 * - `public`: everyone
 * - `takeover`: another account or an organization, which may do more than call the function
 * - `no-source`: a service of AWS on behalf of anyone, because no source is named
 * - `foreign-account`: another account or an organization
 */
export const OUTSIDERS = ["public", "takeover", "no-source", "foreign-account"] as const;
export type Outsider = (typeof OUTSIDERS)[number];

/** A statement of a function's policies that lets outsiders in. */
export interface ExposingStatement {
  readonly outsider: Outsider;
  /** The alias or version that it is about; null: the function itself. */
  readonly qualifier: string | null;
  readonly sid: string | null;
  /** As screens word it: `anyone can invoke`, `caller account`. */
  readonly what: string;
  readonly on: string;
  readonly details: readonly string[];
  /** The line of the manifest that declares it; null: Git does not declare it, or cannot be read. */
  readonly declaredAt: { readonly file: string; readonly line: number } | null;
}

export interface ExposedFunction {
  /** `orders/orders-api@prod/eu-west-1`; without a manifest `function orders-api@prod/eu-west-1`. */
  readonly target: string;
  /** null: no manifest declares it. */
  readonly key: Key | null;
  /** ISO 8601: its policies are as old as this read. */
  readonly readAt: string;
  /** The worst first. */
  readonly statements: readonly ExposingStatement[];
}

/** The functions that outsiders may call, by the last read of their policies. */
export interface ExposedFunctions {
  /** ISO 8601. */
  readonly askedAt: string;
  /** The worst first, then by target. */
  readonly functions: readonly ExposedFunction[];
  /** How many functions no statement that was read exposes. */
  readonly closed: number;
  /** ISO 8601: the oldest read of the policies of all of them; null: none was read. */
  readonly oldestReadAt: string | null;
  /** Functions whose policies were not read completely, by reason. One that is exposed may be among them too. */
  readonly unknown: readonly UnknownFunctions[];
  /** Where functions may exist that were not looked at, one sentence each. */
  readonly unread: readonly string[];
}
