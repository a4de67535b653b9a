import type { GRANTS } from "../../manifest/grants/catalogue.ts";
import { arnParts } from "../../model/aws/arn.ts";
import { sortedSet } from "../../text/order.ts";
import type { GrantFields } from "./candidate-compiler.ts";
import type { LiveFacts } from "./live-facts.ts";

type GrantName = keyof typeof GRANTS;

/** The service that a grant's `kmsKey` is used through. */
const KEY_SERVICES: Partial<Record<GrantName, string>> = {
  dynamodb: "dynamodb",
  s3: "s3",
  sqs: "sqs",
  sns: "sns",
  secrets: "secretsmanager",
  ssm: "ssm",
  kinesis: "kinesis",
  rdsData: "secretsmanager",
};

type FindOptions = (facts: LiveFacts, target: GrantFields) => readonly GrantFields[];

/** Optional fields that narrow a grant, as conditions and other resources of the live statements suggest. */
const OPTIONS: Partial<Record<GrantName, FindOptions>> = {
  dynamodb: (facts, { indexes }) =>
    combined(
      listsAs("leadingKeys", facts.listsOf("dynamodb:leadingkeys")),
      indexes === undefined ? [{ indexes: [] }] : [],
    ),
  events: (facts) =>
    combined(
      listsAs("source", facts.listsOf("events:source")),
      listsAs("detailType", facts.listsOf("events:detail-type")),
    ),
  ses: (facts) =>
    combined(
      listsAs("from", facts.listsOf("ses:fromaddress")),
      facts.arnsOf("ses").flatMap((arn) => {
        const name = /^configuration-set\/(.+)$/.exec(arnParts(arn).resource)?.[1];
        return name === undefined ? [] : [{ configurationSet: facts.shortName(arn, name) }];
      }),
    ),
  bedrock: (facts, { model }) => {
    if (typeof model !== "string") return [];
    const regions = sortedSet(
      facts
        .arnsOf("bedrock")
        .map((arn) => arnParts(arn))
        .filter(({ resource, region }) => resource === `foundation-model/${model}` && region !== "")
        .map(({ region }) => region),
    );
    const isOwnOnly = regions.length === 1 && regions[0] === facts.place.region;
    return regions.length === 0 || isOwnOnly ? [] : [{ regions }];
  },
};

/** The target alone, and with each combination of optional fields that the live statements suggest. */
export function withOptions(grant: string, target: GrantFields, facts: LiveFacts): readonly GrantFields[] {
  const options = OPTIONS[grant as GrantName]?.(facts, target) ?? [];
  const service = KEY_SERVICES[grant as GrantName] ?? (grant === "dlq" ? dlqService(target) : undefined);
  const keys = service === undefined ? [] : facts.keysThrough(service).map((kmsKey) => ({ kmsKey }));
  return [{}, ...combined(options, keys)].map((fields) => ({ ...target, ...fields }));
}

function dlqService(target: GrantFields): string {
  return "queue" in target ? "sqs" : "sns";
}

function listsAs(field: string, lists: readonly (readonly string[])[]): readonly GrantFields[] {
  return lists.map((list) => ({ [field]: list }));
}

function combined(some: readonly GrantFields[], others: readonly GrantFields[]): readonly GrantFields[] {
  const both = some.flatMap((one) => others.map((other) => ({ ...one, ...other })));
  return [...some, ...others, ...both];
}
