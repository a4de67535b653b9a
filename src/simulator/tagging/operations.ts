import { violations, violationsMessage } from "../bounds/check.ts";
import { TAGGING_BOUNDS } from "../bounds/models.ts";
import { type Input, type Operation, type Output, SimulatedError } from "../contract.ts";
import { taggedResources, type TaggedResource, type TaggingScope } from "./resources.ts";

/** @see https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html */
const DEFAULT_PAGE = 50;

/** A page ends after `ResourcesPerPage`; the token of the last page is an empty text. */
const getResources: Operation<TaggingScope> = (scope, input, call) => {
  check(input);
  const all = taggedResources(scope, call).filter((each) => isWanted(each, input));
  const after = positionOf(input);
  const rest = all.filter(({ arn }) => arn > after).sort((left, right) => (left.arn < right.arn ? -1 : 1));
  const pageSize =
    input["ResourceARNList"] === undefined ? Number(input["ResourcesPerPage"] ?? DEFAULT_PAGE) : Infinity;
  const page = withinTags(rest.slice(0, pageSize), Number(input["TagsPerPage"] ?? Infinity));
  const last = page.at(-1);
  const isLast = last === undefined || page.length === rest.length;
  return {
    PaginationToken: isLast ? "" : Buffer.from(`after:${last.arn}`).toString("base64"),
    ResourceTagMappingList: page.map(shownMapping),
  };
};

/** A resource is not split over two pages, and one without tags counts as one tag. */
function withinTags(resources: readonly TaggedResource[], most: number): readonly TaggedResource[] {
  let count = 0;
  return resources.filter(({ tags }) => {
    count += Math.max(1, Object.keys(tags).length);
    return count <= most;
  });
}

function shownMapping({ arn, tags }: TaggedResource): Output {
  return { ResourceARN: arn, Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) };
}

function isWanted({ arn, tags }: TaggedResource, input: Input): boolean {
  const { ResourceARNList: arns, ResourceTypeFilters: types, TagFilters: filters } = input;
  if (Array.isArray(arns)) return arns.includes(arn);
  const isOfType =
    !Array.isArray(types) || types.length === 0 || types.some((type) => isOf(arn, String(type)));
  return isOfType && (!Array.isArray(filters) || filters.every((filter) => isTagged(tags, filter as Input)));
}

/** @param type `lambda` or `lambda:function`, as in the ARN */
function isOf(arn: string, type: string): boolean {
  const [, , service = "", , , resource = ""] = arn.split(":");
  return type === service || type === `${service}:${resource.split("/")[0] ?? ""}`;
}

function isTagged(tags: Readonly<Record<string, string>>, { Key: key, Values: values }: Input): boolean {
  const value = Object.hasOwn(tags, String(key)) ? tags[String(key)] : undefined;
  if (value === undefined) return false;
  return !Array.isArray(values) || values.length === 0 || values.includes(value);
}

function positionOf(input: Input): string {
  const token = input["PaginationToken"];
  if (typeof token !== "string" || token === "") return "";
  const text = Buffer.from(token, "base64").toString("utf8");
  if (!text.startsWith("after:")) throw invalid("The specified PaginationToken is invalid.");
  return text.slice("after:".length);
}

const NOT_WITH_ARNS = [
  "ResourceTypeFilters",
  "TagFilters",
  "ResourcesPerPage",
  "TagsPerPage",
  "PaginationToken",
];

function check(input: Input): void {
  const found = violations(TAGGING_BOUNDS, "GetResources", input);
  if (found.length > 0) throw invalid(violationsMessage(found));
  const { ResourcesPerPage: resources, TagsPerPage: tags } = input;
  checkRange("ResourcesPerPage", resources, [1, 100]);
  checkRange("TagsPerPage", tags, [100, 500]);
  const excluded = NOT_WITH_ARNS.find((name) => input[name] !== undefined);
  if (input["ResourceARNList"] !== undefined && excluded !== undefined)
    throw invalid(`ResourceARNList cannot be used together with ${excluded}.`);
  if (input["ExcludeCompliantResources"] === true && input["IncludeComplianceDetails"] !== true)
    throw invalid("ExcludeCompliantResources requires IncludeComplianceDetails.");
}

function checkRange(name: string, value: unknown, [least, most]: readonly [number, number]): void {
  if (value === undefined || (Number(value) >= least && Number(value) <= most)) return;
  throw invalid(`${name} must be between ${least} and ${most}.`);
}

function invalid(message: string): SimulatedError {
  return new SimulatedError("InvalidParameterException", message, 400);
}

export const taggingOperations: Readonly<Record<string, Operation<TaggingScope>>> = {
  GetResources: getResources,
};
