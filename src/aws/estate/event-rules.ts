import { known, type Estate, type EstatePart, type EventRules } from "../../adopt/estate/estate.ts";
import { ruleTargets } from "../../adopt/estate/event-rules.ts";
import type { Region } from "../../model/aws/ids.ts";
import { completeListing, nextOfLambda } from "../observe/pages.ts";
import { needed } from "../observe/project-role.ts";
import type { AccountReader } from "../observe/reader.ts";
import { inParallel } from "../requests/in-parallel.ts";
import { estatePart } from "./estate-part.ts";

const WIDTH = 4;
const PAGE_SIZE = 100;
const DEFAULT_BUS = "default";
const BUSES = "events:ListEventBuses";
const RULES = "events:ListRuleNamesByTarget";

/**
 * Lists the rules of each event bus of the region that have a function as a target, for functions that let rules call them
 * by a pattern. If the first call is denied, no other one is made. Buses of other accounts are in no listing of this one.
 * @throws AwsError if the observer's role cannot be assumed
 * @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListRuleNamesByTarget.html
 */
export async function readEventRules(
  reader: AccountReader,
  estate: Pick<Estate, "account" | "functions" | "region">,
): Promise<EstatePart<EventRules>> {
  const [first, ...others] = ruleTargets(estate);
  if (first === undefined) return known(new Map());
  const { region } = estate;
  const buses = await estatePart(() => listBuses(reader, region));
  if (buses.kind === "unknown") return buses;
  const rulesOf = (target: string) =>
    estatePart(() => listRules(reader, { region, target, buses: buses.value }));
  const tried = await rulesOf(first);
  if (tried.kind === "unknown" && tried.why === "denied") return tried;
  const read = await inParallel(others, WIDTH, async (target) => [target, await rulesOf(target)] as const);
  return known(new Map([[first, tried], ...read]));
}

async function listBuses(reader: AccountReader, region: Region): Promise<readonly string[]> {
  // Only what asks for rules loads this client.
  const { ListEventBusesCommand } = await import("@aws-sdk/client-eventbridge");
  return completeListing(BUSES, async (NextToken) => {
    const input = { Limit: PAGE_SIZE, ...(NextToken !== undefined && { NextToken }) };
    const answer = await reader.inRegion(BUSES, ListEventBusesCommand, { region, input });
    const found = needed(answer.EventBuses, BUSES, "EventBuses");
    return {
      items: found.map(({ Name }) => needed(Name, BUSES, "Name")),
      next: nextOfLambda(answer.NextToken),
    };
  });
}

interface RuleListing {
  readonly region: Region;
  readonly target: string;
  readonly buses: readonly string[];
}

/** Of all buses: the target is unread if one of them is. */
async function listRules(
  reader: AccountReader,
  { region, target, buses }: RuleListing,
): Promise<readonly string[]> {
  const { partition, id } = reader.account;
  const arns: string[] = [];
  for (const bus of buses) {
    const path = bus === DEFAULT_BUS ? "" : `${bus}/`;
    for (const name of await rulesOnBus(reader, { region, target, bus }))
      arns.push(`arn:${partition}:events:${region}:${id}:rule/${path}${name}`);
  }
  return arns.sort();
}

async function rulesOnBus(
  reader: AccountReader,
  { region, target, bus }: Omit<RuleListing, "buses"> & { readonly bus: string },
): Promise<readonly string[]> {
  const { ListRuleNamesByTargetCommand } = await import("@aws-sdk/client-eventbridge");
  return completeListing(RULES, async (NextToken) => {
    const input = {
      TargetArn: target,
      EventBusName: bus,
      Limit: PAGE_SIZE,
      ...(NextToken !== undefined && { NextToken }),
    };
    const answer = await reader.inRegion(RULES, ListRuleNamesByTargetCommand, { region, input });
    return { items: needed(answer.RuleNames, RULES, "RuleNames"), next: nextOfLambda(answer.NextToken) };
  });
}
