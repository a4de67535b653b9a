import { servicesUsed } from "../../iam/read/services.ts";
import { arnParts } from "../../model/aws/arn.ts";
import type { DesiredBinding } from "../../model/desired.ts";
import { livePolicy, type LiveAccount } from "../../model/live.ts";

/**
 * The services that attached customer-managed policies name, sorted. No manifest may name them, and without their data no
 * rule finds what is open in such a policy.
 */
export function attachedServices(bindings: readonly DesiredBinding[], live: LiveAccount): readonly string[] {
  const arns = new Set(bindings.flatMap(({ role }) => role.attachments.map(({ arn }) => arn)));
  const texts = [...arns]
    .filter((arn) => arnParts(arn).accountId !== "aws")
    .flatMap((arn) => {
      const policy = livePolicy(live, arn);
      return policy.kind === "present" ? policy.value.versions.map(({ text }) => text) : [];
    });
  return servicesUsed(texts);
}
