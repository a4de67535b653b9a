import type { ActionData, ActionFacts, ConditionKeyFacts } from "../../../src/iam/action-data.ts";
import { matchesPattern } from "../../../src/iam/match/wildcard.ts";

interface DrawnAction {
  readonly arns?: readonly string[];
  readonly keys?: readonly string[];
  readonly levels?: readonly string[];
}

/** Action data of a few actions, by AWS's spelling; those without ARNs take only `*`. */
export function actionDataOf(
  actions: Readonly<Record<string, DrawnAction>>,
  keys: Readonly<Record<string, Omit<ConditionKeyFacts, "key">>> = {},
): ActionData {
  const facts = Object.entries(actions).map(([action, drawn]) => factsOf(action, drawn));
  const services = [...new Set(facts.map(({ action }) => action.split(":")[0] ?? ""))].sort();
  const expand = (pattern: string): readonly string[] =>
    facts
      .map(({ action }) => action)
      .filter((action) => matchesPattern(pattern.toLowerCase(), action.toLowerCase()))
      .sort();
  return {
    snapshotDate: "2026-01-31",
    services,
    knowsService: (prefix) => services.includes(prefix.toLowerCase()),
    serviceNames: () => services,
    actionNames: (prefix) => expand(`${prefix}:*`).map((action) => action.split(":")[1] ?? ""),
    find: (action) => facts.find((one) => one.action.toLowerCase() === action.toLowerCase()),
    conditionKey: (key) => {
      const found = keys[key.toLowerCase()];
      return found && { key, ...found };
    },
    expand,
  };
}

function factsOf(action: string, { arns = [], keys = [], levels = ["Read"] }: DrawnAction): ActionFacts {
  return {
    action,
    accessLevels: levels,
    resourceArns: arns,
    wildcardOnly: arns.length === 0,
    conditionKeys: keys,
    resourceTypes: arns.map((arn) => ({ name: arn, arn, required: false, conditionKeys: keys })),
  };
}
