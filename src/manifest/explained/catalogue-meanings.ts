/** What each field of a grant is for, where its form alone does not show it. `COMMON` holds for every grant. */
export const GRANT_FIELDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  metrics: { namespace: "the namespace in which the function may put metrics" },
  dynamodb: {
    table: "the table",
    indexes: "the indexes that are included; default all of the table, `[]` for none",
    leadingKeys: "only items with these partition keys; not possible with `scan` and `stream`",
  },
  s3: { bucket: "the bucket", prefix: "only objects below this prefix; default all objects" },
  sqs: { queue: "the queue" },
  sns: { topic: "the topic" },
  events: {
    bus: "the event bus",
    source: "only events with one of these sources; default all",
    detailType: "only events with one of these detail types; default all",
  },
  states: { stateMachine: "the state machine" },
  secrets: { secret: "the secret" },
  ssm: {
    parameter: "one parameter",
    path: "the path whose parameters `readPath` and `readTree` read",
  },
  kms: {
    key: "the key, for uses by the code itself; a key that only encrypts a resource is `kmsKey` of its grant",
  },
  kinesis: {
    stream: "the stream",
    consumer: "the consumer with enhanced fan-out by which the stream is read",
  },
  lambda: {
    function: "the function that is invoked",
    qualifier: "only this alias or version; default the unqualified function",
  },
  rds: { resourceId: "the database", user: "the user of the database" },
  bedrock: {
    model: "the foundation model, for `invoke`",
    inferenceProfile: "the inference profile through which the model is invoked",
    regions: "the regions to which a cross-region profile sends requests",
    guardrail: "the guardrail, for `guardrail`",
    knowledgeBase: "the knowledge base, for `retrieve`",
    agent: "the agent, for `agent`",
    agentAlias: "the alias of the agent, for `agent`",
  },
  firehose: { deliveryStream: "the delivery stream" },
  scheduler: { group: "the group of the schedules" },
  ses: {
    identity: "the identity in whose name the function sends",
    from: "only these sender addresses; default all of the identity",
    configurationSet: "the configuration set with which the function sends",
  },
  cognito: { userPool: "the user pool" },
  efs: { fileSystem: "the file system", accessPoint: "the access point through which it is mounted" },
  dlq: {
    queue: "the queue that gets failed events; either `queue` or `topic`",
    topic: "the topic that gets failed events; either `queue` or `topic`",
  },
  rdsData: { cluster: "the cluster", secret: "the secret with the login of the database" },
  dsql: { cluster: "the cluster" },
  appconfig: {
    application: "the application",
    environment: "its environment",
    profile: "its configuration profile",
  },
  apigw: {
    api: "the API",
    stage: "the stage",
    method: "the method",
    path: "the path of the resource",
  },
};

export const COMMON_GRANT_FIELDS: Readonly<Record<string, string>> = {
  allow: "what the function may do: verbs, and single actions by their names in IAM without the service",
  kmsKey:
    "the customer-managed key that encrypts the resource; the function may use it only through this service. Without one, leave it out",
  until: "the end of the permission, enforced by AWS with a condition on `aws:CurrentTime`",
  reason: "the reason, shown in `describe`",
};

/** What each field of a caller is for. */
export const CALLER_FIELDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  s3: { bucket: "the bucket", account: "the account that owns the bucket; default the own one" },
  sns: { topic: "the topic" },
  events: { rule: "the rule", bus: "the bus of the rule; default the default bus" },
  apigateway: {
    api: "the API",
    stage: "the stage",
    method: "the method, together with `path`",
    path: "the path of the resource; `{…}` is any value",
    route: "a route without a path, instead of `method` and `path`",
    authorizer: "the function is this authorizer, instead of `method` and `path`",
  },
  logs: { group: "the log group" },
  cognito: { userPool: "the user pool" },
  iot: {
    rule: "the topic rule; one of the three fields",
    authorizer: "the custom authorizer; one of the three fields",
    provisioningTemplate: "the provisioning template; one of the three fields",
  },
  account: { id: "the account", roles: "only these roles of it; default every principal" },
  organization: { id: "the organization" },
  functionUrl: {
    authType: "the same as the `AuthType` of the URL: `none` lets in everyone",
    account: "the account of the callers; default the own one",
    roles: "only these roles of the account; default every principal",
  },
  alb: { targetGroup: "the target group" },
  cloudfront: { distribution: "the distribution" },
  vpcLattice: { targetGroup: "the target group" },
  secrets: { secret: "the secret" },
  config: { rule: "only this rule; default every rule of the account" },
  cloudwatch: { alarm: "the alarm" },
  ses: { ruleSet: "the receipt rule set", rule: "the receipt rule" },
  codecommit: { repository: "the repository" },
  alexa: { skill: "the skill", type: "default `custom`" },
  lex: { bot: "the bot", alias: "the alias of the bot" },
  bedrock: { agent: "the agent" },
  connect: { instance: "the instance" },
};

export const COMMON_CALLER_FIELDS: Readonly<Record<string, string>> = {
  statement:
    "a statement of the function's resource policy, for a caller that is not in the catalogue; it needs a `reason`",
  qualifier: "only this alias or version of the function; default the unqualified function",
  reason: "the reason, shown in `describe`",
};
