import type { NameSet } from "../../delta.ts";
import type { Key } from "../../keys/key.ts";
import type { UnknownFunctions } from "./who-can.ts";

/**
 * How a permission exists, never mixed: `effective` in AWS as declared, `removed` in AWS and no longer in Git, where the last
 * applied revision had it, `undeclared` in AWS alone, `pending` in Git and not in effect, `unknown` declared, and not observed in
 * AWS: it was not read, or no pass has compared what Git declares now.
 */
export type EdgeState = "effective" | "removed" | "undeclared" | "pending" | "unknown";

/** The same words in the command line and on the page. */
export const REMOVED_TEXT = "no longer in Git";

export interface MapNode {
  /** The key of a function; an ARN, a pattern or a principal as the policy has it. */
  readonly id: string;
  readonly kind: "function" | "caller" | "resource";
  /** `orders/orders-api@prod/eu-west-1`, `table/orders in eu-west-1, account 111122223333`, `anyone`. */
  readonly label: string;
  /** The label without the account and region of a resource: `table/orders`. */
  readonly name: string;
  /** null: no function that the caller sees. */
  readonly key: Key | null;
  /** An ARN or a pattern of ARNs; null: the node is a principal, or the ARN is not known. */
  readonly arn: string | null;
}

/** From who acts to what it acts on. */
export interface MapEdge {
  readonly from: string;
  readonly to: string;
  /** `dynamodb read, write`, `caller sns`. */
  readonly what: string;
  /** What it is on, as the screens of the function have it: `table/orders, indexes`. */
  readonly on: string;
  /** Its actions, if `what` only counts them, and its further conditions. */
  readonly details: readonly string[];
  readonly state: EdgeState;
  /** As the policy has them. */
  readonly actions: readonly NameSet[];
  /** Of a caller that is a principal: its accounts. Empty: it is a service, or the edge is no caller. */
  readonly accounts: "any" | readonly string[];
}

/** Who may call which functions, and what these may do. */
export interface AccessMap {
  /** Sorted by id. */
  readonly nodes: readonly MapNode[];
  /** Sorted. */
  readonly edges: readonly MapEdge[];
  /** What the map does not show, by reason; the reason with the most functions comes first. */
  readonly unknown: readonly UnknownFunctions[];
}
