import type { Input, Output } from "../contract.ts";
import { optionalNumber, optionalText, validationError } from "./input.ts";

/** One thing in a listing: `key` orders it, `item` is computed only for what the page shows. */
export interface Listed<Item> {
  readonly key: string;
  readonly item: () => Item;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  /** IsTruncated and Marker. */
  readonly end: Output;
}

/**
 * One page after the marker. A marker names the last key shown, so pages are no snapshot:
 * what comes and goes between two pages is on neither or on both, as in AWS.
 */
export function pageOf<Item>(input: Input, listed: readonly Listed<Item>[]): Page<Item> {
  const maxItems = optionalNumber(input, "MaxItems") ?? 100;
  const after = readMarker(optionalText(input, "Marker"));
  const rest = sortByKey(listed).filter(({ key }) => after === undefined || key > after);
  const shown = rest.slice(0, maxItems);
  const last = shown.at(-1);
  const items = shown.map(({ item }) => item());
  if (rest.length <= maxItems || last === undefined) return { items, end: { IsTruncated: false } };
  return { items, end: { IsTruncated: true, Marker: Buffer.from(last.key).toString("base64url") } };
}

function sortByKey<Item>(listed: readonly Listed<Item>[]): readonly Listed<Item>[] {
  return listed.toSorted((left, right) => (left.key < right.key ? -1 : left.key > right.key ? 1 : 0));
}

function readMarker(marker: string | undefined): string | undefined {
  if (marker === undefined) return undefined;
  const key = Buffer.from(marker, "base64url").toString();
  if (Buffer.from(key).toString("base64url") !== marker) throw validationError(`Invalid Marker.`);
  return key;
}
