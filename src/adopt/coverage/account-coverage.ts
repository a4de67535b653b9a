import type { Region } from "../../model/aws/ids.ts";
import type { AccountCoverage, FunctionCoverage } from "../../model/answers/coverage.ts";
import { liveFunction, type LiveAccount, type LiveFunction, type LiveRegion } from "../../model/live.ts";
import { keyParts } from "../../model/keys/key.ts";
import type { Steps } from "../../model/values/steps.ts";
import { byTextOf } from "../../text/order.ts";
import { deployerOf } from "../deployer/deployer.ts";
import { notCalled, tagsOf } from "../estate/estate.ts";
import { roleByArn } from "../estate/role-users.ts";
import { coveragePlaceName, type CoverageInputs, type DeclaredFunction } from "./coverage-inputs.ts";
import { functionRisks } from "./function-risks.ts";
import { functionState } from "./function-state.ts";

/** Every live function of an account, with a pause after each. */
export function* accountCoverage(inputs: CoverageInputs): Steps<AccountCoverage> {
  const { account, live, declared } = inputs;
  const users = latestUsers(live);
  const functions: FunctionCoverage[] = [];
  for (const [region, at] of live.regions) {
    if (at.kind !== "read") continue;
    for (const found of at.functions.values()) {
      if (at.unread?.has(found.name) === true) continue;
      functions.push(coverageOf(found, { region, users, inputs }));
      yield;
    }
  }
  for (const one of declared.values()) functions.push(...unreadFunction(one, live));
  inputs.documents.endRun();
  return {
    accountId: account.id,
    account: account.name,
    readAtMs: live.observedAtMs,
    functions: functions.toSorted(byTextOf(({ region, name }) => coveragePlaceName(region, name))),
    unread: [...live.regions].flatMap(unreadRegion).sort(),
  };
}

interface RoleUsers {
  /** By ARN of the role. */
  readonly counts: ReadonlyMap<string, number>;
  readonly isComplete: boolean;
}

/** Of $LATEST alone: whose permissions a change of the role changes now. Evidence of use counts published versions too. */
function latestUsers({ regions }: LiveAccount): RoleUsers {
  const counts = new Map<string, number>();
  for (const at of regions.values())
    if (at.kind === "read")
      for (const { roleArn } of at.functions.values()) counts.set(roleArn, (counts.get(roleArn) ?? 0) + 1);
  const isComplete = [...regions.values()].every(
    (at) => at.kind === "off" || (at.kind === "read" && at.complete),
  );
  return { counts, isComplete };
}

function coverageOf(
  found: LiveFunction,
  {
    region,
    users,
    inputs,
  }: { readonly region: Region; readonly users: RoleUsers; readonly inputs: CoverageInputs },
): FunctionCoverage {
  const { live, tags, declared, account } = inputs;
  const { name, arn, roleArn } = found;
  const one = declarationOf(found, declared.get(coveragePlaceName(region, name)) ?? null);
  const role = roleByArn(live, roleArn);
  const place = { accountId: account.id, region, name };
  const state = functionState({ found, declared: one, place }, inputs);
  const read = tags.get(region) ?? notCalled("tag:GetResources");
  return {
    region,
    name,
    arn,
    ...state,
    ...ownerOf(one),
    deployer: deployerOf({ tags: tagsOf(arn, read), role, terraformAddress: null }),
    role: { arn: roleArn, users: users.counts.get(roleArn) ?? 1, isComplete: users.isComplete },
    ...functionRisks(found, role, { live, partition: account.partition, documents: inputs.documents }),
  };
}

/** A function that was switched to the declared role before the Team changed is still managed. */
function declarationOf({ roleArn }: LiveFunction, one: DeclaredFunction | null): DeclaredFunction | null {
  if (one?.kind !== "foreign" || !one.isApplied || one.binding.role.arn !== roleArn) return one;
  return { ...one, kind: "bound" };
}

/** One that its Team does not allow belongs to no namespace: a token of that team must not see it. */
function ownerOf(one: DeclaredFunction | null): Pick<FunctionCoverage, "key" | "namespace"> {
  if (one === null || one.kind === "foreign") return { key: null, namespace: null };
  const key = one.kind === "broken" ? one.key : one.binding.key;
  return { key, namespace: keyParts(key).namespace };
}

/** A declared function that was not read. One that a complete listing lacks does not exist: it is none of the live ones. */
function unreadFunction(one: DeclaredFunction, live: LiveAccount): readonly FunctionCoverage[] {
  if (one.kind !== "bound") return [];
  const { key, region, functionName: name, functionArn: arn } = one.binding;
  const reading = liveFunction(live, region, name);
  if (reading.kind !== "unknown") return [];
  const { reason } = reading;
  const nothing = { deployer: { kind: "unknown", reason }, role: null, risks: [], unread: [reason] } as const;
  return [
    { region, name, arn, state: "unknown", reason, key, namespace: keyParts(key).namespace, ...nothing },
  ];
}

function unreadRegion([region, at]: readonly [Region, LiveRegion]): readonly string[] {
  if (at.kind === "off") return [];
  if (at.kind === "failed") return [`region ${region}: ${at.reason}`];
  return at.complete ? [] : [`region ${region} was not listed completely`];
}
