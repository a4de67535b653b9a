import type { NameSet, RowCondition } from "../delta.ts";
import type { DriftRisk } from "../drift.ts";

/** The place where a permission is declared, or the AWS object that contains it. */
export type LinePlace =
  | { readonly kind: "line"; readonly file: string; readonly line: number }
  /** The place in the last applied manifest. */
  | { readonly kind: "former-line"; readonly file: string; readonly line: number }
  /** Every function has it. */
  | { readonly kind: "always" }
  /** `arn` is null for an inline policy. */
  | { readonly kind: "policy"; readonly name: string; readonly arn: string | null }
  | { readonly kind: "boundary"; readonly name: string }
  /** A statement of the function's policy that Git declares. */
  | { readonly kind: "declared-statement"; readonly sid: string | null }
  | { readonly kind: "statement"; readonly sid: string | null }
  /** The role's trust policy. */
  | { readonly kind: "trust" };

/**
 * One permission of a function, one of its callers, or one principal that may assume its role, as screens show it. The API
 * has texts, as the record writes them, where a stage has names and conditions.
 */
export interface PermissionLine<Names = string, Condition = string> {
  /** `unknown`: not read, or it cannot be parsed. */
  readonly kind:
    "permission" | "denial" | "caller" | "caller-denial" | "assumer" | "assumer-denial" | "unknown";
  /** `dynamodb read, write`, `sqs:SendMessage`, `all actions`, `caller sns`. */
  readonly what: string;
  /** The kind of the caller or assumer that `what` names: `sns`, `account`. Missing: it names none. */
  readonly caller?: string;
  /** `table/orders, indexes`, `all resources`, `topic/returned in account 999999999999`. */
  readonly on: string;
  /** Further conditions, one text each: `if aws:SourceVpc StringEquals vpc-123`, `until 2026-12-31`; the reason is last. */
  readonly details: readonly string[];
  readonly principal: Names | null;
  /** As in the document, at most `MAX_LISTED`. */
  readonly actions: readonly Names[];
  readonly resources: readonly Names[];
  /** The number of actions and resources that are left out of the two lists. */
  readonly more: number;
  /** Of the API: the condition block as canonical JSON; "" for none. */
  readonly condition: Condition;
  readonly place: LinePlace;
  /** The danger if it is not declared, as drift has it. Missing: none. */
  readonly risk?: DriftRisk;
}

/** A line as the stages compute it. */
export type TypedLine = PermissionLine<NameSet, RowCondition>;

/** The maximum number of listed actions and of listed resources of one line. */
export const MAX_LISTED = 50;
