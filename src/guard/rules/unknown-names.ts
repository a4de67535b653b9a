import type { ActionData } from "../../iam/action-data.ts";
import { nearestName } from "../../iam/nearest.ts";
import { expandAction } from "../../iam/wildcard.ts";
import type { CompiledStatement } from "../../model/desired.ts";
import type { Statement } from "../../model/policy-document.ts";
import { globalKeys, isGlobalKey } from "./global-keys.ts";
import type { Breach } from "./rule.ts";
import { breachOf, isWholeService, isWrittenByPeople, listed, someOf } from "./written.ts";

interface Unknown {
  readonly why: string;
  readonly mend: string;
}

/** ACT-003: an action, a service or a condition key of an action that AWS does not have: it grants or denies nothing. */
export function unknownNames(statements: readonly CompiledStatement[], data: ActionData): readonly Breach[] {
  return statements.filter(isWrittenByPeople).flatMap((compiled) => {
    const { statement } = compiled;
    const actions = [...listed(statement.Action), ...listed(statement.NotAction)];
    const unknown = actions.flatMap((action) => unknownAction(action, data));
    return [...unknown, ...unknownKeys(statement, data)].map((found) => breachOf("ACT-003", compiled, found));
  });
}

function unknownAction(action: string, data: ActionData): readonly Unknown[] {
  const [service = "", name = ""] = action.split(":");
  if (/[*?]/.test(service)) return [];
  const dated = `(AWS's action data of ${data.snapshotDate})`;
  if (!data.knowsService(service)) {
    return [
      { why: `there is no service "${service}" ${dated}`, mend: "use AWS's prefix, such as s3 or dynamodb" },
    ];
  }
  if (isWholeService(action)) return [];
  if (/[*?]/.test(name)) {
    if (expandAction(action, data).length > 0) return [];
    return [{ why: `"${action}" matches no action ${dated}`, mend: "name the actions that the code calls" }];
  }
  if (data.find(action) !== undefined) return [];
  const meant = nearestName(name, data.actionNames(service));
  const mend = meant === undefined ? `use an action of ${service}` : `write "${service}:${meant}"`;
  return [{ why: `there is no action "${action}" ${dated}`, mend }];
}

function unknownKeys(statement: Statement, data: ActionData): readonly Unknown[] {
  const keys = Object.values(statement.Condition ?? {}).flatMap((block) => Object.keys(block));
  return [...new Set(keys)].sort().flatMap((key) => unknownKey(key, statement, data));
}

function unknownKey(key: string, statement: Statement, data: ActionData): readonly Unknown[] {
  const lower = key.toLowerCase();
  if (isGlobalKey(lower)) return [];
  const without = listed(statement.Action).filter((action) => lacksKey(action, lower, data));
  if (without.length === 0 && (statement.Action !== undefined || !lower.startsWith("aws:"))) return [];
  const meant = nearestName(lower, [...globalKeys(), ...publishedKeys(statement, data)]);
  const why =
    without.length === 0
      ? `there is no condition key "${key}"`
      : `a request of ${someOf(without)} has no condition key "${key}" (AWS's action data of ${data.snapshotDate})`;
  return [
    {
      why,
      mend:
        meant === undefined ? "use a key that the action has, or a statement of its own" : `write "${meant}"`,
    },
  ];
}

/** False for what is not known at all: that is told already. */
function lacksKey(action: string, key: string, data: ActionData): boolean {
  const facts = factsOf(action, data);
  return facts.length > 0 && !facts.some((keys) => keys.some((published) => isSameKey(published, key)));
}

function publishedKeys(statement: Statement, data: ActionData): readonly string[] {
  return listed(statement.Action).flatMap((action) => factsOf(action, data).flat());
}

/** The condition keys of each action that the pattern names. */
function factsOf(action: string, data: ActionData): readonly (readonly string[])[] {
  const names = /[*?]/.test(action) ? expandAction(action, data) : [action];
  return names.flatMap((name) => {
    const found = data.find(name);
    return found === undefined ? [] : [found.conditionKeys];
  });
}

/** Published keys with a variable part: `s3:existingobjecttag/<key>`, `kms:encryptioncontext:${…}`. */
function isSameKey(published: string, key: string): boolean {
  const at = published.search(/[<$]/);
  return at === -1 ? published === key : key.startsWith(published.slice(0, at)) && key.length > at;
}
