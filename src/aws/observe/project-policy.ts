import type { ManagedPolicyDetail } from "@aws-sdk/client-iam";
import type { LivePolicy, LivePolicyVersion } from "../../model/live.ts";
import { decodeDocument } from "../decode.ts";
import { arnOf, needed } from "./project-role.ts";

const CALL = "iam:GetAccountAuthorizationDetails";

/** Everything but the tags, which the listing does not bring. */
export function policyFromDetails(detail: ManagedPolicyDetail): Omit<LivePolicy, "tags"> {
  return {
    name: needed(detail.PolicyName, CALL, "PolicyName"),
    path: needed(detail.Path, CALL, "Path"),
    arn: arnOf(detail.Arn, CALL),
    policyId: needed(detail.PolicyId, CALL, "PolicyId"),
    defaultVersionId: needed(detail.DefaultVersionId, CALL, "DefaultVersionId"),
    versions: (detail.PolicyVersionList ?? [])
      .map((version): LivePolicyVersion => ({
        id: needed(version.VersionId, CALL, "VersionId"),
        text: decodeDocument(needed(version.Document, CALL, "Document")),
        createdAtMs: version.CreateDate?.getTime() ?? 0,
      }))
      .sort((a, b) => versionNumber(b.id) - versionNumber(a.id)),
    description: detail.Description ?? "",
    attachmentCount: detail.AttachmentCount ?? 0,
    boundaryUsageCount: detail.PermissionsBoundaryUsageCount ?? 0,
  };
}

/** `v12` is newer than `v9`: ids are counted up and never used again. */
function versionNumber(id: string): number {
  return Number(id.replace(/^v/, ""));
}
