import { apigw } from "./apigw.ts";
import { appconfig } from "./appconfig.ts";
import { bedrock } from "./bedrock.ts";
import { cognito } from "./cognito.ts";
import { dlq } from "./dlq.ts";
import { dsql } from "./dsql.ts";
import { dynamodb } from "./dynamodb.ts";
import { efs } from "./efs.ts";
import type { GrantEntry } from "./entry.ts";
import { events } from "./events.ts";
import { firehose } from "./firehose.ts";
import { kinesis } from "./kinesis.ts";
import { kms } from "./kms.ts";
import { lambda } from "./lambda.ts";
import { metrics } from "./metrics.ts";
import { rdsData } from "./rds-data.ts";
import { rds } from "./rds.ts";
import { s3 } from "./s3.ts";
import { scheduler } from "./scheduler.ts";
import { secrets } from "./secrets.ts";
import { ses } from "./ses.ts";
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
  firehose,
  scheduler,
  ses,
  cognito,
  efs,
  dlq,
  rdsData,
  dsql,
  appconfig,
  apigw,
} as const;

/** The entries under one type, for code that handles all services in the same way. */
export const GRANT_ENTRIES: readonly GrantEntry[] = Object.values(
  GRANTS,
) as readonly unknown[] as readonly GrantEntry[];

/** What people may expect of a verb although it is not allowed; null if there is nothing to note. */
export function leavesOut(grant: string, verb: string): string | null {
  const verbs = GRANT_ENTRIES.find((entry) => entry.grant === grant)?.verbs;
  return verbs !== undefined && Object.hasOwn(verbs, verb) ? (verbs[verb]?.leavesOut ?? null) : null;
}
