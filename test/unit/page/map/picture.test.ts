import { expect, test } from "@jest/globals";
import { functionsByArn, mapPart } from "../../../../src/explain/reverse/map-part.ts";
import { mappedFunctions } from "../../../../src/explain/reverse/mapped-functions.ts";
import { reach } from "../../../../src/explain/reverse/reach.ts";
import { complete } from "../../../../src/model/values/steps.ts";
import { shownReach } from "../../../../src/page/view/reach.ts";
import { KEY, LINES, read, state } from "./states.ts";

test("the picture of a function has the same neighbours as its map", () => {
  const lines = LINES.slice(0, 4);
  const status = state(read(lines));
  const mapped = mappedFunctions([status], { arns: new Map(), accounts: new Map() });
  const parts = mapped.map((one) => mapPart(one, functionsByArn(mapped)));

  const steps = complete(reach(parts, { key: KEY, depth: 1 })).map(({ what, on }) => `${what} ${on}`);

  const { resources } = shownReach(status);
  const drawn = resources.flatMap(({ name, whats }) => whats.map((what) => `${what} ${name}`));
  expect(drawn.toSorted()).toEqual(steps.toSorted());
});
