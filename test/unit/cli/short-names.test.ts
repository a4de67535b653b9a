import { expect, test } from "@jest/globals";
import { RESOURCES } from "../../../src/api/resources.ts";
import { LISTINGS } from "../../../src/cli/resources/resources.ts";

const SHORT = Object.entries(RESOURCES).flatMap(([resource, { shortNames = [] }]) =>
  shortNames.map((short) => ({ short, resource })),
);

test.each(SHORT)("get knows $short for $resource, as kubectl does", ({ short, resource }) => {
  const found = LISTINGS.filter(({ names }) => names.includes(short));

  expect(found).toHaveLength(1);
  expect(found[0]?.names).toContain(resource);
});
