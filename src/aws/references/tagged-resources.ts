import { isArnIn, isArnOfType, taggedResourceText, type TaggedType, type Tag } from "../../model/aws/tag.ts";
import type { ReferenceAnswer } from "../../controller/ports/estate/references.ts";
import type { ReferencePlace } from "../../model/aws/reference.ts";
import { sortedSet } from "../../text/order.ts";
import { failed, unusable, type PlaceAnswer } from "./answer.ts";
import type { RegionReader, FoundResource } from "./region-reader.ts";
import { resultOf } from "../../model/values/result.ts";
import { AwsError } from "../../model/aws/errors/aws-error.ts";

export interface WantedResource {
  readonly type: TaggedType;
  readonly tags: readonly Tag[];
  readonly place: ReferencePlace;
}

/** A listing for each reference, since AWS answers a query of several tags with the resources that have all of them. */
export async function taggedAnswers(
  wanted: readonly WantedResource[],
  reader: RegionReader,
): Promise<readonly PlaceAnswer[]> {
  const answers: PlaceAnswer[] = [];
  for (const one of wanted) answers.push([one.place, await taggedAnswer(one, reader)]);
  return answers;
}

/**
 * The ARN of the only match. AWS shows a change of tags with a delay, and a deleted resource for a while: no answer, and
 * none with two matches, means that the applied value is wrong.
 */
async function taggedAnswer(wanted: WantedResource, reader: RegionReader): Promise<ReferenceAnswer> {
  const { type, tags } = wanted;
  const found = await resultOf(reader.tagged(type, tags), AwsError);
  if (found.kind === "err") return failed(found.error);
  const arns = sortedSet(found.value.filter((one) => hasTags(one, tags)).map((one) => one.arn)).filter(
    (arn) => isArnOfType(arn, type),
  );
  const [arn] = arns;
  const what = taggedResourceText(type, tags);
  if (arn === undefined)
    return unusable(`there is no ${what}`, "tag one in this account and region, or correct the tags");
  if (arns.length > 1) return ambiguous(what, arns.length, wanted);
  const { account, region } = reader.place;
  if (isArnIn(arn, { partition: account.partition, accountId: account.id, region }))
    return { kind: "value", value: arn };
  return unusable(
    `the ${what} is ${arn}, which is in another account or region`,
    "write its ARN in the manifest",
  );
}

/** Without their ARNs: they may belong to other teams than the one that named the tags. */
function ambiguous(what: string, matches: number, { type, tags }: WantedResource): ReferenceAnswer {
  const filters = tags.map(({ key, value }) => `Key=${key},Values=${value}`).join(" ");
  return unusable(
    `it is not the only ${what}: ${matches} match`,
    `add a tag that only one of them has; list them: aws resourcegroupstaggingapi get-resources --resource-type-filters ${type} --tag-filters ${filters}`,
  );
}

/** The index may be older than the tags that it shows. */
function hasTags(resource: FoundResource, tags: readonly Tag[]): boolean {
  return tags.every(({ key, value }) => resource.tags.get(key) === value);
}
