import { ownLogGroup } from "../../model/aws/log-group.ts";
import type { Arn, FunctionPlace } from "../../model/aws/arn.ts";
import type { LiveFunction, LiveRole } from "../../model/live.ts";
import type { Json } from "../../model/values/json.ts";
import { byText } from "../../text/order.ts";
import type { Estate, EstateFunction, Unread } from "../estate/estate.ts";
import { roleOfFunction } from "../estate/role-users.ts";
import { unreadText } from "../estate/estate.ts";
import type { CandidateCompiler } from "../recognize/candidate-compiler.ts";
import { recognizeGrants, type FunctionFacts, type Recognition } from "../recognize/recognize.ts";
import { nearestGrants, type NearestGrants } from "../recognize/nearest.ts";
import { readRoleStatements, type Inexpressible, type RoleStatement } from "../recognize/role-statements.ts";
import { importedCallers, type ImportedCallers } from "./callers.ts";
import { fitsInline, fitted } from "./overflow.ts";
import type { ManifestBody } from "./manifest-text.ts";
import { rolePolicies, type AttachedPolicyText, type RolePolicyTexts } from "./role-policies.ts";

/** What a manifest of the function can be, before its name and its targets are known. */
export interface ManifestDraft {
  readonly kind: "draft";
  readonly role: LiveRole;
  readonly body: Omit<ManifestBody, "name" | "readOn" | "managedPolicies">;
  readonly recognition: Recognition;
  /** Policies that become a ManagedPolicy each. */
  readonly keptPolicies: readonly AttachedPolicyText[];
  readonly awsManaged: readonly Arn[];
  readonly callers: ImportedCallers;
  /** For statements that stay as they are: hints for a later change, no part of the manifest. */
  readonly nearest: readonly { readonly statement: RoleStatement; readonly grants: NearestGrants }[];
  /** Tags of the role that the account does not let manifests set, sorted; without those of AWS itself. */
  readonly leftTags: readonly string[];
}

/** Why a function is not written, nor compared with its manifest. */
export type NoDraft =
  /** A part was not read. */
  | { readonly kind: "unknown"; readonly reason: string; readonly next: string }
  /** It was read, and cannot be declared. */
  | { readonly kind: "blocked"; readonly reason: string; readonly next: string };

export interface DraftSetting {
  readonly estate: Estate;
  readonly compiler: CandidateCompiler;
  /** `tagKeys` of the AwsAccount. */
  readonly tagKeys: readonly string[];
  /** Policies that several roles attach: they are not copied into each of them. */
  readonly sharedPolicies: ReadonlySet<string>;
}

export function manifestDraft(found: EstateFunction, setting: DraftSetting): ManifestDraft | NoDraft {
  const read = readParts(found, setting.estate);
  if (read.kind !== "read") return read;
  const { role, policies } = read;
  const permissions = permissionsOf(found, policies, setting);
  const kept = readRoleStatements(permissions.keptPolicies, setting.compiler.context);
  const [wrong, ...others] = [...permissions.recognition.inexpressible, ...kept.inexpressible];
  if (wrong !== undefined) return inexpressible(wrong, others.length);
  return composed(found, { ...setting, ...permissions, role, policies });
}

export type KnownPolicies = Extract<RolePolicyTexts, { kind: "known" }>;

/** The role with its policies, or the part that is missing: a function is written or compared only if all of it was read. */
export function readParts(
  found: EstateFunction,
  estate: Estate,
): { readonly kind: "read"; readonly role: LiveRole; readonly policies: KnownPolicies } | NoDraft {
  const missing = unreadPart(found);
  if (missing !== null) return missing;
  const { iam } = estate;
  if (iam.kind === "unknown") return unreadCall(iam);
  const role = roleOfFunction(estate, found);
  if (role.kind === "unknown")
    return { kind: "unknown", reason: role.reason, next: "look at the role in AWS, and import again" };
  if (role.kind === "absent")
    return {
      kind: "blocked",
      reason: `its role ${found.roleArn} does not exist`,
      next: "create the role, or delete the function",
    };
  const policies = rolePolicies(role.value, iam.value);
  if (policies.kind === "unknown") return unknownPart(policies.reason);
  return { kind: "read", role: role.value, policies };
}

/** The permissions depend on all policies of the role, the callers on each resource policy. */
function unreadPart({ policies, aliases }: EstateFunction): NoDraft | null {
  if (aliases.kind === "unknown") return unreadCall(aliases);
  for (const [qualifier, policy] of [...policies].toSorted(([a], [b]) => byText(a, b)))
    if (policy.kind === "unknown") return unreadCall(policy, qualifier === "" ? "" : ` for ${qualifier}`);
  const unread = ["", ...aliases.value.map(({ name }) => name)].find((name) => !policies.has(name));
  if (unread === undefined) return null;
  const of = unread === "" ? "the function" : `the alias ${unread}`;
  return unknownPart(`lambda:GetPolicy was not called for ${of}`);
}

