import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { LISTED_REGIONS } from "../../../src/workbench/new/regions.ts";
import { byText } from "../../../src/text/order.ts";
import { cli } from "../../support/screens/cli.ts";

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "gk-new-"));
});

afterEach(() => rm(root, { recursive: true }));

const create = (...argv: readonly string[]) => cli(["new", ...argv, "--dir", root]);

test("the listed regions are those of the AWS SDK", async () => {
  const file = "node_modules/@aws-sdk/core/dist-es/submodules/client/util-endpoints/lib/aws/partitions.js";
  const names = [...(await readFile(file, "utf8")).matchAll(/"((?:[a-z]+-)+\d+)": \{/g)].map(
    ([, name]) => name,
  );

  expect(names.map(String).sort(byText)).toEqual(LISTED_REGIONS);
});

test.each([
  [
    "eu-west-9",
    /^warning: this version knows no region eu-west-9\nhint: {2}if eu-west-1 is meant, .*AWS may/,
  ],
  ["eu-west-1", /^$/],
])("new account warns of a region that AWS had not at the release: %s", async (region, warning) => {
  const { code, err } = await create("account", "prod", "--id", "111122223333", "--region", region);

  expect(code).toBe(0);
  expect(err).toMatch(warning);
});

describe("new function in a folder with a Team", () => {
  const place = ["--account", "prod", "--region", "eu-west-1"];
  const outside = /^warning: function cart matches no pattern of Team shop: shop-\* \(TEN-003\)\nhint: {2}/;

  test.each([
    { namespace: "shop", flags: [], warning: outside, because: "its name is outside the Team" },
    {
      namespace: "shop",
      flags: [],
      warning: /hint: .*\(--function\s+shop-cart\)/,
      because: "a name with the prefix is inside",
    },
    { namespace: "shop", flags: ["--function", "shop-cart"], warning: /^$/, because: "its name is inside" },
    { namespace: "other", flags: [], warning: /^$/, because: "the Team is another one's" },
  ])("warns of what validate would refuse: $because", async ({ namespace, flags, warning }) => {
    await create("team", "shop");
    const { code, err } = await create("function", `${namespace}/cart`, ...place, ...flags);

    expect(code).toBe(0);
    expect(err).toMatch(warning);
  });
});
