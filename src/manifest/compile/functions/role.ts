import { parseArn, policyArn, roleArn, type Arn } from "../../../model/aws/arn.ts";
import type { Attachment, CompiledDocument, DesiredAccount, DesiredRole } from "../../../model/desired.ts";
import { errorAt, inAccount, type Diagnostic } from "../../../model/diagnostic.ts";
import type { InstanceName } from "../../../model/aws/ids.ts";
import { INSTANCE_TAG, OWNER_TAG, type Tag } from "../../../model/aws/tag.ts";
import { joinedLists, NONE } from "../../../model/values/lists.ts";
import { byTextOf, sortedList } from "../../../text/order.ts";
import { BOUNDARY_PATH, type KnownAccount } from "../accounts/accounts.ts";
import { checked } from "../../schema-value.ts";
import { originOfKey, originOfValue, type LocatedFile } from "../../../text/located/located.ts";
import { didYouMean } from "../../../text/nearest-name.ts";
import { durationMs } from "../../fields/duration.ts";
import { rolePathProblem, ROLES_PATH } from "../../fields/role-path.ts";
import type { FunctionPermissionSpec } from "../../schema/function-permission.ts";

/** The tags with those that mark a role or policy as ours; sorted by key. */
export function ownedTags(
  instance: InstanceName,
  owner: string,
  tags: Readonly<Record<string, string>>,
): readonly Tag[] {
  // The schema refuses our tags in a manifest.
  const declared = Object.keys(tags).map((key) => ({ key, value: tags[key] ?? "" }));
  const ours = [
    { key: INSTANCE_TAG, value: instance },
    { key: OWNER_TAG, value: owner },
  ];
  return sortedList(declared.length === 0 ? ours : [...ours, ...declared], byTagKey);
}

const byTagKey = byTextOf(({ key }: Tag) => key);

export interface RoleParts {
  readonly name: string;
  readonly account: DesiredAccount;
  readonly boundaryNames: KnownAccount["boundaries"];
  readonly instance: InstanceName;
  readonly owner: string;
  readonly inline: CompiledDocument;
  readonly attachments: readonly Attachment[];
  /** `mode: release` */
  readonly isReleased: boolean;
}

export interface CompiledRole {
  readonly role: DesiredRole;
  readonly diagnostics: readonly Diagnostic[];
}

/** `spec.role` with its defaults, after substitution. */
export function compileRole(
  spec: FunctionPermissionSpec["role"],
  parts: RoleParts,
  source: LocatedFile,
): CompiledRole {
  const { account, name } = parts;
  const path = spec?.path ?? ROLES_PATH;
  const adopt = spec?.adopt ?? "never";
  const arn = roleArn({ partition: account.partition, accountId: account.id }, path, name);
  const boundary = boundaryOf(spec?.boundary, parts, source);
  // Without spreads between the fields: after one, V8 keeps empty space in each of the roles.
  const role: DesiredRole = {
    name,
    path,
    arn,
    boundary: boundary.value,
    inline: parts.inline,
    attachments: parts.attachments,
    tags: ownedTags(parts.instance, parts.owner, spec?.tags ?? {}),
    description: spec?.description ?? "",
    maxSessionSeconds: sessionSeconds(spec?.maxSessionDuration),
    origin: originOfKey(source, spec === undefined ? ["metadata", "name"] : ["spec", "role"]),
    tagOrigins: tagOrigins(spec?.tags, source),
  };
  const ofPlace = placeProblems({ arn, path, adopt, isReleased: parts.isReleased }, account, source);
  return {
    role: withSpecialFields(role, adopt, account),
    diagnostics: joinedLists(boundary.diagnostics, ofPlace),
  };
}

function withSpecialFields(
  role: DesiredRole,
  adopt: RolePlace["adopt"],
  { id, requiresSourceAccount }: DesiredAccount,
): DesiredRole {
  if (adopt === "never" && requiresSourceAccount !== true) return role;
  return {
    ...role,
    ...(adopt === "reviewed" && { adopt }),
    ...(requiresSourceAccount === true && { sourceAccount: id }),
  };
}

interface RolePlace {
  readonly arn: Arn;
  readonly path: string;
  readonly adopt: "never" | "reviewed";
  readonly isReleased: boolean;
}

/** A team alone can never take over a role: the platform lists those that may be. A release needs no list. */
function placeProblems(
  { arn, path, adopt, isReleased }: RolePlace,
  { name, adoptableRoles = [] }: DesiredAccount,
  source: LocatedFile,
): readonly Diagnostic[] {
  const ofPath = rolePathProblem(path, adopt);
  if (ofPath !== null) return [errorAt(originOfValue(source, ["spec", "role", "path"]), "role-path", ofPath)];
  if (adopt === "never" || isReleased || adoptableRoles.includes(arn)) return NONE;
  const message = inAccount(name, (account) => `${account} does not allow to take over ${arn}`);
  const fix = `the platform team adds it to AwsAccount ${name}: adoptableRoles: ["${arn}"]`;
  return [errorAt(originOfValue(source, ["spec", "role", "adopt"]), "adoptable-role", { ...message, fix })];
}

function sessionSeconds(duration: string | undefined): number {
  return duration === undefined ? 3_600 : checked(durationMs(duration, "hms")) / 1_000;
}

const NO_TAGS: DesiredRole["tagOrigins"] = {};

function tagOrigins(
  tags: Readonly<Record<string, string>> | undefined,
  source: LocatedFile,
): DesiredRole["tagOrigins"] {
  if (tags === undefined) return NO_TAGS;
  const names = Object.keys(tags);
  return Object.fromEntries(names.map((name) => [name, originOfKey(source, ["spec", "role", "tags", name])]));
}

function boundaryOf(
  boundaryName: string | undefined,
  { account, boundaryNames }: RoleParts,
  source: LocatedFile,
): { readonly value: DesiredRole["boundary"]; readonly diagnostics: readonly Diagnostic[] } {
  if (boundaryName === undefined) {
    const value = account.boundary === null ? null : { arn: account.boundary, origin: account.origin };
    return { value, diagnostics: NONE };
  }
  const origin = originOfValue(source, ["spec", "role", "boundary"]);
  if (!boundaryNames.includes(boundaryName)) {
    const near = didYouMean(boundaryName, boundaryNames);
    const message = inAccount(
      account.name,
      (named) => `${boundaryName} is not a boundary of ${named}${near}`,
    );
    const fix =
      boundaryNames.length === 0
        ? "remove role.boundary: the account names none"
        : `remove role.boundary, so that the default of the account applies, or write one of its own: ${boundaryNames.join(", ")}`;
    return { value: null, diagnostics: [errorAt(origin, "boundary", { ...message, fix })] };
  }
  const arn = policyArn({ partition: account.partition, accountId: account.id }, BOUNDARY_PATH, boundaryName);
  return { value: { arn: checked(parseArn(arn)), origin }, diagnostics: [] };
}
