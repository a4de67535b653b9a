import { doubtfulConditions } from "../../iam/check/conditions/doubtful.ts";
import { deadParts } from "../../iam/check/dead.ts";
import type { Comparer } from "../../iam/compare/comparer.ts";
import type { Flaw } from "../../iam/check/flaw.ts";
import { statementScopesOf, ownScopes, type StatementScope } from "../../iam/check/statement-scope.ts";
import { wrongResourceTypes } from "../../iam/check/resource-types.ts";
import { checkedStatements } from "../../iam/check/statement.ts";
import { unknownNames } from "../../iam/check/unknown.ts";
import { isUntouched, type UntouchedActions } from "../../iam/match/untouched-actions.ts";
import { wildcards } from "../../iam/check/wildcards.ts";
import { ComparisonBudget } from "../../iam/match/comparison-budget.ts";
import { formatPath } from "../../text/located/value-path.ts";
import { grantedNames } from "../../model/rules/team.ts";
import type { CompiledDocument, CompiledStatement, DesiredBinding } from "../../model/desired.ts";
import { type GuardContext, attachedDocument, attachedFacts, judgedContext } from "./context.ts";
import { boundaryTexts } from "./known-boundary.ts";
import type { CheckedPart, OtherDocuments } from "./role-checks.ts";

/**
 * BND-002 and DEN-001: parts of the role's own document without effect, because of its attached policies or of every
 * known document of its boundary. If there are two (declared and live), either of them may be the effective one.
 */
export function deadInRole(binding: DesiredBinding, context: GuardContext): readonly CheckedPart[] {
  const { attachments, inline } = binding.role;
  const touched = context.index.shared.touchedStatements(binding, () => touchedStatements(binding, context));
  if (touched.length === 0) return [];
  const others = {
    attached: attachments.flatMap((each) => attachedDocument(each, context)).map(({ text }) => text),
    boundaries: boundaryTexts(binding, context),
  };
  return context.roleChecks.dead.partsOf(inline, { data: context.actionData, ...others }, () =>
    deadIn(binding, { ...others, touched }, context.comparer).flatMap((flaw) => partOf(flaw, inline)),
  );
}

/**
 * The statements that must be compared with the boundary and the denials part by part. Of the others nothing can be dead,
 * as for nearly every role: to compare all takes a third of judging (npm run bench). One boundary of two is enough, since
 * only what is dead under both is reported.
 */
function touchedStatements(binding: DesiredBinding, context: GuardContext): readonly CompiledStatement[] {
  const { inline, attachments } = binding.role;
  if (inline.statements.some(deniesAlways)) return inline.statements;
  const attached: UntouchedActions[] = [];
  for (const each of attachments) {
    const facts = attachedFacts(each, binding, context);
    if (facts !== null) attached.push(facts.untouched);
  }
  const boundaries = boundaryDocuments(binding, context);
  const untouchedBy =
    boundaries.length === 0 ? [attached] : boundaries.map((boundary) => [boundary, ...attached]);
  return inline.statements.filter(({ statement }) => !untouchedBy.some((all) => isUntouched(statement, all)));
}

function deniesAlways({ statement: { Effect, Condition } }: CompiledStatement): boolean {
  if (Effect !== "Deny") return false;
  return Object.values(Condition ?? {}).every((keys) => Object.keys(keys).length === 0);
}

function boundaryDocuments(binding: DesiredBinding, context: GuardContext): readonly UntouchedActions[] {
  const { comparer, index } = context;
  return boundaryTexts(binding, context).map((text) =>
    index.shared.revision.boundary(text, () => understood(text, binding, comparer)),
  );
}

/** Authored as an IAM statement, not expanded from a grant. */
export function isAuthored({ source }: CompiledStatement): boolean {
  return source.kind === "statement";
}

