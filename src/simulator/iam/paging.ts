import type { Input, Output } from "../contract.ts";
import { optionalNumber, optionalText, iamValidationError } from "./input.ts";

/** An entry of a listing, sorted by `key`; `item` is computed only for entries on the page. */
export interface ListEntry<Item> {
  readonly key: string;
  readonly item: () => Item;
}

interface OutputPage<Item> {
  readonly items: readonly Item[];
  /** IsTruncated and Marker. */
  readonly end: Output;
}

/** The answer of a listing: its page as this member. */
export function iamListing(member: string, input: Input, listed: readonly ListEntry<unknown>[]): Output {
  const { items, end } = iamPageOf(input, listed);
  return { [member]: items, ...end };
}

/**
 * The page after the marker. A marker is the last key of the previous page, so pages are not a snapshot: an entry that
 * is added or removed between two pages may be on none or on both, as in AWS.
 */
export function iamPageOf<Item>(input: Input, listed: readonly ListEntry<Item>[]): OutputPage<Item> {
  const maxItems = optionalNumber(input, "MaxItems") ?? 100;
  const after = readMarker(optionalText(input, "Marker"));
  const rest = sortByKey(listed).filter(({ key }) => after === undefined || key > after);
  const shown = rest.slice(0, maxItems);
  const last = shown.at(-1);
  const items = shown.map(({ item }) => item());
  if (rest.length <= maxItems || last === undefined) return { items, end: { IsTruncated: false } };
  return { items, end: { IsTruncated: true, Marker: Buffer.from(last.key).toString("base64url") } };
}

function sortByKey<Item>(listed: readonly ListEntry<Item>[]): readonly ListEntry<Item>[] {
  return listed.toSorted((left, right) => (left.key < right.key ? -1 : left.key > right.key ? 1 : 0));
}

function readMarker(marker: string | undefined): string | undefined {
  if (marker === undefined) return undefined;
  const key = Buffer.from(marker, "base64url").toString();
  if (Buffer.from(key).toString("base64url") !== marker) throw iamValidationError(`Invalid Marker.`);
  return key;
}
