import {
  endpointProblem,
  EVERYWHERE,
  fipsProblem,
  homeRegionOf,
  organizationsRegionOf,
  regionOfHost,
  stsRegionOf,
  type AwsEndpoints,
  type AwsService,
} from "../../model/aws/endpoints.ts";
import { partitionOfRegion, PARTITIONS } from "../../model/aws/partitions.ts";
import type { ConfigProblem } from "../problem.ts";
import type { PlaceOf } from "../read-file.ts";
import type { ParsedConfig } from "../schema.ts";

type AwsSection = Pick<ParsedConfig["aws"], "endpoints" | "stsRegion" | "fips">;

/** One URL is for the place that its host name shows; a name in DNS of one's own shows none. */
export function endpointsOf({ endpoints, stsRegion }: AwsSection): AwsEndpoints {
  const { iam, sts, organizations, lambda, tagging, cloudformation, ssm, cloudtrail, events } = endpoints;
  return {
    iam: placed(iam, (region) => partitionOfRegion(region) ?? EVERYWHERE),
    organizations: placed(organizations, (region) => partitionOfRegion(region) ?? EVERYWHERE),
    sts:
      typeof sts === "string" && stsRegion !== undefined
        ? { [stsRegion]: sts }
        : placed(sts, (region) => region),
    lambda,
    tagging,
    cloudformation,
    ssm,
    cloudtrail,
    events,
  };
}

function placed(
  urls: string | Readonly<Record<string, string>> | undefined,
  placeOf: (region: string) => string,
): Readonly<Record<string, string>> {
  if (typeof urls !== "string") return urls ?? {};
  const region = regionOfHost(new URL(urls).hostname);
  return { [region === null ? EVERYWHERE : placeOf(region)]: urls };
}

/** An endpoint of another service or region answers every call with an error about its signature. */
export function* endpointProblems({ aws }: ParsedConfig, placeOf: PlaceOf): Generator<ConfigProblem> {
  const { stsRegion, fips } = aws;
  const { sts } = endpointsOf(aws);
  if (fips && stsRegion !== undefined && sts[stsRegion] === undefined) {
    const message = fipsProblem("sts", stsRegion);
    if (message !== null) yield { where: placeOf(["aws", "stsRegion"]), message };
  }
  for (const { field, service, url, regions } of servedEndpoints(aws)) {
    const message = wrongHost(url, service, regions);
    const where = placeOf(["aws", "endpoints", ...field]);
    if (message !== null)
      yield { where, message, ...(field[0] === "sts" && field.length === 1 && { fix: STS_REGION }) };
  }
  if (typeof aws.endpoints.sts === "object") yield* unusedEndpoints(aws.endpoints.sts, aws, placeOf);
}

const STS_REGION = "set aws.stsRegion to the region of the endpoint, or write REGION: URL for each partition";

/** STS is called in one region of each partition. */
function* unusedEndpoints(
  sts: Readonly<Record<string, string>>,
  { stsRegion }: Pick<AwsSection, "stsRegion">,
  placeOf: PlaceOf,
): Generator<ConfigProblem> {
  for (const region of Object.keys(sts)) {
    const called = stsRegionOf(partitionOfRegion(region) ?? "", stsRegion ?? null, { sts });
    if (called !== region)
      yield {
        where: placeOf(["aws", "endpoints", "sts", region]),
        message: `no call goes to this endpoint: STS is called in ${called}`,
        fix: `set aws.stsRegion: ${region}, or remove the endpoint`,
      };
  }
}

interface ServedEndpoint {
  readonly field: readonly string[];
  readonly service: AwsService;
  readonly url: string;
  /** The regions with which its calls may be signed. */
  readonly regions: readonly string[];
}

function servedEndpoints({ endpoints, stsRegion }: AwsSection): readonly ServedEndpoint[] {
  const { iam, sts, organizations, lambda, tagging, cloudformation, ssm, cloudtrail, events } = endpoints;
  const signedFor = { iam: homeRegionOf, organizations: organizationsRegionOf };
  const ofPartitions = (
    service: keyof typeof signedFor,
    urls: string | Readonly<Record<string, string>> = {},
  ): readonly ServedEndpoint[] =>
    typeof urls === "string"
      ? [{ field: [service], service, url: urls, regions: PARTITIONS.map(signedFor[service]) }]
      : Object.entries(urls).map(([partition, url]) => ({
          field: [service, partition],
          service,
          url,
          regions: [signedFor[service](partition)],
        }));
  const ofRegions = (service: AwsService, urls: Readonly<Record<string, string>>) =>
    Object.entries(urls).map(([region, url]): ServedEndpoint => ({
      field: [service, region],
      service,
      url,
      regions: [region],
    }));
  const homes = stsRegion === undefined ? PARTITIONS.map(homeRegionOf) : [stsRegion];
  return [
    ...ofPartitions("iam", iam),
    ...ofPartitions("organizations", organizations),
    ...(typeof sts === "string"
      ? [{ field: ["sts"], service: "sts", url: sts, regions: homes } as const]
      : ofRegions("sts", sts ?? {})),
    ...ofRegions("lambda", lambda),
    ...ofRegions("tagging", tagging),
    ...ofRegions("cloudformation", cloudformation),
    ...ofRegions("ssm", ssm),
    ...ofRegions("cloudtrail", cloudtrail),
    ...ofRegions("events", events),
  ];
}

/** Null: it may be correct for one of the regions. */
function wrongHost(url: string, service: AwsService, regions: readonly string[]): string | null {
  const { hostname } = new URL(url);
  const problems = regions.map((region) => endpointProblem(hostname, service, region));
  return problems.includes(null) ? null : (problems[0] ?? null);
}
