import type { ConditionTest, Dialect } from "../model/aws/policy-document.ts";

/** Whose document it is: account ids and root ARNs are the same principal only inside one partition. */
export interface DocumentContext {
  readonly dialect: Dialect;
  readonly partition: string;
  readonly accountId: string;
}

export function isSameContext(a: DocumentContext, b: DocumentContext): boolean {
  return a.dialect === b.dialect && a.partition === b.partition && a.accountId === b.accountId;
}

/** A list of values of one element, or (`negated`) everything but them. Sorted, each once. */
export interface Selector {
  readonly negated: boolean;
  readonly values: readonly string[];
}

export interface NormalStatement {
  readonly kind: "statement";
  readonly sid: string | null;
  readonly effect: "Allow" | "Deny";
  /** `AWS arn:…`, `Service lambda.amazonaws.com`, `*`; null where the dialect has none. */
  readonly principals: Selector | null;
  /** Lower-case. */
  readonly actions: Selector;
  /** null in trust policies. */
  readonly resources: Selector | null;
  readonly conditions: readonly ConditionTest[];
  /** Canonical text of all but the Sid: equal text, equal statement. */
  readonly structure: string;
  /** As it was read; `writtenStatement` makes of it what goes back to AWS. */
  readonly source: Readonly<Record<string, unknown>>;
}

export type PrincipalFault = "unexpected" | "missing";

/** A statement that is not understood: it is kept and compared as it is, never rewritten. */
export interface OpaqueStatement {
  readonly kind: "opaque";
  readonly sid: string | null;
  readonly reason: string;
  /** How its Principal shows that it belongs to another kind of policy; null if it does not. */
  readonly principal: PrincipalFault | null;
  /** Canonical JSON of the statement. */
  readonly text: string;
  /** The Effect that it states exactly. null: it may allow or deny anything. */
  readonly effect: "Allow" | "Deny" | null;
  /** Sorts with the structures of understood statements, and equals none of them. */
  readonly structure: string;
}

export type Member = NormalStatement | OpaqueStatement;

export interface NormalDocument {
  /** Without Version a document is of 2008, where `${…}` is plain text. */
  readonly version: "2008-10-17" | "2012-10-17";
  readonly id: string | null;
  /** Sorted by structure, then Sid; each once. */
  readonly members: readonly Member[];
  /** True when a member is opaque. */
  readonly opaque: boolean;
}

export type ParsedDocument =
  | { readonly kind: "parsed"; readonly document: NormalDocument }
  | { readonly kind: "unreadable"; readonly reason: string };