/** A call that failed, as one that AWS throttled, needs no other permission. */
function unreadCall(part: Unread, of = ""): NoDraft {
  const reason = `${unreadText(part)}${of}`;
  return part.why === "failed"
    ? { kind: "unknown", reason, next: "import again: without --from and --resume, AWS is read again" }
    : unknownPart(reason);
}

function unknownPart(reason: string): NoDraft {
  return { kind: "unknown", reason, next: "allow the call to the observer, and import again" };
}

function inexpressible({ sid, from, reason }: Inexpressible, others: number): NoDraft {
  const statement = sid === null ? "a statement" : `statement ${sid}`;
  const more = others === 0 ? "" : ` (and ${others} more)`;
  return {
    kind: "blocked",
    reason: `${statement} of ${from} cannot be declared${more}: ${reason}`,
    next: "change the statement in AWS, and import again",
  };
}

interface DraftPermissions {
  readonly recognition: Recognition;
  readonly keptPolicies: readonly AttachedPolicyText[];
}

/** Attached policies are copied into the manifest unless other roles attach them too, or all together are too large. */
function permissionsOf(
  found: EstateFunction,
  { inline, customerManaged }: KnownPolicies,
  { compiler, sharedPolicies }: DraftSetting,
): DraftPermissions {
  const { triggers } = found;
  const facts = recognitionFacts(found, triggers.kind === "known" ? triggers.value.destinations : []);
  const own = customerManaged.filter(({ arn }) => !sharedPolicies.has(arn));
  const folded = recognizeGrants([...inline, ...own], compiler, facts);
  if (own.length === 0 || fitsInline(folded, compiler))
    return {
      recognition: folded,
      keptPolicies: customerManaged.filter(({ arn }) => sharedPolicies.has(arn)),
    };
  return { recognition: recognizeGrants(inline, compiler, facts), keptPolicies: customerManaged };
}

/** @param destinations those that are known: without them fewer grants are recognised */
export function recognitionFacts(
  { arn, name, needs }: Pick<LiveFunction, "arn" | "name" | "needs">,
  destinations: readonly string[],
): FunctionFacts {
  const usual = ownLogGroup(name);
  return {
    functionArn: arn,
    functionName: name,
    logGroups: needs.logGroup === null || needs.logGroup === usual ? [usual] : [needs.logGroup, usual],
    serviceTargets: needs.deadLetterArn === null ? destinations : [needs.deadLetterArn, ...destinations],
  };
}

interface Composing extends DraftSetting, DraftPermissions {
  readonly role: LiveRole;
  readonly policies: KnownPolicies;
}

function composed(found: EstateFunction, parts: Composing): ManifestDraft {
  const { estate, role, recognition, policies, tagKeys, compiler } = parts;
  const place: FunctionPlace = {
    partition: estate.account.partition,
    accountId: estate.account.id,
    region: estate.region,
  };
  const callers = importedCallers(found, place);
  const { rest, moved } = fitted(recognition, compiler, parts);
  const copied = role.tags.filter(({ key, value }) => tagKeys.includes(key) && !value.includes("${"));
  return {
    kind: "draft",
    role,
    body: {
      functionName: found.name,
      role: roleSettings(role, Object.fromEntries(copied.map(({ key, value }) => [key, value]))),
      permissions: { ...recognition, rest },
      callers: callers.callers,
    },
    recognition,
    keptPolicies: [...parts.keptPolicies, ...moved],
    awsManaged: policies.awsManaged,
    callers,
    nearest: recognition.rest.flatMap((statement) => {
      const grants = nearestGrants(statement, recognition.live, compiler);
      return grants === null ? [] : [{ statement, grants }];
    }),
    leftTags: role.tags
      .filter((tag) => !copied.includes(tag) && !tag.key.startsWith("aws:"))
      .map(({ key }) => key)
      .sort(),
  };
}

function roleSettings(
  role: LiveRole,
  tags: Readonly<Record<string, string>>,
): Readonly<Record<string, Json>> {
  const { description, maxSessionSeconds } = role;
  const isPlain = /^[\u0020-\u007E\u00A1-\u00FF]{1,1000}$/.test(description) && !description.includes("${");
  return {
    ...(Object.keys(tags).length > 0 && { tags }),
    ...(isPlain && description.trim() === description && { description }),
    ...(maxSessionSeconds !== 3_600 && { maxSessionDuration: `${maxSessionSeconds}s` }),
  };
}
