import type { ValuePath } from "../../text/located/value-path.ts";
import type { DocumentContext, NormalDocument, NormalStatement, Selector } from "../document.ts";
import { pairCost, type ComparisonBudget } from "../match/comparison-budget.ts";
import { areSamePrincipals, EVERYTHING, scopeCovers, scopesMeet, type Scope } from "../match/scope.ts";
import { PLAIN_DOLLAR } from "../match/wildcard.ts";
import { readStatement } from "../read/statement.ts";
import type { UncheckedDocument } from "./grammar/unchecked.ts";
import type { CheckedStatement } from "./statement.ts";

/** What a statement that is understood allows or denies. */
export interface StatementScope extends Scope {
  readonly name: string;
  readonly effect: "Allow" | "Deny";
}

export interface OwnScope extends StatementScope {
  readonly steps: ValuePath;
}

/** The same as it was written, for places and wording. */
export interface CheckedScope {
  readonly scope: OwnScope;
  readonly statement: CheckedStatement;
}

export function ownScopes(
  { value, statements }: Pick<UncheckedDocument, "value" | "statements">,
  context: DocumentContext,
): readonly OwnScope[] {
  const version = value["Version"] === "2012-10-17" ? "2012-10-17" : "2008-10-17";
  return statements.flatMap(({ steps, value: element }, at) => {
    const member = readStatement(element, context, version);
    if (member.kind === "opaque" || isEmpty(member.actions) || isEmpty(member.resources)) return [];
    const name = member.sid === null ? `statement ${at + 1}` : `statement ${member.sid}`;
    return [{ ...scopeOf(member, name, version === "2008-10-17"), steps }];
  });
}

/** An empty list breaks the grammar, and has its own finding. */
function isEmpty(selector: Selector | null): boolean {
  return selector !== null && !selector.negated && selector.values.length === 0;
}

export function statementScopesOf(
  { version, members }: NormalDocument,
  from: string,
): readonly StatementScope[] {
  return members.flatMap((member) => {
    if (member.kind === "opaque") return [];
    const name = member.sid === null ? `a statement of ${from}` : `statement ${member.sid} of ${from}`;
    return [scopeOf(member, name, version === "2008-10-17")];
  });
}

/** In a document of 2008 `${` is plain text. */
function scopeOf(statement: NormalStatement, name: string, isPlain: boolean): StatementScope {
  const plain = (values: readonly string[]): readonly string[] =>
    isPlain ? values.map((value) => value.replaceAll("${", PLAIN_DOLLAR)) : values;
  const { effect, principals, actions, resources, conditions } = statement;
  return {
    name,
    effect,
    principals,
    actions,
    resources: resources === null ? EVERYTHING : { ...resources, values: plain(resources.values) },
    conditions: conditions.map((test) => ({ ...test, values: plain(test.values) })),
    isTrust: resources === null,
  };
}

/** True only when every request in `inner` is in `outer` too, named by the same principals. */
export function statementCovers(outer: StatementScope, inner: StatementScope): boolean {
  return (
    outer.effect === inner.effect &&
    areSamePrincipals(outer.principals, inner.principals) &&
    scopeCovers(outer, inner)
  );
}

/** The relations of two statements within a budget: beyond it nothing covers, and everything may meet. */
export function boundedRelations(budget: ComparisonBudget): {
  readonly covers: typeof statementCovers;
  readonly meet: typeof scopesMeet;
} {
  return {
    covers: (outer, inner) => budget.spend(pairCost(outer, inner)) && statementCovers(outer, inner),
    meet: (a, b) => !budget.spend(pairCost(a, b)) || scopesMeet(a, b),
  };
}

/** The same with other actions, or other resources. */
export function withActions<S extends StatementScope>(scope: S, values: readonly string[]): S {
  return { ...scope, actions: { negated: false, values } };
}

export function withResources<S extends StatementScope>(scope: S, values: readonly string[]): S {
  return { ...scope, resources: { negated: false, values } };
}
