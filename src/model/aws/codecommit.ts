import { type Partition, parsePartition } from "./ids.ts";
import { partitionOfRegion } from "./partitions.ts";
import { err, ok, type Result } from "../values/result.ts";

/** A repository of AWS CodeCommit, as the URL of its Git endpoint names it. */
export interface CodeCommitRepository {
  readonly name: string;
  readonly region: string;
  readonly partition: Partition;
  /** Whether the endpoint is validated by FIPS 140. */
  readonly isFips: boolean;
}

/** The public endpoint, or that of a VPC endpoint by its own name. */
const HOST =
  /^(?:vpce-[a-z0-9-]+\.)?git-codecommit(?<fips>-fips)?\.(?<region>[a-z0-9-]+)\.(?:vpce\.)?amazonaws\.com(?<china>\.cn)?$/;
const PATH = /^\/v1\/repos\/(?<name>[\w.-]{1,100})$/;
const EXPECTED =
  "expected https://git-codecommit.REGION.amazonaws.com/v1/repos/NAME (in China with amazonaws.com.cn, for FIPS with git-codecommit-fips, of a VPC endpoint with vpce-ID in front)";

/**
 * The regions with a FIPS endpoint for Git, sorted.
 * @see https://docs.aws.amazon.com/codecommit/latest/userguide/regions.html
 */
const FIPS_REGIONS: readonly string[] = [
  "ca-central-1",
  "us-east-1",
  "us-east-2",
  "us-gov-east-1",
  "us-gov-west-1",
  "us-west-1",
  "us-west-2",
];

/** The failure is a text for the operator. */
export function parseCodeCommitUrl(text: string): Result<CodeCommitRepository, string> {
  const url = URL.parse(text);
  const { region = "", fips, china } = (url === null ? null : HOST.exec(url.host))?.groups ?? {};
  const name = url === null ? undefined : PATH.exec(url.pathname)?.groups?.["name"];
  const partition = parsePartition(partitionOfRegion(region) ?? "");
  const isChina = china !== undefined;
  if (url?.protocol !== "https:" || name === undefined || partition === undefined) return err(EXPECTED);
  if (isChina !== (partition === "aws-cn"))
    return err(`${region} has the domain amazonaws.com${isChina ? "" : ".cn"}`);
  const isFips = fips !== undefined;
  if (isFips && !FIPS_REGIONS.includes(region)) return err(noFips(region));
  return ok({ name, region, partition, isFips });
}

/** Why the endpoint in a URL is not a FIPS endpoint; null: it is, or the URL names none of CodeCommit's. */
export function codeCommitFipsProblem(url: string): string | null {
  const parsed = parseCodeCommitUrl(url);
  if (parsed.kind === "err" || parsed.value.isFips) return null;
  const { region } = parsed.value;
  if (!FIPS_REGIONS.includes(region)) return noFips(region);
  return `aws.fips is true, and this is not the FIPS endpoint: write ${url.replace("git-codecommit.", "git-codecommit-fips.")}`;
}

function noFips(region: string): string {
  return `CodeCommit has no FIPS endpoint in ${region}; it has one in ${FIPS_REGIONS.join(", ")}`;
}
