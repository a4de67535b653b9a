import { partitionOfRegion } from "./partitions.ts";

/** The services that Grantkeeper calls. */
export type AwsService = "iam" | "lambda" | "organizations" | "sts";

/** Endpoints in place of AWS's public ones, such as VPC endpoints; null: AWS's own. */
export interface AwsEndpoints {
  readonly iam: string | null;
  readonly sts: string | null;
  readonly organizations: string | null;
  /** By region. */
  readonly lambda: Readonly<Record<string, string>>;
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
  iam: ["us-east-1", "us-gov-west-1"],
  lambda: US,
  organizations: ["us-east-1", "us-gov-west-1"],
  sts: US,
};

/** Why a service has no FIPS endpoint in a region; null: it has one. */
export function fipsProblem(service: AwsService, region: string): string | null {
  if (FIPS_REGIONS[service].includes(region)) return null;
  return `${SERVICE_NAMES[service]} has no FIPS endpoint in ${region}; it has one in ${FIPS_REGIONS[service].join(", ")}`;
}

const SERVICE_NAMES: Readonly<Record<AwsService, string>> = {
  iam: "IAM",
  lambda: "Lambda",
  organizations: "Organizations",
  sts: "STS",
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
  const found = labels.find((label) => partitionOfRegion(label) !== undefined);
  return found === undefined || found === region
    ? null
    : `${host} is the endpoint of ${names} in ${found}, not in ${region}`;
}
