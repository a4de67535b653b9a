import type { Clock } from "../../controller/ports/clock.ts";
import type { Telemetry } from "../../controller/ports/telemetry.ts";
import { type AwsError, fixOfAwsError } from "../../model/aws/errors/aws-error.ts";

/** How long no tags are sent to a role that does not allow them. A new process tries again immediately. */
const UNTAGGED_MS = 86_400_000;

/** A role whose sessions may have tags. */
interface TaggedRole {
  readonly account: string;
  readonly roleArn: string;
}

/**
 * Which roles accept session tags. They only help to read CloudTrail, so a role that refuses them is used without: the
 * trust policies of older installations do not allow them.
 */
export class SessionTagging {
  readonly #clock: Clock;
  readonly #telemetry: Telemetry;
  readonly #refusedMs = new Map<string, number>();
  readonly #warned = new Set<string>();

  constructor(clock: Clock, telemetry: Telemetry) {
    this.#clock = clock;
    this.#telemetry = telemetry;
  }

  isAccepted({ roleArn }: TaggedRole): boolean {
    const refusedMs = this.#refusedMs.get(roleArn);
    return refusedMs === undefined || this.#clock.nowMs() - refusedMs >= UNTAGGED_MS;
  }

  accepted({ account, roleArn }: TaggedRole): void {
    if (!this.#refusedMs.delete(roleArn)) return;
    this.#warned.delete(roleArn);
    this.#telemetry.info("session tags are sent again", { account, role: roleArn });
  }

  /** Warns once for each role. Tags that are too long for one object may fit for the next, so they are tried again. */
  refused({ account, roleArn }: TaggedRole, error: AwsError): void {
    if (!isTooLarge(error)) this.#refusedMs.set(roleArn, this.#clock.nowMs());
    if (this.#warned.has(roleArn)) return;
    this.#warned.add(roleArn);
    const { code } = error.facts;
    const fields = { account, role: roleArn, code, fix: fixOfAwsError(error) };
    this.#telemetry.warn("session tags are not sent: AWS refuses them", fields);
  }

  /** The next session tries again. */
  forget({ roleArn }: TaggedRole): void {
    this.#refusedMs.delete(roleArn);
  }
}

/** Whether a session without tags may be possible. */
export function isTagRefusal(error: AwsError): boolean {
  return error.facts.denial?.action === "sts:TagSession" || isTooLarge(error);
}

function isTooLarge({ facts }: AwsError): boolean {
  return facts.code === "PackedPolicyTooLarge";
}
