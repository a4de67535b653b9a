import { actionNameOf } from "../../model/aws/action-name.ts";
import type { ActionData } from "../action-data.ts";
import { factsOf } from "../action-facts.ts";
import { nearestName } from "../../text/nearest-name.ts";
import { someOf } from "../../text/phrases.ts";
import { isEntireService } from "../match/wildcard.ts";
import { conditionKeyName } from "../condition-key-names.ts";
import { globalKeys, isGlobalKey } from "./global-keys.ts";

export interface UnknownName {
  readonly why: string;
  readonly fix: string;
}

/** An action or a service that AWS does not have; undefined when it has it, or when the service is a pattern. */
export function unknownAction(action: string, data: ActionData): UnknownName | undefined {
  const { service, name } = actionNameOf(action);
  if (action === "*" || /[*?]/.test(service)) return undefined;
  const dated = datedText(data);
  if (!data.knowsService(service)) {
    const meant = nearestName(service, data.serviceNames());
    const fix = meant === undefined ? "use AWS's prefix, such as s3 or dynamodb" : `write "${meant}:${name}"`;
    return { why: `there is no service "${service}" ${dated}`, fix };
  }
  if (isEntireService(action)) return undefined;
  if (/[*?]/.test(name)) {
    if (factsOf(action, data).length > 0) return undefined;
    return { why: `"${action}" matches no action ${dated}`, fix: "name the actions that the code calls" };
  }
  if (data.find(action) !== undefined) return undefined;
  const meant = nearestName(name, data.actionNames(service));
  const fix = meant === undefined ? `use an action of ${service}` : `write "${service}:${meant}"`;
  return { why: `there is no action "${action}" ${dated}`, fix };
}

export function datedText({ snapshotDate }: ActionData): string {
  return `(AWS's action data of ${snapshotDate})`;
}

/** A key that no request of these actions has; `actions` is null where they are everything but a list. */
export function unknownKey(
  key: string,
  actions: readonly string[] | null,
  data: ActionData,
): UnknownName | undefined {
  const lower = key.toLowerCase();
  if (isGlobalKey(lower)) return undefined;
  const without = (actions ?? []).filter((action) => lacksKey(action, lower, data));
  if (without.length === 0 && (actions !== null || !lower.startsWith("aws:"))) return undefined;
  const meant = nearestName(lower, [...globalKeys(), ...publishedKeys(actions ?? [], data)]);
  const why =
    without.length === 0
      ? `there is no condition key "${key}"`
      : `a request of ${someOf(without)} has no condition key "${key}" ${datedText(data)}`;
  const fix =
    meant === undefined
      ? "use a key that the action has, or a statement of its own"
      : `write "${conditionKeyName(meant)}"`;
  return { why, fix };
}

/** False for an action that is not known at all: that has its own finding. */
function lacksKey(action: string, key: string, data: ActionData): boolean {
  const facts = factsOf(action, data);
  const hasKey = facts.some((one) => one.conditionKeys.some((published) => isSameKey(published, key)));
  return facts.length > 0 && !hasKey;
}

function publishedKeys(actions: readonly string[], data: ActionData): readonly string[] {
  const facts = actions.flatMap((action) => factsOf(action, data));
  return [...new Set(facts.flatMap(({ conditionKeys }) => conditionKeys))];
}

/** Published keys with a variable part: `s3:existingobjecttag/<key>`, `kms:encryptioncontext:${…}`. */
function isSameKey(published: string, key: string): boolean {
  const at = published.search(/[<$]/);
  return at === -1 ? published === key : key.startsWith(published.slice(0, at)) && key.length > at;
}
