import { isBindingTest } from "../../../iam/risk/access.ts";
import { findOperator } from "../../../iam/operators.ts";
import { arnParts, hasArnParts, sessionInArn } from "../../../model/aws/arn.ts";
import { principalOf } from "../../../model/aws/principal.ts";
import { isPlainAccount } from "../account-ties.ts";
import type { ReadCaller } from "../../context/role-checks.ts";
import type { BreachText } from "./callers.ts";

/** BND-003: a session as the principal. IAM does not apply the boundary of its role to what the function's policy allows. */
export function sessionAsCaller({ normal }: ReadCaller): BreachText | null {
  if (normal === null || normal.effect === "Deny" || normal.principals?.negated !== false) return null;
  const session = normal.principals.values
    .map(principalOf)
    .find(({ type, value }) => type === "AWS" && isSession(value))?.value;
  if (session === undefined) return null;
  const breach = { why: `${session} is a session: no boundary limits it`, part: "Principal" };
  const found = sessionInArn(session);
  if (found === null) return { ...breach, fix: "name the role or the account that calls" };
  const { partition, accountId, role } = found;
  return { ...breach, fix: `name the role, with its path: arn:${partition}:iam::${accountId}:role/${role}` };
}

function isSession(principal: string): boolean {
  const { service, resource } = arnParts(principal);
  return service === "sts" && /^(assumed-role|federated-user)\//.test(resource);
}

/**
 * INV-005: a source whose name is a pattern. It counts in full if the pattern leaves the account open and nothing else
 * names it: then a source of any account may call.
 */
export function openCallerSource({ normal }: ReadCaller): (BreachText & { readonly isFull: boolean }) | null {
  if (normal === null || normal.effect === "Deny") return null;
  const tests = normal.conditions.filter(isBindingTest);
  const patterns = tests
    .filter(({ key, operator }) => key === "aws:sourcearn" && findOperator(operator)?.pattern === true)
    .flatMap(({ values }) => values)
    .filter((value) => !isExactArn(value));
  if (patterns.length === 0) return null;
  const namesAccount = tests.some(
    ({ key, values }) => key === "aws:sourceaccount" && values.every(isPlainAccount),
  );
  const crossing = namesAccount ? undefined : patterns.find(leavesAccountOpen);
  if (crossing !== undefined) {
    const why = `the source "${crossing}" matches resources of other accounts`;
    return { why, fix: "write the account in the ARN, or add aws:SourceAccount", isFull: true };
  }
  const open = patterns.find(hasOpenName);
  if (open === undefined) return null;
  const why = `the source "${open}" matches more than one resource`;
  return { why, fix: "name the resource that calls", part: "aws:SourceArn", isFull: false };
}

/** Nearly every source: a complete ARN without a wildcard or a variable. */
function isExactArn(value: string): boolean {
  return hasArnParts(value) && !/[*?$]/.test(value);
}

/** By service: the name, and what AWS adds to it. */
const PART_OF_ARN: ReadonlyMap<string, RegExp> = new Map([
  ["logs", /^(log-group:[^:]+):\*$/],
  ["secretsmanager", /^(secret:.+)-\?{6}$/],
]);

function leavesAccountOpen(pattern: string): boolean {
  return !hasArnParts(pattern) || /[*?$]/.test(arnParts(pattern).accountId);
}

/**
 * The text after the name of an API or a log group is a part of it: a stage and route, or its streams. The end of a
 * secret's ARN is chosen by AWS.
 */
function hasOpenName(pattern: string): boolean {
  const { service, region, resource } = arnParts(pattern);
  if (/[*?]/.test(service + region)) return true;
  if (service === "execute-api") return /[*?]/.test(resource.split("/")[0] ?? "");
  const part = PART_OF_ARN.get(service);
  return /[*?]/.test(part === undefined ? resource : resource.replace(part, "$1"));
}
