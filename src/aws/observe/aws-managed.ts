import { GetPolicyCommand, GetPolicyVersionCommand } from "@aws-sdk/client-iam";
import type { Clock } from "../../controller/ports/clock.ts";
import { isAwsManagedPolicy } from "../../iam/shipped-policies.ts";
import type { AwsManagedPolicy, LiveRole, Reading } from "../../model/live.ts";
import { mapInParallel } from "../requests/in-parallel.ts";
import { orAborted } from "../requests/or-aborted.ts";
import { presenceOf } from "./failure.ts";
import { requiredArn, decodedDocument, needed } from "./project-role.ts";
import type { AccountReader } from "./reader.ts";
import { byText } from "../../text/order.ts";

/** AWS rarely publishes new default versions; the version of each policy is checked at this interval. */
const CHECK_EVERY_MS = 3_600_000;
const WIDTH = 4;

/**
 * Documents of AWS-managed policies, one for each version. All accounts of a partition share them; the ARN contains the
 * partition.
 */
export class AwsManagedPolicies {
  readonly #clock: Clock;
  readonly #known = new Map<string, { readonly policy: AwsManagedPolicy; readonly checkedMs: number }>();
  readonly #reading = new Map<string, Promise<Reading<AwsManagedPolicy>>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** By ARN, sorted; from the cache if the entry is recent enough. */
  read(
    reader: AccountReader,
    arns: readonly string[],
  ): Promise<ReadonlyMap<string, Reading<AwsManagedPolicy>>> {
    return mapInParallel(arns.toSorted(byText), WIDTH, (arn) => this.#readOne(reader, arn));
  }

  /** Like `read`, but always checks the default version. */
  readFresh(
    reader: AccountReader,
    arns: readonly string[],
  ): Promise<ReadonlyMap<string, Reading<AwsManagedPolicy>>> {
    return mapInParallel(arns.toSorted(byText), WIDTH, (arn) => presenceOf(() => this.#fetch(reader, arn)));
  }

  /** If several accounts are swept in parallel, they share one read instead of repeating it. */
  async #readOne(reader: AccountReader, arn: string): Promise<Reading<AwsManagedPolicy>> {
    for (let other = this.#reading.get(arn); other !== undefined; other = this.#reading.get(arn))
      await orAborted(
        other.catch(() => undefined),
        reader.signal,
      );
    const known = this.#known.get(arn);
    if (known !== undefined && this.#clock.nowMs() - known.checkedMs < CHECK_EVERY_MS)
      return { kind: "present", value: known.policy };
    const reading = presenceOf(() => this.#fetch(reader, arn));
    this.#reading.set(arn, reading);
    try {
      return await reading;
    } finally {
      this.#reading.delete(arn);
    }
  }

  async #fetch(reader: AccountReader, arn: string): Promise<AwsManagedPolicy> {
    const { Policy } = await reader.iam("iam:GetPolicy", GetPolicyCommand, { PolicyArn: arn });
    const versionId = needed(Policy?.DefaultVersionId, "iam:GetPolicy", "DefaultVersionId");
    const known = this.#known.get(arn)?.policy;
    const policy = known?.versionId === versionId ? known : await fetchVersion(reader, arn, versionId);
    this.#known.set(arn, { policy, checkedMs: this.#clock.nowMs() });
    return policy;
  }
}

/**
 * AWS-managed policies that are attached to the account's roles or are their boundaries. Service-linked roles are
 * skipped: only AWS itself can use or change them.
 */
export function attachedAwsManaged(roles: Iterable<Reading<LiveRole>>): readonly string[] {
  return [...roles].flatMap((role) => {
    if (role.kind !== "present" || /^\/aws-(service-role|reserved)\//.test(role.value.path)) return [];
    return [...role.value.attachments, role.value.boundary ?? ""].filter(isAwsManagedPolicy);
  });
}

async function fetchVersion(
  reader: AccountReader,
  arn: string,
  versionId: string,
): Promise<AwsManagedPolicy> {
  const input = { PolicyArn: arn, VersionId: versionId };
  const { PolicyVersion } = await reader.iam("iam:GetPolicyVersion", GetPolicyVersionCommand, input);
  const text = decodedDocument(needed(PolicyVersion?.Document, "iam:GetPolicyVersion", "Document"));
  return { arn: requiredArn(arn, "iam:GetPolicy"), versionId, text };
}
