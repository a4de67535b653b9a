import type { GrantPlace } from "../fields/resource.ts";
import { arnParts, functionInArn, hasArnParts } from "../../model/aws/arn.ts";

import type { GRANTS } from "../grants/catalogue.ts";

/** Access that a function requested and that may not be granted. */
export interface MissingAccess {
  /** `service:Name`, in any case. */
  readonly action: string;
  /** An ARN, or `*`. */
  readonly resource: string;
  /** Condition keys, lower-case. */
  readonly context: ReadonlyMap<string, readonly string[]>;
}

/** Fields of a grant without its verbs. */
export type TargetFields = Readonly<Record<string, string | readonly string[]>>;

interface RequestedArn {
  readonly arn: string;
  readonly region: string;
  /** The complete last part of the ARN. */
  readonly resource: string;
  /** True if the resource is in the binding's own account and region. */
  readonly isHere: boolean;
}

type FindTargets = (
  requested: RequestedArn,
  place: GrantPlace,
  { context }: MissingAccess,
) => readonly TargetFields[];

/**
 * How each grant names the resource of an ARN, the narrowest form first; empty if the grant is not about such a
 * resource. The result may not fit the grant's fields: its schema decides.
 */
const TARGETS = {
  dynamodb: (requested) => {
    const [kind, name, ...rest] = requested.resource.split("/");
    if (kind !== "table" || name === undefined) return [];
    const table = shortName(requested, name, `table/${name}`);
    const index = rest[0] === "index" ? rest[1] : undefined;
    return index === undefined ? [{ table }] : [{ table, indexes: [index] }, { table }];
  },
  s3: ({ resource: named }, _place, { context }) => {
    const [bucket, ...key] = named.split("/");
    if (bucket === undefined) return [];
    if (key.length === 0) return bucketTargets(bucket, context.get("s3:prefix")?.[0]);
    const folder = key.slice(0, -1).join("/");
    return folder === "" ? [{ bucket }] : [{ bucket, prefix: `${folder}/` }];
  },
  sqs: (requested) => [{ queue: shortName(requested, requested.resource, requested.resource) }],
  sns: (requested) => [{ topic: shortName(requested, requested.resource, requested.resource) }],
  events: prefixed("event-bus/", (bus) => [{ bus }]),
  states: (requested) => {
    // oxlint-disable-next-line grantkeeper/no-arn-parsing -- the resource of Step Functions, which has colons of its own
    const [kind, name] = requested.resource.split(":");
    if (name === undefined || (kind !== "stateMachine" && kind !== "execution")) return [];
    return [{ stateMachine: shortName(requested, name, `stateMachine:${name}`) }];
  },
  secrets: (requested) => {
    const name = /^secret:(.+)-[A-Za-z0-9?]{6}$/.exec(requested.resource)?.[1];
    if (name === undefined) return [];
    return [{ secret: requested.isHere ? name : requested.arn }];
  },
  ssm: prefixed("parameter/", (name) => {
    // The first slash belongs to `parameter/`. A name in a hierarchy begins with a slash of its own.
    const parameter = !name.startsWith("arn:") && name.includes("/") ? `/${name}` : name;
    return [{ parameter }, { path: parameter }];
  }),
  kms: prefixed("key/", (key) => [{ key }]),
  kinesis: (requested) => {
    const match = /^stream\/([^/]+)(?:\/consumer\/([^:]+):.*)?$/.exec(requested.resource);
    if (match === null) return [];
    const [, name, consumer] = match;
    const stream = shortName(requested, String(name), `stream/${String(name)}`);
    return consumer === undefined ? [{ stream }] : [{ stream, consumer }];
  },
  lambda: (requested) => {
    const fn = functionInArn(requested.arn);
    if (fn === null) return [];
    const { name, qualifier } = fn;
    const target = { function: shortName(requested, name, `function:${name}`) };
    return qualifier === null ? [target] : [{ ...target, qualifier }];
  },
  rds: (requested) => {
    const match = /^dbuser:([^/]+)\/(.+)$/.exec(requested.resource);
    if (match === null || !requested.isHere) return [];
    return [{ resourceId: String(match[1]), user: String(match[2]) }];
  },
  bedrock: (requested, place) => {
    const [kind, name, alias] = requested.resource.split("/");
    const find = BEDROCK[String(kind)];
    return name === undefined || find === undefined ? [] : find({ ...requested, name, alias }, place);
  },
  firehose: prefixed("deliverystream/", (deliveryStream) => [{ deliveryStream }]),
  scheduler: (requested) => {
    const [kind, name] = requested.resource.split("/");
    if (kind !== "schedule" || name === undefined) return [];
    return [{ group: shortName(requested, name, `schedule-group/${name}`) }];
  },
  ses: prefixed("identity/", (identity) => [{ identity }]),
  cognito: prefixed("userpool/", (userPool) => [{ userPool }]),
  // The access point is in the condition: a denied request names it only sometimes.
  efs: (requested, _place, { context }) => {
    const [accessPoint] = context.get("elasticfilesystem:accesspointarn") ?? [];
    const [kind, name] = requested.resource.split("/");
    if (kind !== "file-system" || name === undefined || accessPoint === undefined) return [];
    return [{ fileSystem: shortName(requested, name, requested.resource), accessPoint }];
  },
  dlq: (requested) => {
    const name = shortName(requested, requested.resource, requested.resource);
    return [{ queue: name }, { topic: name }];
  },
  // The secret of the database user is not part of the request.
  rdsData: () => [],
  dsql: prefixed("cluster/", (cluster) => [{ cluster }]),
  appconfig: (requested) => {
    const match = /^application\/([^/]+)\/environment\/([^/]+)\/configuration\/([^/]+)$/.exec(
      requested.resource,
    );
    if (match === null || !requested.isHere) return [];
    return [{ application: String(match[1]), environment: String(match[2]), profile: String(match[3]) }];
  },
  apigw: (requested) => {
    const [api, stage, method, ...path] = requested.resource.split("/");
    if (api === undefined || stage === undefined || method === undefined || !requested.isHere) return [];
    return [
      { api, stage },
      { api, stage, method: method === "*" ? "ANY" : method, path: `/${path.join("/")}` },
    ];
  },
} as const satisfies Record<Exclude<keyof typeof GRANTS, "metrics">, FindTargets>;

