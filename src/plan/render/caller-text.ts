import { isDangling } from "../../iam/read/principal.ts";
import { arnParts, hasArnParts } from "../../model/aws/arn.ts";
import { principalOf } from "../../model/aws/principal.ts";
import { namesOf } from "../../iam/match/reach.ts";
import { testsOf } from "../../iam/row-text.ts";
import type { ConditionTest } from "../../model/aws/policy-document.ts";
import type { NameSet, RowCondition } from "../../model/delta.ts";
import { resourceText, type Home, isAnyone, testText } from "./words.ts";

interface CallerParts {
  /** `caller sns`, `assumed by account`. */
  readonly what: string;
  /** The same without the verb: `sns`, `account`. */
  readonly name: string;
  /** `topic/returned in account 999999999999`, `organization o-a1b2c3d4e5`. */
  readonly on: string;
  readonly details: readonly string[];
}

/** Tests whose values are enough to describe them. */
const NAMING: ReadonlySet<string> = new Set([
  "StringEquals",
  "StringLike",
  "ArnEquals",
  "ArnLike",
  "ForAnyValue:StringEquals",
  "ForAnyValue:StringLike",
]);

/** How the value of a key is shown. A test of another key, or by another operator, is shown as it is written. */
const SOURCES: Readonly<Record<string, (value: string, home: Home) => string>> = {
  "aws:sourcearn": (value, home) => resourceText(value, home),
  "aws:sourceaccount": (value) => `account ${value}`,
  "aws:sourceorgid": (value) => `organization ${value}`,
  "aws:principalorgid": (value) => `organization ${value}`,
};

/** The caller and its source, exactly as in the statement, so that two callers never look alike. */
export function callerParts(principal: NameSet, condition: RowCondition, home: Home): CallerParts {
  const { name, on, details } = namedParts(principal, condition, home);
  const isService = principal.kind === "one" && principalOf(principal.name).type === "Service";
  const isOpenService = isService && condition.kind === "none";
  return {
    what: `caller ${name}`,
    name,
    on: [...on, ...(isOpenService ? ["any source"] : [])].join(", "),
    details,
  };
}

/** The principal that may assume a role by its trust policy. It does not call the function. */
export function assumerParts(principal: NameSet, condition: RowCondition, home: Home): CallerParts {
  const { name, on, details } = namedParts(principal, condition, home);
  return { what: `assumed by ${name}`, name, on: on.join(", "), details };
}

interface NamedParts {
  readonly name: string;
  readonly on: readonly string[];
  readonly details: readonly string[];
}

function namedParts(principal: NameSet, condition: RowCondition, home: Home): NamedParts {
  const tests = testsOf(condition);
  const naming = tests.filter((test) => NAMING.has(test.operator) && SOURCES[test.key] !== undefined);
  const sources = naming.flatMap((test) => sourceTexts(test, naming, home));
  const who = principalParts(principal, home);
  const others = tests.filter((test) => !naming.includes(test));
  return { name: who.name, on: [...who.on, ...sources], details: others.map(testText) };
}

/**
 * If the ARN of a source is known, the function's own account adds nothing. Without an ARN, it means that any source in
 * the account may call.
 */
function sourceTexts(test: ConditionTest, all: readonly ConditionTest[], home: Home): readonly string[] {
  const toText = SOURCES[test.key];
  if (toText === undefined) return [];
  const hasArn = all.some(({ key }) => key === "aws:sourcearn");
  const values = test.values.filter(
    (value) => !(test.key === "aws:sourceaccount" && hasArn && value === home.accountId),
  );
  const texts = values.map((value) => toText(value, home));
  if (test.values.length === 0) return ["no source"];
  return texts.length > 1 ? [texts.join(" or ")] : texts;
}

function principalParts(
  principal: NameSet,
  home: Home,
): { readonly name: string; readonly on: readonly string[] } {
  if (isAnyone(principal)) return { name: "anyone", on: [] };
  const [name = ""] = namesOf(principal);
  if (principal.kind !== "one") {
    const others = namesOf(principal).map((one) => principalOf(one).value);
    return { name: "anyone", on: [`but ${others.join(", ")}`] };
  }
  const { type, value } = principalOf(name);
  if (type === "Service") return { name: value.replace(/\.amazonaws\.com(\.cn)?$/, ""), on: [] };
  const { service, accountId, resource } = arnParts(value);
  if (service === "iam" && resource === "root" && /^\d{12}$/.test(accountId))
    return { name: "account", on: [accountId] };
  if (isDangling(name)) return { name: "deleted principal", on: [value] };
  if (type === "AWS")
    return {
      name: hasArnParts(value) ? service.toUpperCase() : "principal",
      on: [resourceText(value, { ...home, region: null })],
    };
  return { name: type?.toLowerCase() ?? "principal", on: [value] };
}
