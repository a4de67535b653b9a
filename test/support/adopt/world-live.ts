import { parseArn, type Arn } from "../../../src/model/aws/arn.ts";
import { parseAccountId, type Region } from "../../../src/model/aws/ids.ts";
import {
  DEFAULT_QUOTAS,
  type LiveAccount,
  type LiveFunction,
  type LivePolicy,
  type LiveRole,
  type Reading,
} from "../../../src/model/live.ts";
import type { PolicyState, Role } from "../../../src/simulator/iam/state.ts";
import { accountOf, type AccountState, type WorldState } from "../../../src/simulator/world.ts";

export interface WorldPlace {
  readonly accountId: string;
  readonly region: Region;
}

/** What the simulator has now, as far as it decides what these functions may do. @param names missing: all functions */
export function liveOfWorld(
  world: WorldState,
  { accountId, region }: WorldPlace,
  names?: readonly string[],
): LiveAccount {
  const account = accountOf(world, accountId);
  const states = account.lambda[region]?.functions ?? {};
  const found = (names ?? Object.keys(states)).flatMap((name) => {
    const role = states[name]?.versions["$LATEST"]?.Role;
    return role === undefined
      ? []
      : [{ name, arn: arnOf(functionArn(account, region, name)), roleArn: role }];
  });
  const roles = found.flatMap(({ roleArn }) => account.iam.roles[nameIn(roleArn)] ?? []);
  const arns = new Set(roles.flatMap((role) => [...role.attached, role.boundaryArn ?? []].flat()));
  const functions = new Map(found.map((one) => [one.name, { ...NO_FUNCTION, ...one }]));
  const at = { kind: "read", functions, complete: true, absentFunctions: new Set<string>() } as const;
  return {
    accountId: must(parseAccountId(accountId)),
    observedAtMs: 0,
    complete: true,
    roles: new Map(roles.map((role) => [role.name.toLowerCase(), present(liveRoleOf(role))])),
    ...policiesOf(world, account, arns),
    regions: new Map([[region, at]]),
    quotas: DEFAULT_QUOTAS,
  };
}

const NO_FUNCTION: Omit<LiveFunction, "name" | "arn" | "roleArn"> = {
  revisionId: null,
  needs: {
    vpc: false,
    tracing: false,
    deadLetterArn: null,
    fileSystemArns: [],
    kmsKeyArn: null,
    logGroup: null,
  },
  triggers: { kind: "not-requested" },
  versions: { kind: "not-requested" },
  aliases: { kind: "not-requested" },
  edge: false,
  policies: new Map(),
};

function liveRoleOf(role: Role): LiveRole {
  const { name, path, arn, id, trust, inline, attached, boundaryArn, tags } = role;
  return {
    name,
    path,
    arn: arnOf(arn),
    roleId: id,
    createdAtMs: 0,
    trust,
    description: "",
    maxSessionSeconds: 0,
    boundary: boundaryArn === undefined ? null : arnOf(boundaryArn),
    inline: Object.entries(inline).map(([policy, text]) => ({ name: policy, text })),
    attachments: attached.map(arnOf),
    tags: tags.map(({ Key: key, Value: value }) => ({ key, value })),
    instanceProfiles: [],
    lastUsedAtMs: "unknown",
  };
}

function policiesOf(
  { awsManaged }: WorldState,
  { iam }: AccountState,
  arns: ReadonlySet<string>,
): Pick<LiveAccount, "policies" | "awsManaged"> {
  const all = [...arns];
  const own = all.flatMap((arn) => iam.policies[arn] ?? []);
  const ofAws = all.flatMap((arn) => (iam.policies[arn] === undefined ? (awsManaged[arn] ?? []) : []));
  return {
    policies: new Map(own.map((policy) => [policy.arn, present(livePolicyOf(policy))])),
    awsManaged: new Map(
      ofAws.map((policy) => {
        const [version] = livePolicyOf(policy).versions;
        return [policy.arn, present({ arn: arnOf(policy.arn), versionId: "v1", text: version?.text ?? "" })];
      }),
    ),
  };
}

function livePolicyOf({ name, path, arn, id, defaultVersion, versions }: PolicyState): LivePolicy {
  const current = versions.find((version) => version.id === defaultVersion);
  return {
    name,
    path,
    arn: arnOf(arn),
    policyId: id,
    defaultVersionId: defaultVersion,
    versions: current === undefined ? [] : [{ id: current.id, text: current.document, createdAtMs: 0 }],
    description: null,
    attachmentCount: null,
    boundaryUsageCount: null,
    tags: { kind: "absent" },
  };
}

function functionArn({ id, partition }: AccountState, region: string, name: string): string {
  return `arn:${partition}:lambda:${region}:${id}:function:${name}`;
}

export function nameIn(roleArn: string): string {
  return roleArn.split("/").at(-1) ?? "";
}

const arnOf = (text: string): Arn => must(parseArn(text));
const present = <Value>(value: Value): Reading<Value> => ({ kind: "present", value });

function must<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error("the simulator has another form");
  return value;
}
