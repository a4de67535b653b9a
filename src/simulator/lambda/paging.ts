import type { Input, Output } from "../contract.ts";
import { invalidParameter } from "./errors.ts";
import { optionalJsonNumber, optionalJsonText } from "./input.ts";

export interface Paging<Item> {
  readonly items: readonly Item[];
  /** A unique sort key: a page starts where the previous page ended, even if items were added or removed. */
  readonly keyOf: (item: Item) => string;
  readonly most: number;
  readonly show: (item: Item) => unknown;
}

const PREFIX = "after:";

/** The answer of a listing: its page as this member. Pages by `Marker` and `MaxItems`, up to the maximum of AWS. */
export function lambdaListing<Item>(member: string, paging: Paging<Item>, input: Input): Output {
  const { items, keyOf, most, show } = paging;
  const marker = optionalJsonText(input, "Marker");
  const after = marker === undefined ? undefined : decoded(marker);
  const size = Math.min(optionalJsonNumber(input, "MaxItems") ?? most, most);
  const keyed = items
    .map((item) => ({ item, key: keyOf(item) }))
    .sort((left, right) => (left.key < right.key ? -1 : 1));
  const rest = keyed.filter(({ key }) => after === undefined || key > after);
  const page = rest.slice(0, size);
  const last = page.at(-1);
  const isLast = last === undefined || rest.length <= size;
  return {
    [member]: page.map(({ item }) => show(item)),
    ...(isLast ? {} : { NextMarker: Buffer.from(PREFIX + last.key).toString("base64") }),
  };
}

function decoded(marker: string): string {
  const text = Buffer.from(marker, "base64").toString("utf8");
  if (!text.startsWith(PREFIX)) throw invalidParameter("Invalid Marker.");
  return text.slice(PREFIX.length);
}

/** Versions in the order of their publication, `$LATEST` first. */
export function versionKey(version: string): string {
  return version === "$LATEST" ? "" : version.padStart(12, "0");
}
