import type { Action } from "../../../src/model/plan.ts";
import { parseArn, policyArn, roleArn, type Arn } from "../../../src/model/aws/arn.ts";
import { sha256Hex } from "../../../src/model/values/digest.ts";
import type { Partition, Region } from "../../../src/model/aws/ids.ts";
import type { PastWrite } from "../../../src/model/keys/key-record.ts";
import type {
  LiveAccount,
  LiveFunction,
  LivePolicy,
  LiveResourcePolicy,
  LiveRole,
  Reading,
} from "../../../src/model/live.ts";
import type { Tag } from "../../../src/model/aws/tag.ts";

/** What AWS shows after these writes; a write that AWS would refuse throws. Pure, for tests of plans alone. */
export function applyTo(live: LiveAccount, actions: readonly Action[], atMs: number): LiveAccount {
  return actions.reduce((seen, action) => EFFECTS[action.call](seen, action, atMs), live);
}

/** The same writes as the audit would remember them. */
export function pastWrites(actions: readonly Action[], atMs: number): readonly PastWrite[] {
  const hash = (text: string | null): string | null => (text === null ? null : sha256Hex(text));
  return actions.map(({ key, call, step, target, before, after }) => ({
    key,
    atMs,
    call,
    step,
    target,
    beforeHash: hash(before),
    afterHash: hash(after),
  }));
}

type Effect = (live: LiveAccount, action: Action, atMs: number) => LiveAccount;

