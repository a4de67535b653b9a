/** IAM's policy language as plain JSON data, in the shape that Grantkeeper writes. */
export type StringOrList = string | readonly string[];
export type ConditionBlock = Readonly<Record<string, Readonly<Record<string, StringOrList>>>>;
export type PrincipalElement = "*" | Readonly<Record<string, StringOrList>>;

/** One test of a condition block: all tests of a statement must hold, one of `values` must match. */
export interface ConditionTest {
  /** Exact, with its modifiers: `ForAllValues:StringLikeIfExists`. */
  readonly operator: string;
  /** Lower-case. */
  readonly key: string;
  readonly values: readonly string[];
}

export interface Statement {
  readonly Sid?: string;
  readonly Effect: "Allow" | "Deny";
  readonly Principal?: PrincipalElement;
  readonly NotPrincipal?: PrincipalElement;
  readonly Action?: StringOrList;
  readonly NotAction?: StringOrList;
  readonly Resource?: StringOrList;
  readonly NotResource?: StringOrList;
  readonly Condition?: ConditionBlock;
}

/** The rules of the language that apply to a document. */
export type Dialect = "identity" | "trust" | "boundary" | "resource";
