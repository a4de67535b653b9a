import { nameInArn } from "../../../model/aws/arn.ts";
import type { DesiredAccount, DesiredBinding } from "../../../model/desired.ts";
import { canonicalText } from "../../../model/values/digest.ts";
import type { GuardContext } from "../../context/context.ts";
import type { Breach } from "../rule.ts";

/** ATT-001: an attached policy that is neither a ManagedPolicy nor in the account's `attachablePolicies`. */
export function notAttachable({ role }: DesiredBinding, { account }: GuardContext): readonly Breach[] {
  const { name, fences } = account;
  return role.attachments
    .filter(({ arn, policy }) => policy === null && !fences.attachablePolicies.includes(arn))
    .map(({ arn, origin }) => ({
      rule: "ATT-001",
      severity: "full",
      origin,
      evidence: canonicalText({ PolicyArn: arn }),
      why: `AwsAccount ${name} does not list ${arn} as attachable`,
      fix: fixFor(arn, account),
    }));
}

/** A policy of the same name that may be attached: the path was left out, or the case is another one. */
function fixFor(arn: string, { name, fences }: DesiredAccount): string {
  const isMeant = (other: string): boolean => nameInArn(other).toLowerCase() === nameInArn(arn).toLowerCase();
  const meant = fences.attachablePolicies.find(isMeant);
  if (meant !== undefined) return `write ${meant}`;
  return `write the grants that the function needs, or ask the platform team for it in attachablePolicies of AwsAccount ${name}`;
}
