const PARTITIONS: ReadonlySet<string> = new Set(
  "aws aws-cn aws-us-gov aws-eusc aws-iso aws-iso-b aws-iso-e aws-iso-f".split(" "),
);

const IAM_PATHS = [
  "user/ federated-user/ role/ group/ instance-profile/ mfa/ server-certificate/ policy/ sms-mfa/",
  "saml-provider/ oidc-provider/ report/ access-report/",
].flatMap((line) => line.split(" "));

/** IAM's error for a resource that its first parser accepts; undefined if it is valid. */
export function resourceFault(resource: string): string | undefined {
  if (resource === "*") return undefined;
  // Intentional: IAM ignores the part before the first colon ("a:b:c" is a wrong partition).
  const [scheme, partition, ...rest] = resource.split(":");
  if (scheme === undefined || partition === undefined) {
    return `Resource ${resource} must be in ARN format or "*".`;
  }
  if (partition !== "*" && !PARTITIONS.has(partition)) return partitionFault(partition, rest);
  if (rest.length === 0) return "Resource vendor must be fully qualified and cannot contain regexes.";
  const [service, region, , ...path] = rest;
  return regionFault(resource, { service, region, path: path.join(":") });
}

/** IAM completes the ARN in its message, with `*` for missing parts. */
function partitionFault(partition: string, rest: readonly string[]): string {
  const isBare = rest.length <= 1 && (rest[0] ?? "") === "";
  const [service = "*", region = "*", account = "*", ...path] = isBare ? [] : rest;
  const tail = path.length === 0 ? "*" : path.join(":");
  const completed = `arn:${partition}:${service}:${region}:${account}:${tail}`;
  return `Partition "${partition}" is not valid for resource "${completed}".`;
}

interface ResourceParts {
  readonly service: string | undefined;
  readonly region: string | undefined;
  readonly path: string;
}

function regionFault(resource: string, { service, region, path }: ResourceParts): string | undefined {
  if (service === "iam") {
    if (region !== "") return `IAM resource ${resource} cannot contain region information.`;
    return iamPathFault(path);
  }
  if (service === "s3" && region !== "" && !path.startsWith("accesspoint/")) {
    return `Resource ${resource} can not contain region information.`;
  }
  return undefined;
}

function iamPathFault(path: string): string | undefined {
  if (path === "*" || IAM_PATHS.some((start) => path.startsWith(start))) return undefined;
  return `IAM resource path must either be "*" or start with ${IAM_PATHS.join(", ")}.`;
}

/** The rule of IAM's older parser: an ARN must have a service and, if any part is empty, all parts. */
export function passesLegacyParser(resource: string): boolean {
  if (resource === "*") return true;
  const parts = resource.split(":");
  return parts[2] !== "" && (parts.length >= 6 || !resource.includes("::"));
}
