import { lowerCase } from "../lower-case.ts";
import { allowTie, resourceApplies } from "./applies.ts";
import { callerNames } from "./caller.ts";
import { testHolds } from "./condition.ts";
import type { FailedPart, Layer, NearMiss } from "../../model/answers/decision.ts";
import { foundStatement } from "./found-statement.ts";
import type { AttachedPolicy, CompiledPolicy, StatementMatcher } from "./policy.ts";
import type { AccessRequest } from "./request.ts";
import { emptyVariables } from "../match/template.ts";

/**
 * The Allow that comes nearest to the request: first those of the same action, by what else fails (a condition is
 * less than a resource, a resource less than the principal), then those of the same service.
 */
export function nearestStatement(
  layer: Layer,
  policies: readonly AttachedPolicy[],
  request: AccessRequest,
): NearMiss | null {
  const action = lowerCase(request.action);
  const service = action.slice(0, action.indexOf(":") + 1);
  const ofAction = (policy: CompiledPolicy): NearStatements => policy.candidates(action).allows;
  const ofService = (policy: CompiledPolicy): NearStatements => policy.allowsOfService.get(service) ?? [];
  const isOfAction = policies.some(({ policy }) => ofAction(policy).length > 0);
  const best = lightest(policies, isOfAction ? ofAction : ofService, request);
  if (best === null) return null;
  const failed = failedParts(best.one, request, isOfAction);
  return { statement: foundStatement(layer, best.attached, best.one), failed };
}

type NearStatements = readonly StatementMatcher[];

interface Weighed {
  readonly attached: AttachedPolicy;
  readonly one: StatementMatcher;
}

/** The first of those that lack least. */
function lightest(
  policies: readonly AttachedPolicy[],
  near: (policy: CompiledPolicy) => NearStatements,
  request: AccessRequest,
): Weighed | null {
  let best: Weighed | null = null;
  let least = Infinity;
  for (const attached of policies) {
    for (const one of near(attached.policy)) {
      const weight = weightOf(one, request, least);
      if (weight >= least) continue;
      least = weight;
      best = { attached, one };
    }
  }
  return best;
}

const CONDITION_WEIGHT = 1;
const RESOURCE_WEIGHT = 1_000;
const PRINCIPAL_WEIGHT = 1_000_000;

/** How much of the statement fails; anything from `enough` on when it is that much. */
function weightOf(one: StatementMatcher, request: AccessRequest, enough: number): number {
  const { principals } = one.statement;
  let weight = principals !== null && allowTie(principals, request) === null ? PRINCIPAL_WEIGHT : 0;
  if (weight >= enough) return weight;
  if (!resourceApplies(one, request)) weight += RESOURCE_WEIGHT;
  for (const test of one.tests) {
    if (weight >= enough) return weight;
    if (!testHolds(test, request.context)) weight += CONDITION_WEIGHT;
  }
  return weight;
}

function failedParts(
  one: StatementMatcher,
  request: AccessRequest,
  isOfAction: boolean,
): readonly FailedPart[] {
  const { actions, principals, resources } = one.statement;
  const failed: FailedPart[] = [];
  if (!isOfAction) failed.push({ kind: "action", wanted: actions, found: request.action });
  if (principals !== null && allowTie(principals, request) === null)
    failed.push({ kind: "principal", wanted: principals, found: namesOf(request) });
  if (resources !== null && !resourceApplies(one, request)) {
    const empty = emptyVariables(resources.values, request.context);
    failed.push({ kind: "resource", wanted: resources, found: request.resource, emptyVariables: empty });
  }
  const tests = one.tests.filter((test) => !testHolds(test, request.context));
  return [
    ...failed,
    ...tests.map(({ test }): FailedPart => ({
      kind: "condition",
      operator: test.operator,
      key: test.key,
      wanted: test.values,
      found: request.context.get(test.key) ?? [],
      emptyVariables: emptyVariables(test.values, request.context),
    })),
  ];
}

function namesOf({ caller }: AccessRequest): readonly string[] {
  return callerNames(caller).map(([name]) => name);
}
