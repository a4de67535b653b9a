import type { ConditionTest } from "../aws/policy-document.ts";

/** `limited`: only within the limits of the statements. `unknown`: a policy was not read or not understood. */
export type WorstCaseVerdict = "can" | "limited" | "cannot" | "unknown";

/** What a statement contributes to a verdict. */
export interface VerdictStatement {
  readonly effect: "Allow" | "Deny";
  readonly sid: string | null;
  /** `policy writer`, an attached policy's ARN … */
  readonly from: string;
  /** The actions of the capability that it names. */
  readonly actions: readonly string[];
  /** Null: every resource. */
  readonly resources: { readonly negated: boolean; readonly values: readonly string[] } | null;
  /** Keys in lower case. */
  readonly conditions: readonly ConditionTest[];
}

/** Whether the holder of an identity has a capability, in the worst case. */
export interface CapabilityVerdict {
  /** `create-role-without-boundary` */
  readonly capability: string;
  readonly title: string;
  readonly verdict: WorstCaseVerdict;
  /** `can` and `limited`: the statements that allow it. `cannot`: those that deny it, or that allow only something else. */
  readonly statements: readonly VerdictStatement[];
  /** Actions that no policy of the identity allows or denies, so that the policy of a resource may allow them. */
  readonly byResourcePolicy: readonly string[];
  /** Why the verdict is unknown. */
  readonly reason: string | null;
}

export interface IdentityWorstCase {
  readonly identity: string;
  readonly roleArn: string;
  /** Of the holder of the role, or of its credentials without a session policy. */
  readonly capabilities: readonly CapabilityVerdict[];
  /** Of a session that Grantkeeper opens for one object, with its session policy; null: its sessions have none. */
  readonly session: readonly CapabilityVerdict[] | null;
}

export interface AccountWorstCase {
  readonly account: string;
  readonly accountId: string;
  /** `declared`: the policies in docs/aws-permissions.md with the values of these manifests. `installed`: as read from AWS. */
  readonly policies: "declared" | "installed";
  readonly identities: readonly IdentityWorstCase[];
}
