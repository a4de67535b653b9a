import type { Site, EstateStatement } from "../draft.ts";

/** What a function does with other resources. */
const KINDS = [
  "read-table",
  "write-table",
  "send-to-queue",
  "consume-queue",
  "read-bucket",
  "write-bucket",
  "publish",
  "read-secret",
  "read-parameter",
  "put-events",
  "start-execution",
  "invoke",
  "put-metrics",
] as const;
export type AccessKind = (typeof KINDS)[number];

/** How a tool, or its users, write the statement of a permission. */
interface Phrase {
  readonly actions: string | readonly string[];
  /** What follows the ARN of the resource, for each entry of `Resource`; null: `*`, without a resource. */
  readonly on: readonly (string | null)[];
}

/** A permission may be more than one statement. */
export type PolicyDialect = Readonly<Record<AccessKind, readonly Phrase[]>>;

/** One to three kinds of access. */
export function chosenAccess({ random }: Site): readonly AccessKind[] {
  return random.shuffled(KINDS).slice(0, 1 + random.below(3));
}

/** The ARN of the resource that a function of this domain uses. */
export function estateResourceArn(site: Site, kind: AccessKind, domain: string): string {
  const { partition, region, accountId } = site;
  const arn = (service: string, rest: string): string =>
    `arn:${partition}:${service}:${region}:${accountId}:${rest}`;
  const table: Record<AccessKind, () => string> = {
    "read-table": () => arn("dynamodb", `table/${domain}`),
    "write-table": () => arn("dynamodb", `table/${domain}`),
    "send-to-queue": () => arn("sqs", `${domain}-events`),
    "consume-queue": () => arn("sqs", `${domain}-jobs`),
    "read-bucket": () => `arn:${partition}:s3:::acme-${domain}-${accountId}`,
    "write-bucket": () => `arn:${partition}:s3:::acme-${domain}-${accountId}`,
    publish: () => arn("sns", `${domain}-changes`),
    "read-secret": () => arn("secretsmanager", `secret:${domain}/database-${suffixOf(domain)}`),
    "read-parameter": () => arn("ssm", `parameter/${domain}/settings`),
    "put-events": () => arn("events", "event-bus/default"),
    "start-execution": () => arn("states", `stateMachine:${domain}-flow`),
    invoke: () => arn("lambda", `function:${domain}-worker`),
    "put-metrics": () => "",
  };
  return table[kind]();
}

/** Secrets Manager ends the ARN of a secret with six random characters: here from the name. */
function suffixOf(domain: string): string {
  return `${domain}QxTzKv`.slice(0, 6);
}

export function estateStatements(
  dialect: PolicyDialect,
  kind: AccessKind,
  { site, domain }: { readonly site: Site; readonly domain: string },
): readonly EstateStatement[] {
  const arn = estateResourceArn(site, kind, domain);
  return dialect[kind].map(({ actions, on }) => {
    const resources = on.map((end) => (end === null ? "*" : `${arn}${end}`));
    return { Effect: "Allow", Action: actions, Resource: resources.length === 1 ? resources[0] : resources };
  });
}
