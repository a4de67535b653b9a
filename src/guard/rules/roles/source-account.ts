import { actionReaches } from "../../../iam/match/reach.ts";
import { trustText } from "../../../iam/trust.ts";
import type { PermissionRow } from "../../../model/delta.ts";
import type { DesiredBinding } from "../../../model/desired.ts";
import { liveFunction } from "../../../model/live.ts";
import type { Origin } from "../../../model/values/origin.ts";
import { canonicalText } from "../../../model/values/digest.ts";
import { type GuardContext, RoleView } from "../../context/context.ts";
import { isTied } from "../account-ties.ts";
import type { Breach } from "../breach.ts";
import { allowedTrust, isLambda } from "./trust.ts";

/** TRU-004: the account requires that the trust names it as the only source, and the trust does not. */
export function trustsAnySource(binding: DesiredBinding, context: GuardContext): readonly Breach[] {
  if (context.account.requiresSourceAccount !== true) return [];
  return [...openTrust(binding, context), ...inVpc(binding, context)];
}

function openTrust({ role, ...place }: DesiredBinding, { trust, account }: GuardContext): readonly Breach[] {
  const text = trust ?? trustText(role);
  const admitted = new Set<string>([account.id]);
  const isOpen = ({ principal, condition }: PermissionRow): boolean =>
    principal !== null &&
    isLambda(principal) &&
    !(condition.kind === "tests" && isTied(condition.tests, "source", admitted));
  if (!allowedTrust(text, place).some(isOpen)) return [];
  return [
    {
      rule: "TRU-004",
      severity: "full",
      origin: role.origin,
      evidence: text,
      part: "trust",
      why: `Lambda may assume the role for a source of any account: its trust does not name account ${account.id}`,
      fix: `add "Condition": {"StringEquals": {"aws:SourceAccount": "${account.id}"}} to the statement of lambda.amazonaws.com`,
    },
  ];
}

/**
 * A warning: AWS documents the key for execution roles, and is reported to fail in a VPC that Lambda has not used before.
 * @see https://github.com/aws/aws-parallelcluster/pull/6926
 */
function inVpc(binding: DesiredBinding, context: GuardContext): readonly Breach[] {
  const origin = vpcPlace(binding, context);
  if (origin === null) return [];
  return [
    {
      rule: "TRU-004",
      severity: "warn",
      origin,
      evidence: canonicalText({ vpc: true }),
      why: "AWS is reported to fail to create a function in a VPC that Lambda has not used before, if the trust of its role names a source",
      fix: `if AWS refuses the function, remove requireSourceAccount from AwsAccount ${context.account.name} until it exists`,
    },
  ];
}

/** The place of the permission by which Lambda connects the function to a VPC; null: it is in none. */
function vpcPlace(binding: DesiredBinding, context: GuardContext): Origin | null {
  const rows = new RoleView(binding, context).rows;
  const connecting = rows.find(
    ({ effect, action }) => effect === "Allow" && actionReaches(action, "ec2:CreateNetworkInterface"),
  );
  if (connecting !== undefined) return connecting.origin ?? binding.role.origin;
  if (context.live === null) return null;
  const found = liveFunction(context.live, binding.region, binding.functionName);
  return found.kind === "present" && found.value.needs.vpc ? binding.functionOrigin : null;
}
