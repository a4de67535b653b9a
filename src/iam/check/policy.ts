import { formatPath } from "../../text/located/value-path.ts";
import type { ActionData } from "../action-data.ts";
import type { NormalDocument } from "../document.ts";
import { ComparisonBudget } from "../match/comparison-budget.ts";
import { inTextOrder, type PolicyFinding } from "../finding.ts";
import type { GrammarContext, UncheckedDocument } from "./grammar/unchecked.ts";
import { doubtfulConditions } from "./conditions/doubtful.ts";
import { deadParts } from "./dead.ts";
import { flaw, type Flaw } from "./flaw.ts";
import {
  statementScopesOf,
  ownScopes,
  type CheckedScope,
  type StatementScope,
  type OwnScope,
  statementCovers,
} from "./statement-scope.ts";
import { redundantParts, repeatedMembers } from "./redundant.ts";
import { wrongResourceTypes } from "./resource-types.ts";
import { sizeFlaws } from "./sizes.ts";
import { checkedStatements, type CheckedStatement, type LocatedString } from "./statement.ts";
import { unknownNames } from "./unknown.ts";
import { wildcards } from "./wildcards.ts";
import type { ConditionTest } from "../../model/aws/policy-document.ts";
import { areSamePrincipals, scopesMeet } from "../match/scope.ts";
import { unknownKey } from "./names.ts";

export interface NamedDocument {
  readonly name: string;
  readonly document: NormalDocument;
}

/** What a document is checked against. */
export interface CheckSetting {
  readonly context: GrammarContext;
  readonly data: ActionData;
  readonly boundary: NamedDocument | null;
  /** The other policies of the same role. */
  readonly attached: readonly NamedDocument[];
}

/**
 * What is wrong or doubtful of a document beyond its grammar, in the order of the text. Sound: what is reported to have no
 * effect has none, and what is reported as covered is; what can't be decided is not reported.
 */
export function checkPolicy(document: UncheckedDocument, setting: CheckSetting): readonly PolicyFinding[] {
  const { context, data } = setting;
  const statements = checkedStatements(document);
  const flaws = [
    ...sizeFlaws(document.text, context.dialect, context.isManaged),
    ...unknownNames(statements, data),
    ...brokenVariables(document, statements, data),
    ...(context.dialect === "boundary" ? [] : wildcards(statements, data)),
    ...doubtfulConditions(statements, data),
    ...(isTooMuch(statements) ? [TOO_MUCH] : comparedFlaws(document, statements, setting)),
  ];
  return inTextOrder(
    withoutRepetition(flaws).map(({ rule, severity, reason, fix, ...at }) => {
      return { rule, severity, ...document.place(at), reason, fix, aws: null };
    }),
  );
}

/** A name that AWS does not have is reported once, not also as dead or redundant. */
function withoutRepetition(flaws: readonly Flaw[]): readonly Flaw[] {
  const unknown = new Set(
    flaws.filter(({ rule }) => rule === "ACT-003").map(({ steps }) => formatPath(steps)),
  );
  return flaws.filter(
    ({ rule, steps }) => !/^(RED|BND|DEN|ACT-004)/.test(rule) || !unknown.has(formatPath(steps)),
  );
}

/** More than fits any quota; comparing costs the square. */
const MAX_STATEMENTS = 400;
const MAX_MEMBERS = 1_000;

function isTooMuch(statements: readonly CheckedStatement[]): boolean {
  const members = statements.map(({ actions, resources }) => actions.length + resources.length);
  return statements.length > MAX_STATEMENTS || members.reduce((sum, count) => sum + count, 0) > MAX_MEMBERS;
}

const TOO_MUCH = flaw({
  rule: "RED-001",
  severity: "note",
  steps: [],
  reason: `more than ${MAX_STATEMENTS} statements or ${MAX_MEMBERS} actions and resources: they are not compared with each other`,
  fix: null,
});

const PARTLY_COMPARED = flaw({
  rule: "RED-001",
  severity: "note",
  steps: [],
  reason: "the policies are too large to compare in full: parts without effect may be missing here",
  fix: null,
});

