import type { ManagedPolicyDetail } from "@aws-sdk/client-iam";
import type { LivePolicy, LivePolicyVersion } from "../../model/live.ts";
import { requiredArn, decodedDocument, needed } from "./project-role.ts";

const CALL = "iam:GetAccountAuthorizationDetails";

/** A policy of the account-wide listing: everything except its tags and, in AWS itself, its description. */
export type PolicyFromDetails = Omit<LivePolicy, "tags" | "description">;

/** A policy whose details lack a field that AWS always sends. */
export interface IncompletePolicy {
  readonly arn: string;
  readonly missing: string;
}

/** Without its versions, or without the default version, the permissions of a policy are unknown. */
export function missingInPolicy(detail: ManagedPolicyDetail): IncompletePolicy | null {
  const arn = requiredArn(detail.Arn, CALL);
  if (detail.PolicyVersionList === undefined) return { arn, missing: "PolicyVersionList" };
  const hasDefault = detail.PolicyVersionList.some(({ VersionId }) => VersionId === detail.DefaultVersionId);
  return hasDefault ? null : { arn, missing: "the default version" };
}

/** Call this only for a complete policy. */
export function policyFromDetails(detail: ManagedPolicyDetail): PolicyFromDetails {
  return {
    name: needed(detail.PolicyName, CALL, "PolicyName"),
    path: needed(detail.Path, CALL, "Path"),
    arn: requiredArn(detail.Arn, CALL),
    policyId: needed(detail.PolicyId, CALL, "PolicyId"),
    defaultVersionId: needed(detail.DefaultVersionId, CALL, "DefaultVersionId"),
    versions: (detail.PolicyVersionList ?? [])
      .map((version): LivePolicyVersion => ({
        id: needed(version.VersionId, CALL, "VersionId"),
        text: decodedDocument(needed(version.Document, CALL, "Document")),
        createdAtMs: version.CreateDate?.getTime() ?? 0,
      }))
      .sort((a, b) => versionNumber(b.id) - versionNumber(a.id)),
    attachmentCount: detail.AttachmentCount ?? null,
    boundaryUsageCount: detail.PermissionsBoundaryUsageCount ?? null,
  };
}

/** `v12` is newer than `v9`: ids are increasing and never reused. */
function versionNumber(id: string): number {
  return Number(id.replace(/^v/, ""));
}
