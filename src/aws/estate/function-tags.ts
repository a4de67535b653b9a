import { GetResourcesCommand, type ResourceTagMapping } from "@aws-sdk/client-resource-groups-tagging-api";
import { known, unreadBecause, type EstatePart, type FunctionTags } from "../../adopt/estate/estate.ts";
import { AwsError } from "../../model/aws/errors/aws-error.ts";
import type { Region } from "../../model/aws/ids.ts";
import type { Tag } from "../../model/aws/tag.ts";
import { resultOf } from "../../model/values/result.ts";
import { byText } from "../../text/order.ts";
import { completeListing, nextOfLambda } from "../observe/pages.ts";
import { needed } from "../observe/project-role.ts";
import type { AccountReader } from "../observe/reader.ts";

const CALL = "tag:GetResources";
const PAGE_SIZE = 100;

/**
 * The tags of all functions of a region: one call for 100 functions. A page may have fewer items than requested, and the
 * last page has an empty token.
 * @see https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html
 */
export async function readFunctionTags(
  reader: AccountReader,
  region: Region,
): Promise<EstatePart<FunctionTags>> {
  const tags = await resultOf(listTagged(reader, region), AwsError);
  return tags.kind === "err" ? unreadBecause(tags.error) : known(new Map(tags.value));
}

function listTagged(
  reader: AccountReader,
  region: Region,
): Promise<readonly (readonly [string, readonly Tag[]])[]> {
  return completeListing(CALL, async (PaginationToken) => {
    const { ResourceTagMappingList, PaginationToken: next } = await reader.inRegion(
      CALL,
      GetResourcesCommand,
      {
        region,
        input: {
          ResourceTypeFilters: ["lambda:function"],
          ResourcesPerPage: PAGE_SIZE,
          ...(PaginationToken !== undefined && { PaginationToken }),
        },
      },
    );
    const found = needed(ResourceTagMappingList, CALL, "ResourceTagMappingList");
    return { items: found.map(taggedFunction), next: nextOfLambda(next) };
  });
}

function taggedFunction({ ResourceARN, Tags }: ResourceTagMapping): readonly [string, readonly Tag[]] {
  const tags = needed(Tags, CALL, "Tags").map(({ Key, Value }) => ({
    key: needed(Key, CALL, "Key"),
    value: needed(Value, CALL, "Value"),
  }));
  return [
    needed(ResourceARN, CALL, "ResourceARN"),
    tags.toSorted((left, right) => byText(left.key, right.key)),
  ];
}
