import { AwsError } from "../../model/aws-error.ts";

/** One page of a listing, and how to ask for the next; null: it was the last. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

/**
 * Walks a listing to its end, whatever the pages' sizes. It is whole, or it fails.
 * @throws AwsError when a page fails, or when AWS sends the same marker twice (a listing that would never end)
 */
export async function wholeListing<Item>(
  call: string,
  page: (marker: string | undefined) => Promise<Page<Item>>,
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

/** IAM's way of paging: `IsTruncated` always stands in the answer, a marker only with more to come. */
export function nextOfIam(
  answer: { readonly IsTruncated?: boolean | undefined; readonly Marker?: string | undefined },
  call: string,
): string | null {
  if (answer.IsTruncated === undefined) throw incomplete(call, "IsTruncated");
  if (!answer.IsTruncated) return null;
  if (answer.Marker === undefined || answer.Marker === "")
    throw incomplete(call, "the marker of its next page");
  return answer.Marker;
}

/** Lambda's way: a `NextMarker`, empty or absent on the last page. */
export function nextOfLambda(marker: string | undefined): string | null {
  return marker === undefined || marker === "" ? null : marker;
}

/** A listing that can't be taken for whole. */
export function incomplete(call: string, missing: string): AwsError {
  return unreadable(call, `the answer lacks ${missing}`);
}

function endless(call: string): AwsError {
  return unreadable(call, "the listing came back to a page that it had already given");
}

function unreadable(call: string, message: string): AwsError {
  return new AwsError({
    call,
    code: "UnreadableAnswer",
    message,
    disposition: { kind: "throttled" },
    requestId: null,
    lost: false,
  });
}
