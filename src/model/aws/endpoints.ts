import { partitionOfRegion } from "./partitions.ts";

/** The services that Grantkeeper calls. */
export type AwsService =
  "cloudformation" | "cloudtrail" | "events" | "iam" | "lambda" | "organizations" | "ssm" | "sts" | "tagging";

/**
 * Endpoints in place of AWS's public ones, such as VPC endpoints. A service that it does not list is called at AWS's
 * own.
 */
export interface AwsEndpoints {
  /** By partition, or EVERYWHERE. */
  readonly iam: Readonly<Record<string, string>>;
  readonly organizations: Readonly<Record<string, string>>;
  /** By region, or EVERYWHERE. */
  readonly sts: Readonly<Record<string, string>>;
  readonly lambda: Readonly<Record<string, string>>;
  readonly tagging: Readonly<Record<string, string>>;
  readonly cloudformation: Readonly<Record<string, string>>;
  readonly ssm: Readonly<Record<string, string>>;
  readonly cloudtrail: Readonly<Record<string, string>>;
  readonly events: Readonly<Record<string, string>>;
}

/** The key of a URL whose host name shows no place: a name in DNS of one's own. */
export const EVERYWHERE = "*";

/** Null: AWS's own endpoint. */
export function configuredEndpoint(
  endpoints: AwsEndpoints,
  service: AwsService,
  region: string,
): string | null {
  const isOfPartition = service === "iam" || service === "organizations";
  const place = isOfPartition ? (partitionOfRegion(region) ?? "") : region;
  return endpoints[service][place] ?? endpoints[service][EVERYWHERE] ?? null;
}

/** The region of STS in a partition: the configured one, else that of its only endpoint, else the home region. */
export function stsRegionOf(
  partition: string,
  stsRegion: string | null,
  { sts }: Pick<AwsEndpoints, "sts">,
): string {
  if (stsRegion !== null && partitionOfRegion(stsRegion) === partition) return stsRegion;
  const [only, ...more] = Object.keys(sts).filter((region) => partitionOfRegion(region) === partition);
  return only !== undefined && more.length === 0 ? only : homeRegionOf(partition);
}

/** The region in a host name of AWS; null: it has none, or the name is not one of AWS's. */
export function regionOfHost(host: string): string | null {
  if (!AWS_SUFFIX.test(host)) return null;
  const labels = host.replace(AWS_SUFFIX, "").split(".");
  return labels.find((label) => partitionOfRegion(label) !== undefined) ?? null;
}

/** The region of IAM in each partition, and of STS unless another one is configured: a region that cannot be disabled. */
const HOME_REGIONS: ReadonlyMap<string, string> = new Map([
  ["aws", "us-east-1"],
  ["aws-cn", "cn-north-1"],
  ["aws-eusc", "eusc-de-east-1"],
  ["aws-iso", "us-iso-east-1"],
  ["aws-iso-b", "us-isob-east-1"],
  ["aws-iso-e", "eu-isoe-west-1"],
  ["aws-iso-f", "us-isof-south-1"],
  ["aws-us-gov", "us-gov-west-1"],
]);

/** @param partition one of `PARTITIONS` */
export function homeRegionOf(partition: string): string {
  const region = HOME_REGIONS.get(partition);
  if (region === undefined) throw new Error(`no home region for partition ${partition}`);
  return region;
}

/** The region of Organizations: the home region, except in China. Also requests to an endpoint of one's own are signed for it. */
export function organizationsRegionOf(partition: string): string {
  return partition === "aws-cn" ? "cn-northwest-1" : homeRegionOf(partition);
}

const US = ["us-east-1", "us-east-2", "us-gov-east-1", "us-gov-west-1", "us-west-1", "us-west-2"];

/**
 * The regions with a FIPS endpoint, sorted. IAM and Organizations have one endpoint for a partition, in its home region.
 * The SDK computes a host name for every region, also where AWS has no such host.
 * @see https://github.com/boto/botocore/blob/1.43.11/botocore/data/endpoints.json (variants with the tag `fips`)
 */
const FIPS_REGIONS: Readonly<Record<AwsService, readonly string[]>> = {
  cloudformation: US,
  cloudtrail: US,
  events: US,
  iam: ["us-east-1", "us-gov-west-1"],
  lambda: US,
  organizations: ["us-east-1", "us-gov-west-1"],
  ssm: ["ca-central-1", "ca-west-1", ...US],
  sts: US,
  tagging: [],
};

/** Why a service has no FIPS endpoint in a region; null: it has one. */
export function fipsProblem(service: AwsService, region: string): string | null {
  if (FIPS_REGIONS[service].includes(region)) return null;
  const [name, regions] = [SERVICE_NAMES[service], FIPS_REGIONS[service]];
  if (regions.length === 0) return `${name} has no FIPS endpoint`;
  return `${name} has no FIPS endpoint in ${region}; it has one in ${regions.join(", ")}`;
}

const SERVICE_NAMES: Readonly<Record<AwsService, string>> = {
  cloudformation: "CloudFormation",
  cloudtrail: "CloudTrail",
  events: "EventBridge",
  iam: "IAM",
  lambda: "Lambda",
  organizations: "Organizations",
  ssm: "Systems Manager",
  sts: "STS",
  tagging: "the Resource Groups Tagging API",
};

/** The ends of host names that AWS owns, of all partitions. */
const AWS_SUFFIX =
  /\.(amazonaws\.com(\.cn)?|amazonaws\.eu|api\.aws|api\.amazonwebservices\.(com\.cn|eu)|c2s\.ic\.gov|sc2s\.sgov\.gov|cloud\.adc-e\.uk|csp\.hci\.ic\.gov)$/;

/**
 * Why AWS's host name is not the endpoint of a service in a region: it names another service or region. Null: it is, or
 * the name is not one of AWS's, as with DNS of one's own.
 * @param host in lower case
 */
export function endpointProblem(host: string, service: AwsService, region: string): string | null {
  if (!AWS_SUFFIX.test(host)) return null;
  const labels = host.replace(AWS_SUFFIX, "").split(".");
  const names = SERVICE_NAMES[service];
  if (!labels.some((label) => label === service || label === `${service}-fips`))
    return `${host} is not an endpoint of ${names}`;
  const found = regionOfHost(host);
  return found === null || found === region
    ? null
    : `${host} is the endpoint of ${names} in ${found}, not in ${region}`;
}
