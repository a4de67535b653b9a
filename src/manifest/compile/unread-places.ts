import { PLATFORM } from "../../model/aws/ids.ts";
import type { Origin } from "../../model/values/origin.ts";
import { originOfValue } from "../../text/located/located.ts";
import { byTextOf } from "../../text/order.ts";
import { mayHoldPlatform, type Paths } from "../folder-owner.ts";
import type { PlacedDocuments } from "./placed-documents.ts";

/** The documents and files of the platform that can't be read. They may hold what is missing. */
export function unreadPlaces({ invalid, brokenFiles }: PlacedDocuments, paths: Paths): readonly Origin[] {
  const documents = invalid
    .filter(({ namespace }) => namespace === PLATFORM)
    .map(({ document }) => originOfValue(document, []));
  const files = [...brokenFiles]
    .filter((path) => mayHoldPlatform(path, paths))
    .map((file): Origin => ({ file, line: 1, column: 1, path: "" }));
  return [...files, ...documents].sort(byTextOf(({ file }) => file));
}
