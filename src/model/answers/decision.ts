import type { Origin } from "../values/origin.ts";

/** The kind of policy that contains a statement, or that did not allow. */
export type Layer = "identity" | "boundary" | "session" | "resource";

export interface FoundStatement {
  readonly layer: Layer;
  /** `inline grantkeeper`, an attached policy's ARN … */
  readonly from: string;
  readonly sid: string | null;
  readonly origin: Origin | null;
  /** As it was read. */
  readonly source: Readonly<Record<string, unknown>>;
}

/** A list of values of one element of a policy, or (`negated`) everything except them. */
interface DecisionValues {
  readonly negated: boolean;
  readonly values: readonly string[];
}

/** The part of a statement that does not match the request. `wanted` as in the normal form. */
export type FailedPart =
  | { readonly kind: "action"; readonly wanted: DecisionValues; readonly found: string }
  | { readonly kind: "principal"; readonly wanted: DecisionValues; readonly found: readonly string[] }
  | {
      readonly kind: "resource";
      readonly wanted: DecisionValues;
      readonly found: string;
      /** Keys that a variable refers to and the request does not have. */
      readonly emptyVariables: readonly string[];
    }
  | {
      readonly kind: "condition";
      readonly operator: string;
      readonly key: string;
      readonly wanted: readonly string[];
      /** Empty if the request does not have the key. */
      readonly found: readonly string[];
      readonly emptyVariables: readonly string[];
    };

/** An Allow that nearly matches. */
export interface NearMiss {
  readonly statement: FoundStatement;
  /** All parts that failed; never empty. */
  readonly failed: readonly FailedPart[];
}

export type Denial =
  | { readonly kind: "denied"; readonly cause: "explicit"; readonly by: FoundStatement }
  | {
      readonly kind: "denied";
      readonly cause: "implicit";
      /** The first layer that had to allow and did not. */
      readonly layer: Layer;
      /** null if no Allow of that layer is about the action's service. */
      readonly nearest: NearMiss | null;
    };

export type Decision =
  /** `by`: one statement for each layer that had to allow. Empty for an account's root, which needs none. */
  | { readonly kind: "allowed"; readonly by: readonly FoundStatement[] }
  | Denial
  /** The decision depends on a part that cannot be evaluated or was not given. */
  | { readonly kind: "unknown"; readonly reason: string };
