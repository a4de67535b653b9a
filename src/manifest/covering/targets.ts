import type { GrantPlace } from "../fields/resource.ts";
import { arnParts, hasArnParts } from "../../model/aws/arn.ts";

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
  asked: RequestedArn,
  place: GrantPlace,
  { context }: MissingAccess,
) => readonly TargetFields[];

/**
 * How each grant names the resource of an ARN, the narrowest form first; empty if the grant is not about such a
 * resource. The result may not fit the grant's fields: its schema decides.
 */
const TARGETS = {
  dynamodb: (asked) => {
    const [kind, name, ...rest] = asked.resource.split("/");
    if (kind !== "table" || name === undefined) return [];
    const table = shortName(asked, name, `table/${name}`);
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
  sqs: (asked) => [{ queue: shortName(asked, asked.resource, asked.resource) }],
  sns: (asked) => [{ topic: shortName(asked, asked.resource, asked.resource) }],
  events: prefixed("event-bus/", (bus) => [{ bus }]),
  states: (asked) => {
    const [kind, name] = asked.resource.split(":");
    if (name === undefined || (kind !== "stateMachine" && kind !== "execution")) return [];
    return [{ stateMachine: shortName(asked, name, `stateMachine:${name}`) }];
  },
  secrets: (asked) => {
    const name = /^secret:(.+)-[A-Za-z0-9?]{6}$/.exec(asked.resource)?.[1];
    if (name === undefined) return [];
    return [{ secret: asked.isHere ? name : asked.arn }];
  },
  ssm: prefixed("parameter/", (name) => {
    // The first slash belongs to `parameter/`. A name in a hierarchy begins with a slash of its own.
    const parameter = !name.startsWith("arn:") && name.includes("/") ? `/${name}` : name;
    return [{ parameter }, { path: parameter }];
  }),
  kms: prefixed("key/", (key) => [{ key }]),
  kinesis: (asked) => {
    const found = /^stream\/([^/]+)(?:\/consumer\/([^:]+):.*)?$/.exec(asked.resource);
    if (found === null) return [];
    const [, name, consumer] = found;
    const stream = shortName(asked, String(name), `stream/${String(name)}`);
    return consumer === undefined ? [{ stream }] : [{ stream, consumer }];
  },
  lambda: (asked) => {
    const [kind, name, qualifier] = asked.resource.split(":");
    if (kind !== "function" || name === undefined) return [];
    const target = { function: shortName(asked, name, `function:${name}`) };
    return qualifier === undefined ? [target] : [{ ...target, qualifier }];
  },
  rds: (asked) => {
    const found = /^dbuser:([^/]+)\/(.+)$/.exec(asked.resource);
    if (found === null || !asked.isHere) return [];
    return [{ resourceId: String(found[1]), user: String(found[2]) }];
  },
  bedrock: (asked, place) => {
    const [kind, name, alias] = asked.resource.split("/");
    const find = BEDROCK[String(kind)];
    return name === undefined || find === undefined ? [] : find({ ...asked, name, alias }, place);
  },
  firehose: prefixed("deliverystream/", (deliveryStream) => [{ deliveryStream }]),
  scheduler: (asked) => {
    const [kind, name] = asked.resource.split("/");
    if (kind !== "schedule" || name === undefined) return [];
    return [{ group: shortName(asked, name, `schedule-group/${name}`) }];
  },
  ses: prefixed("identity/", (identity) => [{ identity }]),
  cognito: prefixed("userpool/", (userPool) => [{ userPool }]),
  // The access point is in the condition: a denied request names it only sometimes.
  efs: (asked, _place, { context }) => {
    const [accessPoint] = context.get("elasticfilesystem:accesspointarn") ?? [];
    const [kind, name] = asked.resource.split("/");
    if (kind !== "file-system" || name === undefined || accessPoint === undefined) return [];
    return [{ fileSystem: shortName(asked, name, asked.resource), accessPoint }];
  },
  dlq: (asked) => {
    const name = shortName(asked, asked.resource, asked.resource);
    return [{ queue: name }, { topic: name }];
  },
  // The secret of the database user is not part of the request.
  rdsData: () => [],
  dsql: prefixed("cluster/", (cluster) => [{ cluster }]),
  appconfig: (asked) => {
    const found = /^application\/([^/]+)\/environment\/([^/]+)\/configuration\/([^/]+)$/.exec(asked.resource);
    if (found === null || !asked.isHere) return [];
    return [{ application: String(found[1]), environment: String(found[2]), profile: String(found[3]) }];
  },
  apigw: (asked) => {
    const [api, stage, method, ...path] = asked.resource.split("/");
    if (api === undefined || stage === undefined || method === undefined || !asked.isHere) return [];
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

/** By the kind of the resource. */
const BEDROCK: Readonly<
  Record<string, (asked: BedrockResource, place: GrantPlace) => readonly TargetFields[]>
> = {
  "foundation-model": ({ name, region }, place) => {
    // A global profile asks for the model without a region.
    if (region === "") return [{ model: name, inferenceProfile: `global.${name}` }];
    return [region === place.region ? { model: name } : { model: name, regions: [region] }];
  },
  // A cross-region profile is called like its model, after the area that it serves: `eu.anthropic.…`.
  "inference-profile": ({ name }) => [{ model: name.replace(/^[a-z-]+\./, ""), inferenceProfile: name }],
  guardrail: (asked) => [{ guardrail: shortName(asked, asked.name, asked.resource) }],
  "knowledge-base": (asked) => [{ knowledgeBase: shortName(asked, asked.name, asked.resource) }],
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

export function targetsOf(
  grant: keyof typeof GRANTS,
  asked: MissingAccess,
  place: GrantPlace,
): readonly TargetFields[] {
  if (grant === "metrics")
    return (asked.context.get("cloudwatch:namespace") ?? []).map((namespace) => ({ namespace }));
  const { partition, service, region, accountId, resource } = arnParts(asked.resource);
  if (!hasArnParts(asked.resource) || !(SERVICES[grant] ?? [grant]).includes(service)) return [];
  const find: FindTargets = TARGETS[grant];
  const isHere = region === place.region && accountId === place.accountId && partition === place.partition;
  return find({ arn: asked.resource, region, resource, isHere }, place, asked);
}

function bucketTargets(bucket: string, prefix: string | undefined): readonly TargetFields[] {
  const folder = prefix?.slice(0, prefix.lastIndexOf("/") + 1);
  return folder === undefined || folder === "" ? [{ bucket }] : [{ bucket, prefix: folder }, { bucket }];
}

/** Finds the targets of resources that are named by the text after a prefix. */
function prefixed(prefix: string, toTargets: (name: string) => readonly TargetFields[]): FindTargets {
  return (asked) => {
    const { resource } = asked;
    if (!resource.startsWith(prefix)) return [];
    return toTargets(shortName(asked, resource.slice(prefix.length), resource));
  };
}

/** The short name in the binding's own account and region, else the full ARN. */
function shortName(asked: RequestedArn, name: string, resource: string): string {
  if (asked.isHere) return name;
  return `${asked.arn.slice(0, asked.arn.length - asked.resource.length)}${resource}`;
}
