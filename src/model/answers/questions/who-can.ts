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
