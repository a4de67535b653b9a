/** How the name of a resource is read from its ARN. */
export type NameRule =
  /** The text up to this separator: what follows is a part of the resource (an index, an alias, an object). */
  | "/"
  | ":"
  /** The complete rest, which may contain separators. */
  | "whole"
  /** A parameter's path. The ARN leaves out the `/` that a path begins with. */
  | "path"
  /** The last segment: what precedes it is a path, which can be chosen freely. */
  | "last"
  /** Without the six characters that Secrets Manager appends. */
  | "secret"
  /** An id that AWS chose: it does not show its owner. */
  | "id"
  /** AWS's own, for every customer: no team owns it. */
  | "public"
  /** One for the entire account, which requests name in addition to what is in it: no team owns it. */
  | "account";

export interface ResourceType {
  readonly service: string;
  /** Before the name in the last part of the ARN; empty if there is nothing. */
  readonly prefix: string;
  readonly name: NameRule;
}

/**
 * The types of resources that functions use, by service. The ARNs are those of AWS's Service Authorization Reference; a
 * test compares them with the action data. A type that is not listed has no name here: only its complete ARN matches.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
const TYPES: Readonly<Record<string, Readonly<Record<string, NameRule>>>> = {
  appconfig: { "application/": "id" },
  appsync: { "apis/": "id" },
  athena: { "workgroup/": "whole", "datacatalog/": "whole" },
  batch: { "job-definition/": ":", "job-queue/": "/" },
  bedrock: {
    "agent-alias/": "id",
    "application-inference-profile/": "id",
    "foundation-model/": "public",
    "guardrail/": "id",
    "inference-profile/": "id",
    "knowledge-base/": "id",
  },
  cloudformation: { "stack/": "/" },
  cloudwatch: { "alarm:": "whole" },
  codebuild: { "project/": "whole" },
  "cognito-idp": { "userpool/": "id" },
  dsql: { "cluster/": "id" },
  dynamodb: { "table/": "/", "global-table/": "whole" },
  ecr: { "repository/": "whole" },
  ecs: { "cluster/": "whole", "service/": "/", "task/": "/", "task-definition/": ":" },
  elasticache: {
    "cluster:": "whole",
    "replicationgroup:": "whole",
    "serverlesscache:": "whole",
    "user:": "whole",
  },
  elasticfilesystem: { "access-point/": "id", "file-system/": "id" },
  es: { "domain/": "/" },
  // A rule of another bus than the default one has the bus before its name, and the bus decides whose events it gets.
  events: { "event-bus/": "whole", "rule/": "whole" },
  firehose: { "deliverystream/": "whole" },
  glue: { catalog: "account", "database/": "whole", "job/": "whole", "table/": "/", "workflow/": "whole" },
  iam: { "policy/": "last", "role/": "last", "user/": "last" },
  iot: { "thing/": "whole", "topic/": "whole", "topicfilter/": "whole" },
  // A topic or group is a part of its cluster.
  kafka: { "cluster/": "/", "group/": "/", "topic/": "/" },
  kinesis: { "stream/": "/" },
  kms: { "alias/": "whole", "key/": "id" },
  lambda: { "function:": ":", "layer:": ":", "event-source-mapping:": "id" },
  logs: { "log-group:": ":" },
  rds: { "cluster-snapshot:": "whole", "cluster:": "whole", "db:": "whole", "snapshot:": "whole" },
  "rds-db": { "dbuser:": "id" },
  redshift: { "cluster:": "whole", "dbname:": "/", "dbuser:": "/" },
  rekognition: { "collection/": "whole" },
  // An object is a part of its bucket.
  s3: { "": "/" },
  sagemaker: { "endpoint/": "whole" },
  scheduler: { "schedule/": "/", "schedule-group/": "whole" },
  secretsmanager: { "secret:": "secret" },
  ses: { "configuration-set/": "whole", "identity/": "whole", "template/": "whole" },
  sns: { "": ":" },
  sqs: { "": "whole" },
  ssm: { "document/": "whole", "parameter/": "path" },
  // The last part of an execution is its own name; the state machine's comes first.
  states: { "activity:": "whole", "execution:": ":", "express:": ":", "stateMachine:": ":" },
  transcribe: { "transcription-job/": "whole" },
  timestream: { "database/": "/" },
};

export const RESOURCE_TYPES: readonly ResourceType[] = Object.entries(TYPES).flatMap(([service, prefixes]) =>
  Object.entries(prefixes).map(([prefix, name]) => ({ service, prefix, name })),
);

const BY_SERVICE: ReadonlyMap<string, readonly ResourceType[]> = Map.groupBy(
  RESOURCE_TYPES,
  ({ service }) => service,
);

/** The type of a resource by the last part of its ARN; undefined if it is not listed. */
export function typeOf(service: string, resource: string): ResourceType | undefined {
  return BY_SERVICE.get(service)?.find(({ prefix }) => resource.startsWith(prefix));
}

/**
 * The words before the name with which an entry of a Team can name a type: `table/`, `key/`. Glue's `catalog` has no name
 * after it, and `catalog-items` is the name of a table or queue.
 */
export const TYPE_PREFIXES: readonly string[] = [
  ...new Set(RESOURCE_TYPES.map(({ prefix }) => prefix).filter((prefix) => /[/:]$/.test(prefix))),
].sort();