function comparedFlaws(
  document: UncheckedDocument,
  statements: readonly CheckedStatement[],
  { context, data, boundary, attached }: CheckSetting,
): readonly Flaw[] {
  const own = ownScopes(document, context).map((scope) => ({
    scope,
    statement: writtenOf(scope, statements),
  }));
  const attachedScopes = attached.flatMap((one) => statementScopesOf(one.document, one.name));
  const redundancy = new ComparisonBudget();
  const surroundings = {
    all: [...own.map(({ scope }) => scope), ...attachedScopes],
    boundary:
      boundary === null || boundary.document.opaque
        ? null
        : statementScopesOf(boundary.document, boundary.name),
    budget: new ComparisonBudget(),
  };
  const dead = own.map(({ scope, statement }) => ({
    statement,
    ...deadParts(scope, statement, surroundings),
  }));
  const living = dead.flatMap(({ rest, statement }) => (rest === null ? [] : [{ scope: rest, statement }]));
  const ended = living.map((one) => ({ one, end: outlived(one, others(one, living, attachedScopes)) }));
  const lasting = ended.flatMap(({ one, end }) => (end === undefined ? [one] : []));
  return [
    ...wrongResourceTypes(statements, data),
    ...dead.flatMap(({ flaws }) => flaws),
    ...ended.flatMap(({ end }) => (end === undefined ? [] : [end])),
    ...repeatedMembers(statements),
    ...redundantParts(lasting, attachedScopes, redundancy),
    ...(surroundings.budget.isExhausted || redundancy.isExhausted ? [PARTLY_COMPARED] : []),
    ...(boundary?.document.opaque === true ? [notUnderstood(boundary.name)] : []),
  ];
}

function writtenOf({ steps }: OwnScope, statements: readonly CheckedStatement[]): CheckedStatement {
  const found = statements.find((statement) => statement.steps === steps);
  if (found === undefined) throw new Error("a statement that is understood is an object");
  return found;
}

function others(
  one: CheckedScope,
  living: readonly CheckedScope[],
  attachedScopes: readonly StatementScope[],
): readonly StatementScope[] {
  return [...living.filter((other) => other !== one).map(({ scope }) => scope), ...attachedScopes];
}

function notUnderstood(boundary: string): Flaw {
  const reason = `${boundary} is not understood completely: its limits are not checked`;
  return flaw({ rule: "BND-002", severity: "note", steps: [], reason, fix: null });
}

const TIME_KEYS: ReadonlySet<string> = new Set(["aws:currenttime", "aws:epochtime"]);

/** The test by which AWS ends a statement, as `until` compiles to. */
function isEnd({ operator, key }: Pick<ConditionTest, "operator" | "key">): boolean {
  return TIME_KEYS.has(key.toLowerCase()) && /^(Date|Numeric)LessThan(Equals)?$/.test(operator);
}

/** EXP-101: an Allow that ends, while another one without end allows the same or some of it. */
function outlived({ scope, statement }: CheckedScope, others: readonly StatementScope[]): Flaw | undefined {
  const end = statement.tests.find(isEnd);
  if (scope.effect === "Deny" || end === undefined) return undefined;
  const withoutEnd = others.filter((other) => outlives(other, scope));
  const covering = withoutEnd.find((other) => statementCovers(other, scope));
  const other = covering ?? withoutEnd[0];
  if (other === undefined) return undefined;
  const reason =
    covering === undefined
      ? `${other.name} may allow some of it without end`
      : `${other.name} allows the same without end: nothing ends here`;
  return flaw({
    rule: "EXP-101",
    severity: "warning",
    steps: end.steps,
    at: "name",
    reason,
    fix: "end the other one too, or take this out of it",
  });
}

function outlives(other: StatementScope, scope: StatementScope): boolean {
  if (other.effect === "Deny" || other.conditions.some(isEnd)) return false;
  const conditions = scope.conditions.filter((test) => !isEnd(test));
  return areSamePrincipals(other.principals, scope.principals) && scopesMeet(other, { ...scope, conditions });
}

/** Stand for themselves: `${*}`, `${?}`, `${$}`. */
const CHARACTERS: ReadonlySet<string> = new Set(["*", "?", "$"]);

/**
 * Policy variables that are not closed, or that no request has a value for: what holds one matches nothing.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
function brokenVariables(
  { value }: UncheckedDocument,
  statements: readonly CheckedStatement[],
  data: ActionData,
): readonly Flaw[] {
  if (value["Version"] !== "2012-10-17") return [];
  return statements
    .flatMap(({ resources, tests }) => [...resources, ...tests.flatMap(({ values }) => values)])
    .filter(({ text }) => text.includes("${"))
    .flatMap((value) => variableFlaws(value, data));
}

function variableFlaws({ text, steps }: LocatedString, data: ActionData): readonly Flaw[] {
  // oxlint-disable-next-line grantkeeper/no-parsed-sentence -- a value of a policy
  return text
    .split("${")
    .slice(1)
    .flatMap((after) => {
      const end = after.indexOf("}");
      if (end === -1) {
        const reason = `a variable of "${text}" is not closed`;
        return [flaw({ rule: "GRM-002", severity: "warning", steps, reason, fix: 'close it with "}"' })];
      }
      const [name = ""] = after.slice(0, end).split(",");
      if (CHARACTERS.has(name)) return [];
      const unknown = unknownKey(name.trim(), null, data);
      if (unknown === undefined && name.includes(":")) return [];
      const reason = `no request has a value for the variable \${${name}}`;
      const fix = unknown?.fix ?? "name a condition key, such as ${aws:PrincipalTag/team}";
      return [flaw({ rule: "ACT-003", severity: "error", steps, reason, fix })];
    });
}
