import { GetPolicyCommand } from "@aws-sdk/client-iam";
import type { LivePolicy, Reading } from "../../model/live.ts";
import type { Tag } from "../../model/aws/tag.ts";
import { readingOf } from "./failure.ts";
import type { PolicyFromDetails } from "./project-policy.ts";
import { tagsOfAnswer } from "./project-role.ts";
import type { AccountReader } from "./reader.ts";

/**
 * The attributes of a policy that only GetPolicy returns. AWS may omit an empty description and an empty list of tags.
 */
export interface Attributes {
  readonly tags: readonly Tag[];
  readonly description: string;
}

/**
 * Tags and descriptions of customer-managed policies, which the account-wide listing does not contain. They are read
 * when a policy is first seen, kept by its unique id, and forgotten when Grantkeeper writes the policy. A description
 * never changes.
 */
export class PolicyAttributes {
  readonly #byArn = new Map<string, { readonly policyId: string; readonly attributes: Attributes }>();

  async read(reader: AccountReader, policy: PolicyFromDetails): Promise<LivePolicy> {
    const known = this.#byArn.get(policy.arn);
    if (known?.policyId === policy.policyId)
      return withAttributes(policy, { kind: "present", value: known.attributes });
    return this.readFresh(reader, policy);
  }

  async readFresh(reader: AccountReader, policy: PolicyFromDetails): Promise<LivePolicy> {
    const { arn, policyId } = policy;
    const reading = await readingOf(async () => {
      const { Policy } = await reader.iam("iam:GetPolicy", GetPolicyCommand, { PolicyArn: arn });
      const attributes = { tags: tagsOfAnswer(Policy?.Tags), description: Policy?.Description ?? "" };
      if (Policy?.PolicyId === policyId) this.#byArn.set(arn, { policyId, attributes });
      return attributes;
    });
    return withAttributes(policy, reading);
  }

  forget(arn: string): void {
    this.#byArn.delete(arn);
  }
}

export function withAttributes(
  policy: PolicyFromDetails,
  reading: Exclude<Reading<Attributes>, { readonly kind: "absent" }>,
): LivePolicy {
  if (reading.kind === "unknown") return { ...policy, description: null, tags: reading };
  const { description, tags } = reading.value;
  return { ...policy, description, tags: { kind: "present", value: tags } };
}