const EFFECTS: Readonly<Record<Action["call"], Effect>> = {
  "iam:CreateRole": (live, action, atMs) => {
    const name = text(action, "RoleName");
    if (live.roles.get(name.toLowerCase())?.kind === "present") throw new Error(`role ${name} exists`);
    const at = { partition: "aws" as Partition, accountId: live.accountId };
    const role: LiveRole = {
      name,
      path: text(action, "Path"),
      arn: roleArn(at, text(action, "Path"), name),
      roleId: `AROA${sha256Hex(`${name} ${atMs}`).slice(0, 17).toUpperCase()}`,
      createdAtMs: atMs,
      trust: text(action, "AssumeRolePolicyDocument"),
      description: text(action, "Description"),
      maxSessionSeconds: Number(action.input["MaxSessionDuration"]),
      boundary: parseArn(text(action, "PermissionsBoundary")) ?? null,
      inline: [],
      attachments: [],
      tags: tagsOf(action),
      instanceProfiles: [],
      lastUsedAtMs: null,
    };
    return withRole(live, role);
  },
  "iam:UpdateRole": changeRole((role, action) => ({
    ...role,
    description: text(action, "Description"),
    maxSessionSeconds: Number(action.input["MaxSessionDuration"]),
  })),
  "iam:UpdateAssumeRolePolicy": changeRole((role, action) => ({
    ...role,
    trust: text(action, "PolicyDocument"),
  })),
  "iam:PutRolePolicy": changeRole((role, action) => {
    const name = text(action, "PolicyName");
    const others = role.inline.filter((policy) => policy.name !== name);
    const inline = [...others, { name, text: text(action, "PolicyDocument") }];
    return { ...role, inline: inline.sort((a, b) => (a.name < b.name ? -1 : 1)) };
  }),
  "iam:DeleteRolePolicy": changeRole((role, action) => {
    const name = text(action, "PolicyName");
    if (!role.inline.some((policy) => policy.name === name)) throw new Error(`no inline policy ${name}`);
    return { ...role, inline: role.inline.filter((policy) => policy.name !== name) };
  }),
  "iam:AttachRolePolicy": changeRole((role, action) => {
    const arn = text(action, "PolicyArn") as Arn;
    return { ...role, attachments: [...new Set([...role.attachments, arn])].sort() };
  }),
  "iam:DetachRolePolicy": changeRole((role, action) => {
    const arn = text(action, "PolicyArn");
    if (!role.attachments.some((attached) => attached === arn)) throw new Error(`${arn} is not attached`);
    return { ...role, attachments: role.attachments.filter((attached) => attached !== arn) };
  }),
  "iam:PutRolePermissionsBoundary": changeRole((role, action) => ({
    ...role,
    boundary: text(action, "PermissionsBoundary") as Arn,
  })),
  "iam:TagRole": changeRole((role, action) => ({ ...role, tags: mergedTags(role.tags, tagsOf(action)) })),
  "iam:UntagRole": changeRole((role, action) => ({ ...role, tags: withoutTags(role.tags, action) })),
  "iam:DeleteRole": (live, action) => {
    const name = text(action, "RoleName").toLowerCase();
    const role = live.roles.get(name);
    if (role?.kind !== "present") throw new Error(`no role ${name}`);
    if (role.value.inline.length + role.value.attachments.length > 0) throw new Error("DeleteConflict");
    return { ...live, roles: new Map([...live.roles].filter(([other]) => other !== name)) };
  },
  "iam:CreatePolicy": (live, action, atMs) => {
    const [name, path] = [text(action, "PolicyName"), text(action, "Path")];
    const at = { partition: "aws" as Partition, accountId: live.accountId };
    const policy: LivePolicy = {
      name,
      path,
      arn: policyArn(at, path, name),
      policyId: `ANPA${sha256Hex(`${name} ${atMs}`).slice(0, 17).toUpperCase()}`,
      defaultVersionId: "v1",
      versions: [{ id: "v1", text: text(action, "PolicyDocument"), createdAtMs: atMs }],
      description: text(action, "Description"),
      attachmentCount: 0,
      boundaryUsageCount: 0,
      tags: { kind: "present", value: tagsOf(action) },
    };
    if (live.policies.has(policy.arn)) throw new Error(`policy ${name} exists`);
    return withPolicy(live, policy);
  },
  "iam:CreatePolicyVersion": changePolicy((policy, action, atMs) => {
    if (policy.versions.length >= 5) throw new Error("LimitExceeded");
    const last = Math.max(...policy.versions.map((version) => Number(version.id.slice(1))));
    const version = { id: `v${last + 1}`, text: text(action, "PolicyDocument"), createdAtMs: atMs };
    return { ...policy, versions: [version, ...policy.versions] };
  }),
  "iam:SetDefaultPolicyVersion": changePolicy((policy, action) => {
    const id = text(action, "VersionId");
    if (!policy.versions.some((version) => version.id === id)) throw new Error(`no version ${id}`);
    return { ...policy, defaultVersionId: id };
  }),
  "iam:DeletePolicyVersion": changePolicy((policy, action) => {
    const id = text(action, "VersionId");
    if (policy.defaultVersionId === id) throw new Error("DeleteConflict");
    return { ...policy, versions: policy.versions.filter((version) => version.id !== id) };
  }),
  "iam:DeletePolicy": (live, action) => {
    const arn = text(action, "PolicyArn");
    const policy = live.policies.get(arn);
    if (policy?.kind !== "present" || policy.value.versions.length > 1) throw new Error("DeleteConflict");
    return { ...live, policies: new Map([...live.policies].filter(([other]) => other !== arn)) };
  },
  "iam:TagPolicy": changePolicy((policy, action) => {
    const tags = policy.tags.kind === "present" ? policy.tags.value : [];
    return { ...policy, tags: { kind: "present", value: mergedTags(tags, tagsOf(action)) } };
  }),
  "iam:UntagPolicy": changePolicy((policy, action) => {
    const tags = policy.tags.kind === "present" ? policy.tags.value : [];
    return { ...policy, tags: { kind: "present", value: withoutTags(tags, action) } };
  }),
  "lambda:AddPermission": changeStatements((statements, action) => {
    const added = JSON.parse(action.after ?? "null") as { readonly Sid: string };
    if (statements.some((statement) => statement.Sid === added.Sid))
      throw new Error(`Sid ${added.Sid} exists`);
    return [...statements, added];
  }),
  "lambda:RemovePermission": changeStatements((statements, action) => {
    const sid = text(action, "StatementId");
    if (!statements.some((statement) => statement.Sid === sid)) throw new Error(`no Sid ${sid}`);
    return statements.filter((statement) => statement.Sid !== sid);
  }),
  "lambda:UpdateFunctionConfiguration": (live, action) =>
    changeFunction(live, action, (found) => ({ ...found, roleArn: text(action, "Role") })),
};