interface BedrockResource extends RequestedArn {
  readonly name: string;
  readonly alias: string | undefined;
}

const BEDROCK: Readonly<
  Record<string, (requested: BedrockResource, place: GrantPlace) => readonly TargetFields[]>
> = {
  "foundation-model": ({ name, region }, place) => {
    // A global profile asks for the model without a region.
    if (region === "") return [{ model: name, inferenceProfile: `global.${name}` }];
    return [region === place.region ? { model: name } : { model: name, regions: [region] }];
  },
  // A cross-region profile is called like its model, after the area that it serves: `eu.anthropic.…`.
  "inference-profile": ({ name }) => [{ model: name.replace(/^[a-z-]+\./, ""), inferenceProfile: name }],
  guardrail: (requested) => [{ guardrail: shortName(requested, requested.name, requested.resource) }],
  "knowledge-base": (requested) => [
    { knowledgeBase: shortName(requested, requested.name, requested.resource) },
  ],
  "agent-alias": ({ name, alias, isHere }) =>
    alias === undefined || !isHere ? [] : [{ agent: name, agentAlias: alias }],
};

/** The services of the resources of those grants whose name differs from the service. */
const SERVICES: Readonly<Record<string, readonly string[]>> = {
  apigw: ["execute-api"],
  cognito: ["cognito-idp"],
  dlq: ["sqs", "sns"],
  efs: ["elasticfilesystem"],
  rds: ["rds-db"],
  rdsData: ["rds"],
  secrets: ["secretsmanager"],
};

export function coveringTargets(
  grant: keyof typeof GRANTS,
  missing: MissingAccess,
  place: GrantPlace,
): readonly TargetFields[] {
  if (grant === "metrics")
    return (missing.context.get("cloudwatch:namespace") ?? []).map((namespace) => ({ namespace }));
  const { partition, service, region, accountId, resource } = arnParts(missing.resource);
  if (!hasArnParts(missing.resource) || !(SERVICES[grant] ?? [grant]).includes(service)) return [];
  const find: FindTargets = TARGETS[grant];
  const isHere = region === place.region && accountId === place.accountId && partition === place.partition;
  return find({ arn: missing.resource, region, resource, isHere }, place, missing);
}

function bucketTargets(bucket: string, prefix: string | undefined): readonly TargetFields[] {
  const folder = prefix?.slice(0, prefix.lastIndexOf("/") + 1);
  return folder === undefined || folder === "" ? [{ bucket }] : [{ bucket, prefix: folder }, { bucket }];
}

/** Finds the targets of resources that are named by the text after a prefix. */
function prefixed(prefix: string, toTargets: (name: string) => readonly TargetFields[]): FindTargets {
  return (requested) => {
    const { resource } = requested;
    if (!resource.startsWith(prefix)) return [];
    return toTargets(shortName(requested, resource.slice(prefix.length), resource));
  };
}

/** The short name in the binding's own account and region, else the full ARN. */
function shortName(requested: RequestedArn, name: string, resource: string): string {
  if (requested.isHere) return name;
  return `${requested.arn.slice(0, requested.arn.length - requested.resource.length)}${resource}`;
}
