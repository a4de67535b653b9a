import type {
  ConditionTest,
  DocumentContext,
  NormalDocument,
  NormalStatement,
  Selector,
} from "../document.ts";
import { testsWeight, weight, type Effort } from "../compare/rows/comparison-budget.ts";
import { conditionsImply } from "../match/implication.ts";
import { ACTIONS, RESOURCES, selectorCovers, selectorsMeet } from "../match/selector.ts";
import { readStatement } from "../read/statement.ts";
import type { Steps } from "./grammar/fault.ts";
import type { WrittenDocument } from "./grammar/written.ts";
import { PLAIN_DOLLAR } from "../match/wildcard.ts";
import type { CheckedStatement } from "./statement.ts";

/** A statement that is understood, in the form in which two of them are compared. */
export interface Grant {
  readonly name: string;
  readonly effect: "Allow" | "Deny";
  readonly principals: Selector | null;
  /** Lower-case. */
  readonly actions: Selector;
  /** Everything where the dialect has none. */
  readonly resources: Selector;
  readonly conditions: readonly ConditionTest[];
}

/** A statement of the document that is checked. */
export interface OwnGrant extends Grant {
  readonly steps: Steps;
}

/** The same as it was written, for places and wording. */
export interface CheckedGrant {
  readonly grant: OwnGrant;
  readonly written: CheckedStatement;
}

const EVERYTHING: Selector = { negated: false, values: ["*"] };

export function ownGrants(
  { value, statements }: Pick<WrittenDocument, "value" | "statements">,
  context: DocumentContext,
): readonly OwnGrant[] {
  const version = value["Version"] === "2012-10-17" ? "2012-10-17" : "2008-10-17";
  return statements.flatMap(({ steps, value: written }, at) => {
    const member = readStatement(written, context, version);
    if (member.kind === "opaque" || isEmpty(member.actions) || isEmpty(member.resources)) return [];
    const name = member.sid === null ? `statement ${at + 1}` : `statement ${member.sid}`;
    return [{ ...grantOf(member, name, version === "2008-10-17"), steps }];
  });
}

/** An empty list is no grammar, and told as such. */
function isEmpty(selector: Selector | null): boolean {
  return selector !== null && !selector.negated && selector.values.length === 0;
}

export function grantsOf({ version, members }: NormalDocument, from: string): readonly Grant[] {
  return members.flatMap((member) => {
    if (member.kind === "opaque") return [];
    const name = member.sid === null ? `a statement of ${from}` : `statement ${member.sid} of ${from}`;
    return [grantOf(member, name, version === "2008-10-17")];
  });
}

/** In a document of 2008 `${` is plain text. */
function grantOf(statement: NormalStatement, name: string, isPlain: boolean): Grant {
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
  };
}

/** True only when every request that `inner` speaks of `outer` speaks of too. */
export function grantCovers(outer: Grant, inner: Grant): boolean {
  return (
    outer.effect === inner.effect &&
    speakOfSamePrincipals(outer, inner) &&
    selectorCovers(outer.actions, inner.actions, ACTIONS) &&
    selectorCovers(outer.resources, inner.resources, RESOURCES) &&
    conditionsImply(inner.conditions, outer.conditions)
  );
}

/** False only when no request is of the actions and resources of both. */
export function grantsMeet(a: Grant, b: Grant): boolean {
  return selectorsMeet(a.actions, b.actions, ACTIONS) && selectorsMeet(a.resources, b.resources, RESOURCES);
}

/** The same as far as there is effort: beyond, nothing covers, and everything may meet. */
export function boundedRelations(effort: Effort): {
  readonly covers: typeof grantCovers;
  readonly meet: typeof grantsMeet;
} {
  const isTooMuch = (a: Grant, b: Grant): boolean =>
    !effort.take(
      weight(a.actions.values) * weight(b.actions.values) +
        weight(a.resources.values) * weight(b.resources.values) +
        testsWeight(a.conditions) * testsWeight(b.conditions),
    );
  return {
    covers: (outer, inner) => !isTooMuch(outer, inner) && grantCovers(outer, inner),
    meet: (a, b) => isTooMuch(a, b) || grantsMeet(a, b),
  };
}

export function speakOfSamePrincipals(a: Grant, b: Grant): boolean {
  return JSON.stringify(a.principals) === JSON.stringify(b.principals);
}

/** The same with other actions, or other resources. */
export function withActions<G extends Grant>(grant: G, values: readonly string[]): G {
  return { ...grant, actions: { negated: false, values } };
}

export function withResources<G extends Grant>(grant: G, values: readonly string[]): G {
  return { ...grant, resources: { negated: false, values } };
}
