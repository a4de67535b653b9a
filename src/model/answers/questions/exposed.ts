import type { Key } from "../../keys/key.ts";
import type { UnknownFunctions } from "./who-can.ts";

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
export interface Exposed {
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
