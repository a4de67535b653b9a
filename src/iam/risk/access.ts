import { ANYONE, principalOf } from "../../model/aws/principal.ts";
import { arnParts } from "../../model/aws/arn.ts";
import type { ConditionTest } from "../../model/aws/policy-document.ts";
import type { DocumentContext, Member, NormalStatement } from "../document.ts";
import { findOperator, operatorParts } from "../operators.ts";
import { isDangling } from "../read/principal.ts";

/** How far a statement of a resource policy opens a function. `takeover`: others may do more than call it. */
export type Danger = "public" | "takeover" | "no-source" | "foreign-account" | "none";

const ORDER: readonly Danger[] = ["none", "foreign-account", "no-source", "takeover", "public"];

/** What may be removed immediately when it appears; people decide about the others. */
export function isOpen(danger: Danger): boolean {
  return danger === "public" || danger === "takeover";
}

const INVOKING: ReadonlySet<string> = new Set(["lambda:invokefunction", "lambda:invokefunctionurl"]);

/** Keys that tie a call to an organization, an account, a source or a shared token. */
const SOURCE_KEYS: ReadonlySet<string> = new Set([
  "aws:sourcearn",
  "aws:sourceaccount",
  "aws:sourceorgid",
  "aws:sourceorgpaths",
  "lambda:eventsourcetoken",
]);
const CALLER_KEYS: ReadonlySet<string> = new Set([
  "aws:principalorgid",
  "aws:principalorgpaths",
  "aws:principalaccount",
  "aws:principalarn",
]);
/** No manifest names our organization. */
const ORGANIZATION_KEYS: ReadonlySet<string> = new Set(["aws:principalorgid", "aws:principalorgpaths"]);

/**
 * The worst that a statement of a resource policy lets in: everyone, a service on behalf of anyone,
 * another account or an organization. `none` for Deny and for what is not understood, which the caller reports as unknown.
 */
export function memberDanger(member: Member, context: DocumentContext): Danger {
  if (member.kind === "opaque" || member.effect === "Deny") return "none";
  if (member.principals === null) return "none";
  if (hasOpenUrl(member) || member.principals.negated) return "public";
  const found = member.principals.values.map((principal) => principalDanger(principal, member, context));
  return found.reduce(
    (worst, danger) => (ORDER.indexOf(danger) > ORDER.indexOf(worst) ? danger : worst),
    "none",
  );
}

/** Anything but calling: who may change the code has the role. */
function reachesBeyondCalls({ actions }: NormalStatement): boolean {
  return actions.negated || actions.values.some((action) => !INVOKING.has(action));
}

function hasOpenUrl(statement: NormalStatement): boolean {
  return statement.conditions.some(
    (test) =>
      test.key === "lambda:functionurlauthtype" && isBindingTest(test) && test.values.includes("NONE"),
  );
}

function principalDanger(principal: string, statement: NormalStatement, context: DocumentContext): Danger {
  const danger = callerDanger(principal, statement, context);
  return danger === "foreign-account" && reachesBeyondCalls(statement) ? "takeover" : danger;
}

function callerDanger(principal: string, { conditions }: NormalStatement, context: DocumentContext): Danger {
  const binding = conditions.filter(isBindingTest);
  const bySource = binding.filter((test) => SOURCE_KEYS.has(test.key));
  const byCaller = binding.filter((test) => CALLER_KEYS.has(test.key));
  if (principal === ANYONE) {
    const ties = [...bySource, ...byCaller];
    if (ties.length === 0) return "public";
    return ties.every((test) => ORGANIZATION_KEYS.has(test.key))
      ? "foreign-account"
      : foreignTies(ties, context);
  }
  const { type, value } = principalOf(principal);
  if (type === "Service") {
    return bySource.length === 0 ? "no-source" : foreignTies(bySource, context);
  }
  if (isDangling(principal)) return "none";
  return arnParts(value).accountId === context.accountId ? "none" : "foreign-account";
}

/** Foreign when one of the ties names accounts and none of ours is the only one that it names. */
function foreignTies(ties: readonly ConditionTest[], context: DocumentContext): Danger {
  const accounts = ties.map((test) => test.values.map((value) => accountOf(test.key, value)));
  const named = accounts.filter((values) => values.every((value) => value !== undefined));
  const ours = named.some((values) => values.every((value) => value === context.accountId));
  return named.length === 0 || ours ? "none" : "foreign-account";
}

function accountOf(key: string, value: string): string | undefined {
  const account = key.endsWith("account") ? value : key.endsWith("arn") ? arnParts(value).accountId : "";
  return account === "" ? undefined : account;
}

/** A test that fails where the key is absent, on a value that is not any value. */
export function isBindingTest(test: ConditionTest): boolean {
  const operator = findOperator(test.operator);
  const { quantifier, suffix } = operatorParts(test.operator);
  if (operator === undefined || operator.negated || quantifier === "ForAllValues:" || suffix !== "")
    return false;
  if (operator.type !== "string" && operator.type !== "arn") return false;
  return !operator.pattern || !test.values.some(isAnyValue);
}

/** `*`, or an ARN that leaves both account and resource open; a bucket's has no account. */
function isAnyValue(pattern: string): boolean {
  if (!/[*?]/.test(pattern)) return false;
  if (/^[*?]*$/.test(pattern)) return true;
  // A path inside one organization.
  if (/^o-[a-z0-9]+\//.test(pattern)) return false;
  const { accountId, resource } = arnParts(pattern);
  return (accountId === "" || /[*?]/.test(accountId)) && /^[*?]/.test(`${resource}*`);
}
