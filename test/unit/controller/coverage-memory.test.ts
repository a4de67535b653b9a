import { expect, test } from "@jest/globals";
import { CoverageMemory } from "../../../src/controller/state/coverage.ts";
import type { AccountId } from "../../../src/model/aws/ids.ts";
import { ACCOUNT_ID } from "../../support/pass/bindings.ts";

const OTHER = "444455556666" as AccountId;

test("a sweep that ends while the tags of its account are read is not lost: they are read again after that", () => {
  const memory = new CoverageMemory();
  memory.passEnded(OTHER, true);
  memory.passEnded(ACCOUNT_ID, true);
  memory.passEnded(ACCOUNT_ID, false);

  const during = memory.dequeueSwept(new Map([[OTHER, "reading"]]));
  const after = memory.dequeueSwept(new Map());

  expect([during, after, memory.dequeueSwept(new Map())]).toEqual([[ACCOUNT_ID], [OTHER], []]);
});
