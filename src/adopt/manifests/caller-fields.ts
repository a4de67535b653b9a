import type { CALLERS } from "../../manifest/callers/catalogue.ts";
import type { GrantPlace } from "../../manifest/fields/resource.ts";
import { arnParts } from "../../model/aws/arn.ts";
import type { JsonObject } from "../../model/values/json.ts";
import { flowText } from "../../text/yaml/flow-text.ts";

/** What a statement of a resource policy names. */
export interface InvokingParts {
  /** `s3.amazonaws.com`, an account id, the ARN of a role, or `*`. */
  readonly principal: string;
  readonly sourceArn: string | null;
  readonly sourceAccount: string | null;
  readonly organization: string | null;
  readonly token: string | null;
  readonly isOfUrl: boolean;
}

export interface CallerFields {
  readonly caller: keyof typeof CALLERS;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** The source of a call, as fields name it. */
interface CallSource {
  readonly arn: string;
  /** The last part of the ARN. */
  readonly resource: string;
  readonly account: string | null;
  readonly place: GrantPlace;
}

type FindFields = (source: CallSource) => readonly CallerFields[];

/** The callers of the catalogue that a service may be, by its principal. The fields may be wrong: their statements decide. */
const SERVICES: ReadonlyMap<string, FindFields> = new Map(
  Object.entries<FindFields>({
    "s3.amazonaws.com": ({ resource, account, place }) => {
      const isOwn = account === null || account === place.accountId;
      return [{ caller: "s3", fields: isOwn ? { bucket: resource } : { bucket: resource, account } }];
    },
    "sns.amazonaws.com": (source) => [{ caller: "sns", fields: { topic: named(source, source.resource) } }],
    "events.amazonaws.com": ({ resource }) => [{ caller: "events", fields: ruleFields(resource) }],
    "apigateway.amazonaws.com": ({ resource }) => apiFields(resource),
    "logs.amazonaws.com": ({ resource }) => [
      { caller: "logs", fields: { group: after("log-group:", resource).replace(/:\*$/, "") } },
    ],
    "cognito-idp.amazonaws.com": (source) => [
      { caller: "cognito", fields: { userPool: named(source, after("userpool/", source.resource)) } },
    ],
    "iot.amazonaws.com": ({ resource }) => [
      { caller: "iot", fields: { rule: after("rule/", resource) } },
      { caller: "iot", fields: { authorizer: after("authorizer/", resource) } },
      { caller: "iot", fields: { provisioningTemplate: after("provisioningtemplate/", resource) } },
    ],
    "elasticloadbalancing.amazonaws.com": (source) => [
      { caller: "alb", fields: { targetGroup: named(source, after("targetgroup/", source.resource)) } },
    ],
    "vpc-lattice.amazonaws.com": (source) => [
      {
        caller: "vpcLattice",
        fields: { targetGroup: named(source, after("targetgroup/", source.resource)) },
      },
    ],
    "cloudfront.amazonaws.com": ({ resource }) => [
      { caller: "cloudfront", fields: { distribution: after("distribution/", resource) } },
    ],
    "secretsmanager.amazonaws.com": (source) => {
      const name = /^secret:(.+)-\?{6}$/.exec(source.resource)?.[1];
      return [
        { caller: "secrets", fields: { secret: name === undefined ? source.arn : named(source, name) } },
      ];
    },
    "config.amazonaws.com": ({ resource }) => [
      { caller: "config", fields: resource === "" ? {} : { rule: after("config-rule/", resource) } },
    ],
    "lambda.alarms.cloudwatch.amazonaws.com": (source) => [
      { caller: "cloudwatch", fields: { alarm: named(source, after("alarm:", source.resource)) } },
    ],
    "ses.amazonaws.com": ({ resource }) => {
      const [, ruleSet, rule] = /^receipt-rule-set\/(.+):receipt-rule\/(.+)$/.exec(resource) ?? [];
      return [{ caller: "ses", fields: { ruleSet, rule } }];
    },
    "codecommit.amazonaws.com": (source) => [
      { caller: "codecommit", fields: { repository: named(source, source.resource) } },
    ],
    "lexv2.amazonaws.com": ({ resource }) => {
      const [, bot, alias] = resource.split("/");
      return [{ caller: "lex", fields: { bot, alias } }];
    },
    "bedrock.amazonaws.com": ({ resource }) => [
      { caller: "bedrock", fields: { agent: after("agent/", resource) } },
    ],
    "connect.amazonaws.com": ({ resource }) => [
      { caller: "connect", fields: { instance: after("instance/", resource) } },
    ],
  }),
);

/** Entries of `invokedBy` that the statement may be, without `qualifier`. */
export function callerFields(parts: InvokingParts, place: GrantPlace): readonly CallerFields[] {
  const { principal, sourceArn, sourceAccount, organization, token } = parts;
  if (organization !== null) return [{ caller: "organization", fields: { id: organization } }];
  if (token !== null && principal === "alexa-appkit.amazon.com")
    return [{ caller: "alexa", fields: { skill: token } }];
  if (token !== null && principal === "alexa-connectedhome.amazon.com")
    return [{ caller: "alexa", fields: { skill: token, type: "smartHome" } }];
  const ofService = SERVICES.get(principal);
  if (ofService === undefined) return identityFields(parts, place);
  const arn = sourceArn ?? "";
  return ofService({ arn, resource: arnParts(arn).resource, account: sourceAccount, place });
}

/** @param resource `rule/nightly`, or `rule/shop/placed` of the bus `shop` */
function ruleFields(resource: string): JsonObject {
  const name = after("rule/", resource);
  const cut = name.lastIndexOf("/");
  return cut === -1 ? { rule: name } : { rule: name.slice(cut + 1), bus: name.slice(0, cut) };
}

/** Rules of EventBridge as `invokedBy` of a manifest, on one line. */
export function invokedByRules(ruleArns: readonly string[], qualifier: string | null): string {
  const more = qualifier === null ? {} : { qualifier };
  const callers = ruleArns.map((arn) => ({ events: ruleFields(arnParts(arn).resource), ...more }));
  return `invokedBy: ${flowText(callers)}`;
}

function identityFields({ principal, isOfUrl }: InvokingParts, place: GrantPlace): readonly CallerFields[] {
  if (principal === "*") return isOfUrl ? [{ caller: "functionUrl", fields: { authType: "none" } }] : [];
  const { accountId, resource } = arnParts(principal);
  const role = resource.startsWith("role/") ? resource.slice("role/".length) : null;
  if (role === null && resource !== "root") return [];
  const roles = role === null ? {} : { roles: [role] };
  if (!isOfUrl) return [{ caller: "account", fields: { id: accountId, ...roles } }];
  const account = accountId === place.accountId ? {} : { account: accountId };
  return [{ caller: "functionUrl", fields: { authType: "iam", ...account, ...roles } }];
}

/** A part of a path that is `*` becomes a variable of the path. */
function apiFields(resource: string): readonly CallerFields[] {
  const [api, stage, method, ...path] = resource.split("/");
  if (stage === "authorizers") return [{ caller: "apigateway", fields: { api, authorizer: method } }];
  const parts = path.map((part, at) => (part === "*" ? `{part${at + 1}}` : part));
  const route: CallerFields = { caller: "apigateway", fields: { api, stage, route: method } };
  if (path.length === 0) return [route];
  const fields = { api, stage, method: method === "*" ? "ANY" : method, path: `/${parts.join("/")}` };
  return [{ caller: "apigateway", fields }, route];
}

function named({ arn, place }: CallSource, name: string): string {
  const { partition, region, accountId } = arnParts(arn);
  const isHere = partition === place.partition && region === place.region && accountId === place.accountId;
  return isHere ? name : arn;
}

/** Empty for a text with another beginning: no field accepts that. */
function after(prefix: string, text: string): string {
  return text.startsWith(prefix) ? text.slice(prefix.length) : "";
}
