import { EVENTS_BOUNDS } from "../bounds/models.ts";
import { bounded } from "../bounds/query.ts";
import { type Call, type Input, type Operation, own, SimulatedError } from "../contract.ts";
import { DEFAULT_BUS, type EventBuses, type RulesByName } from "./state.ts";

const MOST_ON_PAGE = 100;

/** @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListEventBuses.html */
const listEventBuses: Operation<EventBuses> = (buses, input, call) => {
  const prefix = textOf(input["NamePrefix"]) ?? "";
  const names = [...new Set([DEFAULT_BUS, ...Object.keys(buses)])].sort();
  const { items, next } = pageOf(
    names.filter((name) => name.startsWith(prefix)),
    input,
  );
  return { EventBuses: items.map((name) => ({ Name: name, Arn: `${busArns(call)}${name}` })), ...next };
};

/** @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListRuleNamesByTarget.html */
const listRuleNamesByTarget: Operation<EventBuses> = (buses, input, call) => {
  const target = input["TargetArn"] as string;
  const rules = rulesOf(buses, textOf(input["EventBusName"]) ?? DEFAULT_BUS, call);
  const found = Object.entries(rules).flatMap(([name, { targets }]) =>
    targets.includes(target) ? [name] : [],
  );
  const { items, next } = pageOf(found.sort(), input);
  return { RuleNames: items, ...next };
};

/** @param nameOrArn of a bus; one of another account or region is not in this world */
function rulesOf(buses: EventBuses, nameOrArn: string, call: Call): RulesByName {
  const arns = busArns(call);
  const name = nameOrArn.startsWith(arns) ? nameOrArn.slice(arns.length) : nameOrArn;
  const rules = own(buses, name) ?? (name === DEFAULT_BUS ? {} : undefined);
  if (rules !== undefined) return rules;
  throw new SimulatedError("ResourceNotFoundException", `Event bus ${nameOrArn} does not exist.`, 400);
}

function busArns({ partition, region, accountId }: Call): string {
  return `arn:${partition}:events:${region}:${accountId}:event-bus/`;
}

function pageOf(names: readonly string[], input: Input) {
  const size = Number(input["Limit"] ?? MOST_ON_PAGE);
  const from = startOf(textOf(input["NextToken"]));
  const end = from + size;
  const next = end < names.length ? { NextToken: Buffer.from(`from:${end}`).toString("base64") } : {};
  return { items: names.slice(from, end), next };
}

function startOf(token: string | undefined): number {
  if (token === undefined) return 0;
  const [, start] = /^from:(\d+)$/.exec(Buffer.from(token, "base64").toString("utf8")) ?? [];
  if (start === undefined) throw new SimulatedError("InvalidToken", "NextToken is not valid.", 400);
  return Number(start);
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

export const eventBridgeOperations: Readonly<Record<string, Operation<EventBuses>>> = bounded(
  EVENTS_BOUNDS,
  { ListEventBuses: listEventBuses, ListRuleNamesByTarget: listRuleNamesByTarget },
  "ValidationException",
);
