import { documentDigest } from "../../iam/trail/changes.ts";
import type { WriteCall } from "../../model/writes/write-calls.ts";
import type { ChangedAspect } from "../../model/changes/change-event.ts";
import { digestOf } from "../../model/values/digest.ts";
import type { Json, JsonObject } from "../../model/values/json.ts";

/**
 * Whether a call that an event shows may have had this input, as far as the event shows what was set: of a created role or
 * policy, and of a statement, it shows the name only.
 */
export function mayHaveInput(
  { call, input }: { readonly call: WriteCall; readonly input: JsonObject },
  seen: ChangedAspect,
): boolean {
  if (seen.kind === "unread") return true;
  const expected = ASPECTS[call](input);
  if (expected === null) return seen.kind === "other";
  return (
    seen.kind === expected.kind &&
    Object.entries(expected).every(([field, value]) =>
      isSameValue(value as Json, (seen as unknown as JsonObject)[field]),
    )
  );
}

/** null: it is not known, or not set. */
function isSameValue(expected: Json, seen: Json | undefined): boolean {
  return expected === null || seen === null || (seen !== undefined && digestOf(expected) === digestOf(seen));
}

/** What an event of a call with this input shows; null: nothing but its object. */
const ASPECTS: Readonly<Record<WriteCall, (input: JsonObject) => ChangedAspect | null>> = {
  "iam:CreateRole": () => ({ kind: "created", id: null }),
  "iam:UpdateRole": ({ Description, MaxSessionDuration }) => ({
    kind: "settings",
    description: typeof Description === "string" ? Description : null,
    maxSessionSeconds: typeof MaxSessionDuration === "number" ? MaxSessionDuration : null,
  }),
  "iam:UpdateAssumeRolePolicy": ({ PolicyDocument }) => ({
    kind: "trust",
    document: documentDigest(text(PolicyDocument)),
  }),
  "iam:PutRolePolicy": ({ PolicyName, PolicyDocument }) => ({
    kind: "inline-set",
    policyName: text(PolicyName),
    document: documentDigest(text(PolicyDocument)),
  }),
  "iam:DeleteRolePolicy": ({ PolicyName }) => ({ kind: "inline-deleted", policyName: text(PolicyName) }),
  "iam:AttachRolePolicy": ({ PolicyArn }) => ({ kind: "attached", arn: text(PolicyArn) }),
  "iam:DetachRolePolicy": ({ PolicyArn }) => ({ kind: "detached", arn: text(PolicyArn) }),
  "iam:PutRolePermissionsBoundary": ({ PermissionsBoundary }) => ({
    kind: "boundary-set",
    arn: text(PermissionsBoundary),
  }),
  "iam:TagRole": tagsSet,
  "iam:UntagRole": tagsDeleted,
  "iam:DeleteRole": () => ({ kind: "deleted" }),
  "iam:CreatePolicy": () => ({ kind: "created", id: null }),
  "iam:CreatePolicyVersion": ({ PolicyDocument, SetAsDefault }) => ({
    kind: "version-created",
    document: documentDigest(text(PolicyDocument)),
    isDefault: SetAsDefault === true,
  }),
  "iam:SetDefaultPolicyVersion": ({ VersionId }) => ({ kind: "default-version", versionId: text(VersionId) }),
  "iam:DeletePolicyVersion": () => null,
  "iam:DeletePolicy": () => ({ kind: "deleted" }),
  "iam:TagPolicy": tagsSet,
  "iam:UntagPolicy": tagsDeleted,
  "lambda:AddPermission": ({ StatementId }) => ({ kind: "statement-added", sid: text(StatementId) }),
  "lambda:RemovePermission": ({ StatementId }) => ({ kind: "statement-removed", sid: text(StatementId) }),
  "lambda:UpdateFunctionConfiguration": ({ Role }) => ({ kind: "function-role", roleArn: text(Role) }),
};

function tagsSet({ Tags }: JsonObject): ChangedAspect {
  const tags = Array.isArray(Tags)
    ? (Tags as readonly { readonly Key: string; readonly Value: string }[])
    : [];
  return { kind: "tags-set", tags: Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value])) };
}

function tagsDeleted({ TagKeys }: JsonObject): ChangedAspect {
  return { kind: "tags-deleted", keys: Array.isArray(TagKeys) ? TagKeys.map(String) : [] };
}

function text(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}