function text(action: Action, field: string): string {
  const value = action.input[field];
  return typeof value === "string" ? value : "";
}

function tagsOf(action: Action): readonly Tag[] {
  const tags = (action.input["Tags"] ?? []) as readonly { readonly Key: string; readonly Value: string }[];
  return mergedTags(
    [],
    tags.map((tag) => ({ key: tag.Key, value: tag.Value })),
  );
}

function mergedTags(tags: readonly Tag[], written: readonly Tag[]): readonly Tag[] {
  const kept = tags.filter(
    (tag) => !written.some((other) => other.key.toLowerCase() === tag.key.toLowerCase()),
  );
  return [...kept, ...written].sort((a, b) => (a.key < b.key ? -1 : 1));
}

function withoutTags(tags: readonly Tag[], action: Action): readonly Tag[] {
  const keys = (action.input["TagKeys"] ?? []) as readonly string[];
  return tags.filter((tag) => !keys.includes(tag.key));
}

export function withRole(live: LiveAccount, role: LiveRole): LiveAccount {
  return {
    ...live,
    roles: new Map(live.roles).set(role.name.toLowerCase(), { kind: "present", value: role }),
  };
}

export function withPolicy(live: LiveAccount, policy: LivePolicy): LiveAccount {
  return { ...live, policies: new Map(live.policies).set(policy.arn, { kind: "present", value: policy }) };
}

export function withFunction(live: LiveAccount, region: Region, found: LiveFunction): LiveAccount {
  const at = live.regions.get(region);
  if (at?.kind !== "read") throw new Error(`region ${region} was not read`);
  const functions = new Map(at.functions).set(found.name, found);
  return { ...live, regions: new Map(live.regions).set(region, { ...at, functions }) };
}

function changeRole(change: (role: LiveRole, action: Action) => LiveRole): Effect {
  return (live, action) => {
    const role = live.roles.get(text(action, "RoleName").toLowerCase());
    if (role?.kind !== "present") throw new Error(`no role ${text(action, "RoleName")}`);
    return withRole(live, change(role.value, action));
  };
}

function changePolicy(change: (policy: LivePolicy, action: Action, atMs: number) => LivePolicy): Effect {
  return (live, action, atMs) => {
    const policy = live.policies.get(text(action, "PolicyArn"));
    if (policy?.kind !== "present") throw new Error(`no policy ${text(action, "PolicyArn")}`);
    return withPolicy(live, change(policy.value, action, atMs));
  };
}

function changeFunction(
  live: LiveAccount,
  action: Action,
  change: (found: LiveFunction) => LiveFunction,
): LiveAccount {
  const region = action.target.split(":")[3] as Region;
  const at = live.regions.get(region);
  const found = at?.kind === "read" ? at.functions.get(text(action, "FunctionName")) : undefined;
  if (found === undefined) throw new Error(`no function ${text(action, "FunctionName")}`);
  return withFunction(live, region, change(found));
}

interface WithSid {
  readonly Sid?: string;
}

function changeStatements(
  change: (statements: readonly WithSid[], action: Action) => readonly WithSid[],
): Effect {
  return (live, action) =>
    changeFunction(live, action, (found) => {
      const qualifier = text(action, "Qualifier");
      const statements = change(statementsOf(found.policies.get(qualifier)), action);
      const policy: Reading<LiveResourcePolicy> =
        statements.length === 0
          ? { kind: "absent" }
          : { kind: "present", value: { text: policyText(statements), revisionId: `r${statements.length}` } };
      return { ...found, policies: new Map(found.policies).set(qualifier, policy) };
    });
}

function policyText(statements: readonly WithSid[]): string {
  return JSON.stringify({ Version: "2012-10-17", Id: "default", Statement: statements });
}

function statementsOf(policy: Reading<LiveResourcePolicy> | undefined): readonly WithSid[] {
  if (policy?.kind !== "present") return [];
  const parsed = JSON.parse(policy.value.text) as { readonly Statement: readonly WithSid[] };
  return parsed.Statement;
}
