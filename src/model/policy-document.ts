/** IAM's policy language as plain JSON data, in the shape in which Grantkeeper writes it. */
export type StringOrList = string | readonly string[];
export type ConditionBlock = Readonly<Record<string, Readonly<Record<string, StringOrList>>>>;
export type PrincipalElement = "*" | Readonly<Record<string, StringOrList>>;

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

/** Which rules of the language a document answers to. */
export type Dialect = "identity" | "trust" | "boundary" | "resource";
