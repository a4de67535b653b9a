import {
  placeName,
  type ReferenceReadings,
  type ReferenceText,
  type StackId,
} from "../../src/model/aws/reference.ts";
import type { AccountId, Region } from "../../src/model/aws/ids.ts";

/** What was read in account 222222222222 (`prod` of `PLATFORM_FILES`), eu-west-1: a value, or null for one that cannot be used. */
export function readingsOf(
  values: Readonly<Record<string, string | null>>,
  stackId?: StackId,
): ReferenceReadings {
  return new Map(
    Object.entries(values).map(([text, value]) => {
      const place = {
        accountId: "222222222222" as AccountId,
        region: "eu-west-1" as Region,
        text: text as ReferenceText,
      };
      const reading =
        value === null
          ? ({ kind: "unusable", reason: "it does not exist", fix: "deploy it" } as const)
          : ({ kind: "value", value, readAtMs: 1, ...(stackId !== undefined && { stackId }) } as const);
      return [placeName(place), reading];
    }),
  );
}
