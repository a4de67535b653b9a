import { conditionKeyName } from "../condition-key-names.ts";
import { lowerCase } from "../lower-case.ts";
import { emptyVariables } from "../match/template.ts";
import { resourceApplies } from "./applies.ts";
import { testHolds } from "./condition.ts";
import type { AttachedPolicy, StatementMatcher } from "./policy.ts";
import type { AccessRequest } from "./request.ts";

/** The service control policies that are attached to one root, unit or account. */
export interface ControlLevel {
  readonly id: string;
  readonly policies: readonly AttachedPolicy[];
}

/** Why a request is denied by service control policies, or may be. */
export interface ControlFinding {
  /** The root, unit or account at which the policies are attached. */
  readonly level: string;
  /** The Deny that applies; null: no statement of the level allows the request. */
  readonly by: { readonly policy: string; readonly sid: string | null } | null;
  /** What the denial depends on, and is not known; null: AWS denies the request. */
  readonly doubt: string | null;
}

/**
 * Every Deny of every level applies, and each level has to allow. The context of the request has what is known: a test of another key
 * leaves the answer open, since AWS may send that key or not. A key that AWS does not send has an empty list of values. If a
 * denial is certain, those that are not do not matter.
 * @see https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html
 */
export function controlFindings(
  request: AccessRequest,
  levels: readonly ControlLevel[],
): readonly ControlFinding[] {
  const found = levels.flatMap((level) => [...denials(request, level), ...missingAllow(request, level)]);
  const certain = found.filter(({ doubt }) => doubt === null);
  return certain.length > 0 ? certain : found;
}

function denials(request: AccessRequest, { id: level, policies }: ControlLevel): readonly ControlFinding[] {
  return policies.flatMap(({ from: policy, policy: { candidates, mayDeny } }) => {
    const found = candidates(lowerCase(request.action)).denies.flatMap((one): readonly ControlFinding[] => {
      const applies = application(one, request);
      if (applies === "no") return [];
      return [{ level, by: { policy, sid: one.statement.sid }, doubt: applies.doubt }];
    });
    return mayDeny === null ? found : [...found, { level, by: { policy, sid: null }, doubt: mayDeny }];
  });
}

function missingAllow(
  request: AccessRequest,
  { id: level, policies }: ControlLevel,
): readonly ControlFinding[] {
  let doubt: string | null = null;
  for (const { policy } of policies) {
    for (const one of policy.candidates(lowerCase(request.action)).allows) {
      const applies = application(one, request);
      if (applies === "no") continue;
      if (applies.doubt === null) return [];
      doubt ??= applies.doubt;
    }
    doubt ??= policy.mayAllow;
  }
  return [{ level, by: null, doubt }];
}

/** `doubt` is what is not known of the request, and would decide; null: the statement applies. */
function application(
  one: StatementMatcher,
  request: AccessRequest,
): "no" | { readonly doubt: string | null } {
  const unknown = unknownKeys(one, request);
  if (unknown === null) return "no";
  const names = [...new Set(unknown)].sort().map(conditionKeyName);
  return { doubt: names.length === 0 ? null : `it depends on ${names.join(" and ")}` };
}

/** IAM replaces none there, and what a NotResource with one selects is not documented. */
const MISPLACED = "a variable outside the name of a resource";

/** null: the statement does not apply, with any values of the keys that are not known. */
function unknownKeys(one: StatementMatcher, request: AccessRequest): readonly string[] | null {
  const { context } = request;
  const unknown: string[] = [];
  const patterns = one.statement.resources?.values ?? [];
  const selects = resourceApplies(one, request);
  if (selects !== true) {
    const variables = emptyVariables(patterns, context);
    if (selects === false && (variables.length === 0 || one.resources?.isNegated === true)) return null;
    unknown.push(...(variables.length === 0 ? [MISPLACED] : variables));
  }
  for (const compiled of one.tests) {
    const { key, values } = compiled.test;
    const variables = emptyVariables(values, context);
    if (!context.has(key)) unknown.push(key);
    else if (variables.length > 0) unknown.push(...variables);
    else if (testHolds(compiled, context) === false) return null;
  }
  return unknown;
}
