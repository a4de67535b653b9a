import { err, ok, type Result } from "../values/result.ts";
import { type Partition, parsePartition, parseRegion, type Region } from "./ids.ts";
import { partitionOfRegion } from "./partitions.ts";

/** A standard queue of SQS, as its URL names it. */
export interface QueueAddress {
  readonly url: string;
  /** `https://sqs.eu-central-1.amazonaws.com` */
  readonly endpoint: string;
  readonly region: Region;
  readonly partition: Partition;
  readonly accountId: string;
  readonly name: string;
  readonly arn: string;
}

const HOST =
  /^(?:vpce-[a-z0-9-]+\.)?sqs(?:-fips)?\.(?<region>[a-z0-9-]+)\.(?:vpce\.)?amazonaws\.com(?<china>\.cn)?$/;
const PATH = /^\/(?<accountId>\d{12})\/(?<name>[\w-]{1,80})$/;
const EXPECTED =
  "expected the URL of a standard queue, https://sqs.REGION.amazonaws.com/ACCOUNT/NAME (in China with amazonaws.com.cn, for FIPS with sqs-fips, of a VPC endpoint with vpce-ID in front)";

/**
 * The regions where FIPS has a host name of its own, sorted; in GovCloud the ordinary endpoint is a FIPS endpoint.
 * @see https://github.com/boto/botocore/blob/1.43.11/botocore/data/endpoints.json (variants with the tag `fips`)
 */
const FIPS_REGIONS: readonly string[] = [
  "ca-central-1",
  "ca-west-1",
  "us-east-1",
  "us-east-2",
  "us-west-1",
  "us-west-2",
];

/** Why the endpoint in a URL is not a FIPS endpoint; null: it is, or the URL names no queue. */
export function queueFipsProblem(text: string): string | null {
  const parsed = parseQueueUrl(text);
  if (parsed.kind === "err" || /[./]sqs-fips\./.test(text)) return null;
  const { region, partition } = parsed.value;
  if (partition === "aws-us-gov") return null;
  if (FIPS_REGIONS.includes(region))
    return `aws.fips is true, and this is not the FIPS endpoint: write ${text.replace("sqs.", "sqs-fips.")}`;
  return `SQS has no FIPS endpoint in ${region}; it has one in ${FIPS_REGIONS.join(", ")} and in GovCloud`;
}

/** The address of a queue whose URL the configuration has checked. @throws Error */
export function checkedQueueUrl(text: string): QueueAddress {
  const parsed = parseQueueUrl(text);
  if (parsed.kind === "err") throw new Error(`an unchecked URL: ${parsed.error}`);
  return parsed.value;
}

/** The failure is a text for the operator. */
export function parseQueueUrl(text: string): Result<QueueAddress, string> {
  const url = URL.parse(text);
  const { region: regionText = "", china } = (url === null ? null : HOST.exec(url.host))?.groups ?? {};
  const { accountId, name } = (url === null ? null : PATH.exec(url.pathname))?.groups ?? {};
  const region = parseRegion(regionText);
  const partition = parsePartition(partitionOfRegion(regionText) ?? "");
  if (url?.protocol !== "https:" || accountId === undefined || name === undefined) return err(EXPECTED);
  if (region === undefined || partition === undefined) return err(EXPECTED);
  if ((china !== undefined) !== (partition === "aws-cn")) return err(EXPECTED);
  const arn = `arn:${partition}:sqs:${region}:${accountId}:${name}`;
  return ok({ url: url.href, endpoint: url.origin, region, partition, accountId, name, arn });
}
