import type { Role, RoleDetail, Tag as IamTag } from "@aws-sdk/client-iam";
import { parseArn, type Arn } from "../../model/aws/arn.ts";
import type { LiveRole } from "../../model/live.ts";
import type { Tag } from "../../model/aws/tag.ts";
import { incompleteAnswer } from "../errors/classify.ts";
import { byText, byTextOf } from "../../text/order.ts";

/** A role from GetAccountAuthorizationDetails: everything except description and session length. */
export type RoleFromDetails = Omit<LiveRole, "description" | "maxSessionSeconds">;

/** A role whose details lack a field that AWS always sends: its name, and the first missing field. */
export interface IncompleteRole {
  readonly name: string;
  readonly missing: string;
}

export interface RoleFromListing {
  readonly name: string;
  readonly roleId: string;
  readonly description: string;
  /** Null: AWS did not send it. */
  readonly maxSessionSeconds: number | null;
}

const DETAILS = "iam:GetAccountAuthorizationDetails";
/**
 * AWS sends these fields for every role, even if they are empty. A missing field gives no information (see README.md
 * here).
 */
const ALWAYS_SENT = [
  "CreateDate",
  "RolePolicyList",
  "AttachedManagedPolicies",
  "InstanceProfileList",
  "Tags",
] as const satisfies readonly (keyof RoleDetail)[];

export function missingInDetails(detail: RoleDetail): IncompleteRole | null {
  const missing = ALWAYS_SENT.find((field) => detail[field] === undefined);
  return missing === undefined ? null : { name: needed(detail.RoleName, DETAILS, "RoleName"), missing };
}

/** Call this only for a complete role. */
export function roleFromDetails(detail: RoleDetail): RoleFromDetails {
  return {
    ...factsOf(detail, DETAILS),
    inline: (detail.RolePolicyList ?? [])
      .map(({ PolicyName, PolicyDocument }) => ({
        name: needed(PolicyName, DETAILS, "PolicyName"),
        text: decodedDocument(needed(PolicyDocument, DETAILS, "PolicyDocument")),
      }))
      .sort(byTextOf(({ name }) => name)),
    attachments: arnsOf(
      (detail.AttachedManagedPolicies ?? []).map((each) => each.PolicyArn),
      DETAILS,
    ),
    instanceProfiles: (detail.InstanceProfileList ?? [])
      .map((each) => each.InstanceProfileName ?? "")
      .sort(byText),
  };
}

export function roleFromListing(role: Role): RoleFromListing {
  return {
    name: needed(role.RoleName, "iam:ListRoles", "RoleName"),
    roleId: needed(role.RoleId, "iam:ListRoles", "RoleId"),
    description: role.Description ?? "",
    maxSessionSeconds: role.MaxSessionDuration ?? null,
  };
}

/** A role from GetRole; inline policies, attachments and instance profiles are read by separate calls. */
export function roleFromGetRole(role: Role): Omit<LiveRole, "inline" | "attachments" | "instanceProfiles"> {
  const call = "iam:GetRole";
  return {
    ...factsOf(role, call),
    description: role.Description ?? "",
    maxSessionSeconds: needed(role.MaxSessionDuration, call, "MaxSessionDuration"),
  };
}

/** What the account-wide listing and GetRole both have of a role. */
function factsOf(
  role: Role | RoleDetail,
  call: string,
): Omit<RoleFromDetails, "inline" | "attachments" | "instanceProfiles"> {
  return {
    name: needed(role.RoleName, call, "RoleName"),
    path: needed(role.Path, call, "Path"),
    arn: requiredArn(role.Arn, call),
    roleId: needed(role.RoleId, call, "RoleId"),
    createdAtMs: role.CreateDate?.getTime() ?? 0,
    trust: decodedDocument(needed(role.AssumeRolePolicyDocument, call, "AssumeRolePolicyDocument")),
    boundary: boundaryOf(role.PermissionsBoundary, call),
    tags: tagsOfAnswer(role.Tags),
    lastUsedAtMs: lastUseOf(role.RoleLastUsed),
  };
}

export function tagsOfAnswer(tags: readonly IamTag[] | undefined): readonly Tag[] {
  return (tags ?? [])
    .map(({ Key, Value }) => ({ key: Key ?? "", value: Value ?? "" }))
    .sort(byTextOf(({ key }) => key));
}

export function arnsOf(texts: readonly (string | undefined)[], call: string): readonly Arn[] {
  return texts.map((text) => requiredArn(text, call)).sort(byText);
}

export function requiredArn(text: string | undefined, call: string): Arn {
  return needed(text === undefined ? undefined : parseArn(text), call, "an ARN");
}

/** @throws AwsError if AWS did not send a field that it always sends */
export function needed<Value>(value: Value | undefined, call: string, name: string): Value {
  if (value === undefined) throw incompleteAnswer(call, name);
  return value;
}

/** For a role that was never used, AWS sends an empty element. */
function lastUseOf(lastUse: { LastUsedDate?: Date | undefined } | undefined): LiveRole["lastUsedAtMs"] {
  return lastUse === undefined ? "unknown" : (lastUse.LastUsedDate?.getTime() ?? null);
}

/** Only the ARN counts: the type that AWS sends with it (`Policy`) differs from the type in its own model. */
function boundaryOf(
  boundary: { PermissionsBoundaryArn?: string | undefined } | undefined,
  call: string,
): Arn | null {
  const text = boundary?.PermissionsBoundaryArn;
  return text === undefined ? null : requiredArn(text, call);
}

/**
 * An IAM document as text. IAM sends it RFC 3986-encoded: it is decoded exactly once, and `+` is a plus sign. Text that
 * starts with `{` is already decoded (some emulators send it so) and stays unchanged. So does text that cannot be
 * decoded: the parser reports it as unreadable.
 */
export function decodedDocument(text: string): string {
  if (text.trimStart().startsWith("{")) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
