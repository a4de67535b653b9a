import { describe, expect, test } from "@jest/globals";
import { expandRows, patternServices } from "../../../../src/iam/compare/expansion.ts";
import { readNames } from "../../../../src/iam/row-text.ts";

const rows = [
  "s3:Get*",
  "s3:?ut",
  "s3:GetObject",
  "*",
  "s*:Get*",
  "all but s3:*",
  "none:Get*",
  "S3:Get*",
  "s3:Get*",
].map((action) => ({ action: readNames(action) }));
const data = {
  actionNames: (prefix: string) => (prefix === "s3" ? ["GetObject"] : []),
  expand: (pattern: string) => [`all of ${pattern}`],
};

describe("a pattern of actions", () => {
  test("is expanded if it names one service of the data", () => {
    expect(expandRows(rows, data)).toEqual([
      { pattern: "S3:Get*", actions: ["all of S3:Get*"] },
      { pattern: "s3:?ut", actions: ["all of s3:?ut"] },
      { pattern: "s3:Get*", actions: ["all of s3:Get*"] },
    ]);
  });

  test("names the service whose data it needs", () => {
    expect(patternServices(rows)).toEqual(["none", "s3"]);
  });
});
