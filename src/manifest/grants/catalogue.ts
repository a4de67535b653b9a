import { bedrock } from "./bedrock.ts";
import { dynamodb } from "./dynamodb.ts";
import type { GrantEntry } from "./entry.ts";
import { events } from "./events.ts";
import { kinesis } from "./kinesis.ts";
import { kms } from "./kms.ts";
import { lambda } from "./lambda.ts";
import { metrics } from "./metrics.ts";
import { rds } from "./rds.ts";
import { s3 } from "./s3.ts";
import { secrets } from "./secrets.ts";
import { sns } from "./sns.ts";
import { sqs } from "./sqs.ts";
import { ssm } from "./ssm.ts";
import { states } from "./states.ts";

/** Every grant of this version, by its key in `grants`. */
export const GRANTS = {
  metrics,
  dynamodb,
  s3,
  sqs,
  sns,
  events,
  states,
  secrets,
  ssm,
  kms,
  kinesis,
  lambda,
  rds,
  bedrock,
} as const;

/** The entries under one type, for code that handles all services in the same way. */
export const GRANT_ENTRIES: readonly GrantEntry[] = Object.values(
  GRANTS,
) as readonly unknown[] as readonly GrantEntry[];

/** Services that are known but not in this version. */
export const LATER_GRANTS: readonly string[] = [
  "apigw",
  "appconfig",
  "cognito",
  "dlq",
  "dsql",
  "efs",
  "firehose",
  "rdsData",
  "scheduler",
  "ses",
];

/** What people may expect of a verb although it is not allowed; null if there is nothing to note. */
export function leavesOut(grant: string, verb: string): string | null {
  const verbs = GRANT_ENTRIES.find((entry) => entry.grant === grant)?.verbs;
  return verbs !== undefined && Object.hasOwn(verbs, verb) ? (verbs[verb]?.leavesOut ?? null) : null;
}
