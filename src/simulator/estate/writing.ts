import type { Input } from "../contract.ts";
import { DEFAULT_BUS } from "../eventbridge/state.ts";
import { publish } from "../lambda/functions/functions.ts";
import { lambdaOperations } from "../lambda/operations.ts";
import { emptyLambda, type FunctionState, type LambdaState } from "../lambda/state.ts";
import {
  accountOf,
  addFunction,
  addPolicy,
  addRole,
  SEEDED_AT,
  seedingCall,
  type WorldState,
} from "../world.ts";
import {
  arnOfFunction,
  arnOfRole,
  type FunctionDraft,
  type PolicyDraft,
  type RoleDraft,
  type Site,
  type EstateStatement,
} from "./draft.ts";

const ALIAS = "live";
const OTHER_BUS = "acme-orders";

/** Adds the roles of the functions, once each. */
export function writeRoles(world: WorldState, site: Site, functions: readonly FunctionDraft[]): void {
  const roles = functions.flatMap(({ role, formerRole }) => [
    role,
    ...(formerRole === undefined ? [] : [formerRole]),
  ]);
  for (const role of new Set(roles)) writeRole(world, site, role);
}

function writeRole(world: WorldState, { accountId }: Site, role: RoleDraft): void {
  const inline = Object.entries(role.inline).map(([name, statements]) => [name, documentOf(statements)]);
  addRole(world, {
    accountId,
    name: role.name,
    path: role.path,
    trust: documentOf(role.trust),
    inline: Object.fromEntries(inline) as Readonly<Record<string, string>>,
    attached: role.attached,
    tags: role.tags,
    ...(role.boundaryArn !== undefined && { boundaryArn: role.boundaryArn }),
  });
}

export function writePolicy(
  world: WorldState,
  { accountId }: Site,
  { name, path, statements }: PolicyDraft,
): void {
  addPolicy(world, { accountId, name, path, document: documentOf(statements) });
}

/** Adds a function with its versions, callers and triggers; its roles have to be in the world. */
export function writeFunction(world: WorldState, site: Site, draft: FunctionDraft): void {
  const { accountId, region } = site;
  const found = addFunction(world, {
    accountId,
    region,
    name: draft.name,
    roleArn: arnOfRole(site, draft.formerRole ?? draft.role),
    tags: draft.tags,
    configuration: draft.configuration,
  });
  const lambda = (accountOf(world, accountId).lambda[region] ??= emptyLambda());
  const call = seedingCall(world, site);
  // With the checks of the API, so that no statement exists that AWS would refuse.
  const run = (operation: "AddPermission" | "CreateAlias", input: Input): void =>
    void lambdaOperations[operation]?.(lambda, input, call);
  if (draft.hasAlias) {
    publish(found, {}, call);
    run("CreateAlias", { FunctionName: draft.name, Name: ALIAS, FunctionVersion: "1" });
  }
  finishLatest(found, site, draft);
  const qualifier = draft.hasAlias ? { Qualifier: ALIAS } : {};
  for (const caller of draft.callers)
    run("AddPermission", { FunctionName: draft.name, ...qualifier, ...caller });
  writeTriggers(lambda, { site, draft, found });
}

/** `$LATEST` has the present role, and a replica names its master. */
function finishLatest(found: FunctionState, site: Site, { role, masterArn }: FunctionDraft): void {
  const latest = found.versions["$LATEST"];
  if (latest === undefined) return;
  const master = masterArn === undefined ? {} : { MasterArn: masterArn };
  found.versions["$LATEST"] = { ...latest, Role: arnOfRole(site, role), ...master };
  delete found.pending;
}

function writeTriggers(
  lambda: LambdaState,
  {
    site,
    draft,
    found,
  }: { readonly site: Site; readonly draft: FunctionDraft; readonly found: FunctionState },
): void {
  for (const source of draft.eventSources) {
    lambda.eventSourceMappings.push({
      UUID: site.random.uuid(),
      BatchSize: 10,
      EventSourceArn: source,
      FunctionArn: arnOfFunction(site, draft.name),
      LastModified: SEEDED_AT,
      State: "Enabled",
      StateTransitionReason: "USER_INITIATED",
    });
  }
  if (draft.onFailure === undefined) return;
  found.eventInvokeConfigs["$LATEST"] = {
    LastModified: SEEDED_AT,
    DestinationConfig: { OnSuccess: {}, OnFailure: { Destination: draft.onFailure } },
  };
}

/** Denies GetPolicy of some functions. The account must not have other denials. */
export function writeDenials(world: WorldState, site: Site, functions: readonly FunctionDraft[]): void {
  const denied = functions.filter(({ isPolicyDenied }) => isPolicyDenied);
  if (denied.length === 0) return;
  const resources = denied.flatMap(({ name }) => [
    arnOfFunction(site, name),
    `${arnOfFunction(site, name)}:*`,
  ]);
  accountOf(world, site.accountId).denials = documentOf([
    { Effect: "Deny", Action: "lambda:GetPolicy", Resource: resources },
  ]);
}

/** On the default event bus and on another one; their target is the alias, if the function has one. */
export function writeRules(world: WorldState, site: Site, functions: readonly FunctionDraft[]): void {
  const called = functions.filter(({ ruleName }) => ruleName !== undefined);
  if (called.length === 0) return;
  const account = accountOf(world, site.accountId);
  const buses = ((account.eventBuses ??= {})[site.region] ??= {});
  for (const { name, hasAlias, ruleName = "" } of called) {
    const targets = [`${arnOfFunction(site, name)}${hasAlias ? `:${ALIAS}` : ""}`];
    for (const bus of [DEFAULT_BUS, OTHER_BUS]) (buses[bus] ??= {})[ruleName] = { targets };
  }
}

export function writeStacks(world: WorldState, site: Site, functions: readonly FunctionDraft[]): void {
  const account = accountOf(world, site.accountId);
  const stacks = ((account.stacks ??= {})[site.region] ??= {});
  for (const { stack } of functions) if (stack !== undefined) stacks[stack.name] = structuredClone(stack);
}

function documentOf(statements: readonly EstateStatement[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}
