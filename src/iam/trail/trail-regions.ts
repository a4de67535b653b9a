import { homeRegionOf } from "../../model/aws/endpoints.ts";
import { parseRegion, type Region } from "../../model/aws/ids.ts";

/**
 * The regions whose event history has the calls that change an account: those of IAM are in the home region of the partition only.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html
 */
export function trailRegions(partition: string, regions: readonly Region[]): readonly Region[] {
  return [...new Set([iamTrailRegion(partition), ...regions])].sort();
}

export function iamTrailRegion(partition: string): Region {
  const region = parseRegion(homeRegionOf(partition));
  if (region === undefined) throw new Error(`the home region of ${partition} is not a region`);
  return region;
}
