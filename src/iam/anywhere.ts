import { arnAnywhere, type OwnPlace } from "../model/aws/arn.ts";
import { principalName, principalOf } from "../model/aws/principal.ts";
import type { NameSet, PermissionRow, RowCondition } from "../model/delta.ts";
import type { Finding } from "../model/finding.ts";
import { keyParts, type Key } from "../model/keys/key.ts";
import { isObject, parsedJson, stableText } from "../text/json-values.ts";
import { conditionText, namesText, readCondition, readNames } from "./row-text.ts";

// Values that are equal for accounts and regions, if they differ only in the account and the region that they are seen from.

type NameOf = (name: string) => string;

export function placeOfKey(key: Key): OwnPlace {
  const parts = keyParts(key);
  return { accountId: parts.accountId, region: parts.kind === "function" ? parts.region : null };
}

export function rowAnywhere(row: PermissionRow, place: OwnPlace): readonly unknown[] {
  const { effect, principal, action, resource, condition } = row;
  const nameOf: NameOf = (name) => arnAnywhere(name, place);
  return [
    effect,
    principal && namesAnywhere(principal, (name) => principalAnywhere(name, nameOf)),
    action,
    namesAnywhere(resource, nameOf),
    conditionAnywhere(condition, nameOf),
  ];
}

/** What breaks the rule, with the names in it: the same part of a manifest has other names where a variable has another value. */
export function evidenceAnywhere({ key, evidence }: Pick<Finding, "key" | "evidence">): string {
  const place = placeOfKey(key);
  return stableText(valueAnywhere(parsedJson(evidence) ?? evidence, (name) => arnAnywhere(name, place)));
}

function valueAnywhere(value: unknown, nameOf: NameOf): unknown {
  if (typeof value === "string") return textAnywhere(value, nameOf);
  if (Array.isArray(value)) return value.map((one) => valueAnywhere(one, nameOf));
  if (!isObject(value)) return value;
  // The ids of statements are digests of their names.
  const members = Object.entries(value).filter(([name]) => !/^sid$/i.test(name));
  return Object.fromEntries(members.map(([name, one]) => [name, valueAnywhere(one, nameOf)]));
}

/** Of rows, the evidence has the names and conditions as texts. */
function textAnywhere(text: string, nameOf: NameOf): string {
  const condition = readCondition(text);
  if (condition.kind === "tests") return conditionText(conditionAnywhere(condition, nameOf));
  return namesText(namesAnywhere(readNames(text), nameOf));
}

function namesAnywhere(set: NameSet, nameOf: NameOf): NameSet {
  if (set.kind === "one") return { kind: "one", name: nameOf(set.name) };
  return set.kind === "any-of" || set.kind === "all-but"
    ? { kind: set.kind, names: set.names.map(nameOf) }
    : set;
}

function principalAnywhere(name: string, nameOf: NameOf): string {
  const { type, value } = principalOf(name);
  return type === null ? nameOf(value) : principalName(type, nameOf(value));
}

function conditionAnywhere(condition: RowCondition, nameOf: NameOf): RowCondition {
  if (condition.kind !== "tests") return condition;
  return {
    kind: "tests",
    tests: condition.tests.map((one) => ({ ...one, values: one.values.map(nameOf) })),
  };
}
