import { apigw } from "./apigw.ts";
import { appconfig } from "./appconfig.ts";
import { bedrock } from "./bedrock.ts";
import { cognito } from "./cognito.ts";
import { dlq } from "./dlq.ts";
import { dsql } from "./dsql.ts";
import { dynamodb } from "./dynamodb.ts";
import { efs } from "./efs.ts";
import type { GrantEntry } from "./entry.ts";
import { withExactActions } from "./exact-actions.ts";
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
  dynamodb: withExactActions(dynamodb),
  s3: withExactActions(s3),
  sqs: withExactActions(sqs),
  sns: withExactActions(sns),
  events: withExactActions(events),
  states: withExactActions(states),
  secrets: withExactActions(secrets),
  ssm: withExactActions(ssm),
  kms: withExactActions(kms),
  kinesis: withExactActions(kinesis),
  lambda: withExactActions(lambda),
  rds: withExactActions(rds),
  bedrock: withExactActions(bedrock),
  firehose: withExactActions(firehose),
  scheduler: withExactActions(scheduler),
  ses: withExactActions(ses),
  cognito: withExactActions(cognito),
  efs: withExactActions(efs),
  dlq,
  rdsData: withExactActions(rdsData),
  dsql: withExactActions(dsql),
  appconfig: withExactActions(appconfig),
  apigw: withExactActions(apigw),
} as const;

/** The entries under one type, for code that handles all services in the same way. */
export const GRANT_ENTRIES: readonly GrantEntry[] = Object.values(
  GRANTS,
) as readonly unknown[] as readonly GrantEntry[];

/** What people may expect of a verb although it is not allowed, or must know of an action; null if there is nothing to note. */
export function leavesOut(grant: string, verb: string): string | null {
  const entry = GRANT_ENTRIES.find((one) => one.grant === grant);
  if (entry === undefined) return null;
  const { verbs, actions } = entry;
  return Object.hasOwn(verbs, verb) ? (verbs[verb]?.leavesOut ?? null) : (actions?.get(verb)?.note ?? null);
}
