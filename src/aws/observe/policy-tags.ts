import { GetPolicyCommand } from "@aws-sdk/client-iam";
import type { Reading } from "../../model/live.ts";
import type { Tag } from "../../model/tag.ts";
import { readingOf } from "./failure.ts";
import type { PolicyFromDetails } from "./iam-listing.ts";
import { tagsOf } from "./project-role.ts";
import type { Reader } from "./reader.ts";

/**
 * Tags of customer-managed policies, which the listing does not bring: read when a policy is first seen, kept by its
 * unique id, forgotten when we write to the policy.
 */
export class PolicyTags {
  readonly #byArn = new Map<string, { readonly policyId: string; readonly tags: readonly Tag[] }>();

  async read(reader: Reader, policy: PolicyFromDetails): Promise<Reading<readonly Tag[]>> {
    const known = this.#byArn.get(policy.arn);
    if (known?.policyId === policy.policyId) return { kind: "present", value: known.tags };
    return this.readFresh(reader, policy);
  }

  readFresh(reader: Reader, policy: PolicyFromDetails): Promise<Reading<readonly Tag[]>> {
    const { arn, policyId } = policy;
    return readingOf(async () => {
      const answer = await reader.iam("iam:GetPolicy", GetPolicyCommand, { PolicyArn: arn });
      const tags = tagsOf(answer.Policy?.Tags);
      if (answer.Policy?.PolicyId === policyId) this.#byArn.set(arn, { policyId, tags });
      return tags;
    });
  }

  forget(arn: string): void {
    this.#byArn.delete(arn);
  }
}
