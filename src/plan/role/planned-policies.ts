import type { CompiledTexts } from "../../diff/documents/compiled-texts.ts";
import type { DesiredBinding, DesiredPolicy } from "../../model/desired.ts";
import { livePolicy, type LiveAccount, type LivePolicy } from "../../model/live.ts";
import type { PlanContext } from "../inputs/context.ts";

/**
 * The live account, with the declared ManagedPolicies of this role that do not exist yet: a pass creates policies first,
 * and a binding waits for policies that were not created. So a new role is shown, and approved, with all its permissions.
 */
export function withPlannedPolicies({ role }: DesiredBinding, context: PlanContext): LiveAccount {
  const { live, desired, purpose, texts } = context;
  // The last applied state may attach a policy that Git no longer declares.
  if (purpose === "undo") return live;
  const planned = role.attachments.flatMap(({ arn, policy }) => {
    const declared = policy === null ? undefined : desired.policies.get(policy);
    if (declared?.use !== "attach" || livePolicy(live, arn).kind !== "absent") return [];
    return [[arn, { kind: "present", value: created(declared, texts) }] as const];
  });
  return planned.length === 0 ? live : { ...live, policies: new Map([...live.policies, ...planned]) };
}

function created(policy: DesiredPolicy, texts: CompiledTexts): LivePolicy {
  const text = texts.textOf(policy.document) ?? "";
  return {
    name: policy.policyName,
    path: policy.path,
    arn: policy.arn,
    policyId: "",
    defaultVersionId: "v1",
    versions: [{ id: "v1", text, createdAtMs: 0 }],
    description: policy.description,
    attachmentCount: 0,
    boundaryUsageCount: 0,
    tags: { kind: "present", value: policy.tags },
  };
}
