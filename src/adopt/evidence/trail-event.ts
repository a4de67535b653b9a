import { sessionOf } from "../../iam/trail/actor.ts";
import { isDenial } from "../../iam/denial/denial-code.ts";
import { trailRecord } from "../../iam/trail/trail-record.ts";

/** The part of a CloudTrail record that shows the use of a permission. */
export interface TrailEvent {
  readonly accountId: string;
  readonly region: string;
  readonly atMs: number;
  /** `sqs:listqueues`, as IAM names the action as far as CloudTrail's name is the same. */
  readonly action: string;
  /** Data events are recorded only for the resources that a trail selects. */
  readonly isManagement: boolean;
  readonly isDenied: boolean;
  /** Null: the caller is no session of a role. */
  readonly session: { readonly roleArn: string; readonly name: string } | null;
}

/**
 * A record of a CloudTrail file; null if it has not the form of one. Nothing else of it is kept: a record contains
 * parameters and addresses.
 */
export function trailEvent(value: unknown): TrailEvent | null {
  const record = trailRecord(value);
  if (record === null) return null;
  const { accountId, region, atMs, service, operation, isManagement, errorCode, identity } = record;
  return {
    accountId,
    region,
    atMs,
    action: `${PREFIXES[service] ?? service}:${operation.toLowerCase()}`,
    isManagement,
    isDenied: isDenial(errorCode),
    session: sessionOf(identity),
  };
}

/** The prefix of the service's actions, where the name in events is another one. */
const PREFIXES: Readonly<Record<string, string>> = {
  email: "ses",
  monitoring: "cloudwatch",
  rdsdata: "rds-data",
  tagging: "tag",
};
