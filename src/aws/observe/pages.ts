import type { AwsError } from "../../model/aws/errors/aws-error.ts";
import { incompleteAnswer, unreadableAnswer } from "../errors/classify.ts";

/** One page of a listing, and the marker of the next page; null on the last page. */
export interface ListingPage<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

/**
 * Reads a listing to its end, independent of the page sizes. The result is complete, or the read fails.
 * @throws AwsError if a page fails, or if AWS sends the same marker twice (the listing would never end)
 */
export async function completeListing<Item>(
  call: string,
  page: (marker: string | undefined) => Promise<ListingPage<Item>>,
): Promise<readonly Item[]> {
  const items: Item[] = [];
  const seen = new Set<string>();
  let { items: some, next } = await page(undefined);
  for (;;) {
    for (const item of some) items.push(item);
    if (next === null) return items;
    if (seen.has(next)) throw endless(call);
    seen.add(next);
    ({ items: some, next } = await page(next));
  }
}

/** The paging of IAM: `IsTruncated` is always in an answer; a marker only if there are more pages. */
export interface IamPage {
  readonly IsTruncated?: boolean | undefined;
  readonly Marker?: string | undefined;
}

export function nextOfIam(answer: IamPage, call: string): string | null {
  if (answer.IsTruncated === undefined) throw incompleteAnswer(call, "IsTruncated");
  if (!answer.IsTruncated) return null;
  if (answer.Marker === undefined || answer.Marker === "")
    throw incompleteAnswer(call, "the marker of its next page");
  return answer.Marker;
}

/** The paging of Lambda: a `NextMarker`, empty or absent on the last page. */
export function nextOfLambda(marker: string | undefined): string | null {
  return marker === undefined || marker === "" ? null : marker;
}

function endless(call: string): AwsError {
  return unreadableAnswer(call, "the listing returned to a page that was already read");
}