/** Names, conditions and wildcards in authored statements. Parts that AWS does not have are reported only by ACT-003. */
export function doubtful(
  document: CompiledDocument,
  { actionData, roleChecks }: GuardContext,
): readonly CheckedPart[] {
  if (!document.statements.some(isAuthored)) return [];
  const alone = { data: actionData, attached: [], boundaries: [] };
  return roleChecks.doubtful.partsOf(document, alone, () => {
    const all = checkedStatements(uncheckedDocument(document));
    const own = all.filter((_, at) => document.statements[at]?.source.kind === "statement");
    const unknown = new Set(unknownNames(own, actionData).map(({ steps }) => formatPath(steps)));
    const types = wrongResourceTypes(own, actionData).filter(({ steps }) => !unknown.has(formatPath(steps)));
    const flaws = [...wildcards(own, actionData), ...doubtfulConditions(own, actionData), ...types];
    return flaws.flatMap((flaw) => partOf(flaw, document));
  });
}

function deadIn(
  binding: DesiredBinding,
  { attached, boundaries, touched }: OtherDocuments & { readonly touched: readonly CompiledStatement[] },
  comparer: Comparer,
): readonly Flaw[] {
  const document = uncheckedDocument(binding.role.inline);
  const statements = checkedStatements(document);
  const own = ownScopes(document, judgedContext(binding));
  const all = [...own, ...attached.flatMap((text) => readScopes(text, binding, comparer))];
  const limits = boundaries.map((text) => understood(text, binding, comparer));
  const runs = (limits.length === 0 ? [null] : limits).map((boundary) => {
    const budget = new ComparisonBudget();
    return own.flatMap((scope) => {
      const at = statements.findIndex(({ steps }) => steps === scope.steps);
      const [place, compiled] = [statements[at], binding.role.inline.statements[at]];
      if (place === undefined || compiled === undefined || !touched.includes(compiled)) return [];
      const named = { ...place, name: nameOf(compiled) };
      return deadParts(scope, named, { all, boundary, budget }).flaws;
    });
  });
  const isCertain = (flaw: Flaw): boolean => runs.every((run) => run.some((other) => isSame(other, flaw)));
  return runs.slice(0, 1).flat().filter(isCertain);
}

/** As the author knows it: a grant, or the implicit permissions for logs. */
function nameOf({ source }: CompiledStatement): string {
  if (source.kind === "statement") return "this statement";
  return source.kind === "grant"
    ? `${source.grant} ${grantedNames(source).join(", ")}`
    : `the implicit permissions for ${source.grant}`;
}

function isSame(a: Flaw, b: Flaw): boolean {
  return a.rule === b.rule && formatPath(a.steps) === formatPath(b.steps);
}

function readScopes(text: string, binding: DesiredBinding, comparer: Comparer): readonly StatementScope[] {
  const parsed = comparer.parse(text, judgedContext(binding));
  return parsed.kind === "unreadable" ? [] : statementScopesOf(parsed.document, "another policy of the role");
}

/** null if the document cannot be parsed completely: the excluded parts are unknown. */
function understood(
  text: string,
  binding: DesiredBinding,
  comparer: Comparer,
): readonly StatementScope[] | null {
  const parsed = comparer.parse(text, { ...judgedContext(binding), dialect: "boundary" });
  return parsed.kind === "unreadable" || parsed.document.opaque
    ? null
    : statementScopesOf(parsed.document, "the boundary");
}

function uncheckedDocument({ statements }: CompiledDocument): Parameters<typeof ownScopes>[0] {
  return {
    value: { Version: "2012-10-17" },
    statements: statements.map(({ statement }, at) => ({ steps: ["Statement", at], value: statement })),
  };
}

function partOf(
  { rule, severity, steps, reason, fix }: Flaw,
  { statements }: CompiledDocument,
): readonly CheckedPart[] {
  const [, at, ...inStatement] = steps;
  const [element, place] = inStatement;
  const compiled = typeof at === "number" ? statements[at] : undefined;
  return compiled === undefined
    ? []
    : [
        {
          rule,
          severity,
          reason,
          fix,
          compiled,
          part: formatPath(inStatement),
          resourceAt: element === "Resource" && typeof place === "number" ? place : null,
          isOfEntireStatement: inStatement.length === 0,
        },
      ];
}
