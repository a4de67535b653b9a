/** How a write can revoke permissions without granting any. */
type WriteNarrowing =
  /** It removes a document or the name of one. Whether it also lifts a Deny follows from its delta. */
  | "removes"
  /** It replaces a document: only the comparison of the two shows it. */
  | "replaces"
  /** A boundary where there is none only limits. */
  | "limits"
  | "none";

interface WriteTraits {
  readonly narrowing: WriteNarrowing;
  /** High: it may open a role, or its effect on it does not follow from its input alone. */
  readonly risk: "high" | "by-permissions";
  /** Which facts an approval covers besides the input of the call. */
  readonly approved: {
    /**
     * For a call that removes or replaces a document or the name of one. Its input does not show it: what it allows or
     * denies is what an operator approves, and others can replace it afterwards.
     */
    readonly replaced: boolean;
    /** For a call whose effect is in documents that the call itself does not name. */
    readonly permissions: boolean;
  };
}

const INPUT_ALONE = { replaced: false, permissions: false };
const REPLACED = { replaced: true, permissions: false };

/** The write calls that Grantkeeper knows, with what follows from the call alone; `aws/apply` carries them out. */
export const WRITE_CALLS = {
  "iam:CreateRole": { narrowing: "none", risk: "by-permissions", approved: INPUT_ALONE },
  "iam:UpdateRole": { narrowing: "none", risk: "by-permissions", approved: INPUT_ALONE },
  "iam:UpdateAssumeRolePolicy": { narrowing: "replaces", risk: "high", approved: REPLACED },
  "iam:PutRolePolicy": { narrowing: "replaces", risk: "by-permissions", approved: REPLACED },
  "iam:DeleteRolePolicy": { narrowing: "removes", risk: "by-permissions", approved: REPLACED },
  "iam:AttachRolePolicy": { narrowing: "none", risk: "by-permissions", approved: INPUT_ALONE },
  "iam:DetachRolePolicy": {
    narrowing: "removes",
    risk: "by-permissions",
    approved: { replaced: false, permissions: true },
  },
  "iam:PutRolePermissionsBoundary": { narrowing: "limits", risk: "high", approved: REPLACED },
  "iam:TagRole": { narrowing: "none", risk: "high", approved: INPUT_ALONE },
  "iam:UntagRole": { narrowing: "none", risk: "high", approved: INPUT_ALONE },
  "iam:DeleteRole": { narrowing: "none", risk: "high", approved: INPUT_ALONE },
  "iam:CreatePolicy": { narrowing: "none", risk: "by-permissions", approved: INPUT_ALONE },
  "iam:CreatePolicyVersion": { narrowing: "replaces", risk: "by-permissions", approved: INPUT_ALONE },
  "iam:SetDefaultPolicyVersion": { narrowing: "replaces", risk: "by-permissions", approved: REPLACED },
  "iam:DeletePolicyVersion": { narrowing: "none", risk: "by-permissions", approved: INPUT_ALONE },
  "iam:DeletePolicy": { narrowing: "none", risk: "high", approved: INPUT_ALONE },
  "iam:TagPolicy": { narrowing: "none", risk: "by-permissions", approved: INPUT_ALONE },
  "iam:UntagPolicy": { narrowing: "none", risk: "by-permissions", approved: INPUT_ALONE },
  "lambda:AddPermission": { narrowing: "none", risk: "by-permissions", approved: INPUT_ALONE },
  "lambda:RemovePermission": { narrowing: "removes", risk: "by-permissions", approved: REPLACED },
  "lambda:UpdateFunctionConfiguration": {
    narrowing: "none",
    risk: "high",
    approved: { replaced: true, permissions: true },
  },
} as const satisfies Readonly<Record<string, WriteTraits>>;

export type WriteCall = keyof typeof WRITE_CALLS;
