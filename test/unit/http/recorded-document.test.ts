import { expect, test } from "@jest/globals";
import { WorldReader } from "../../../src/http/request/world.ts";
import { FakeControl } from "../../support/fakes/fake-control.ts";
import { calm } from "../../support/screens/action-required.ts";

test("a document is parsed once for all answers of one reading, and separately for another one", async () => {
  const control = new FakeControl(calm());
  const world = await new WorldReader(control).read();
  const other = await new WorldReader(control).read();
  const [object] = world.objects;
  if (object === undefined) throw new Error("no document");

  expect(world.documentOf(object)).toBe(world.documentOf(object));
  expect(other.documentOf(object)).not.toBe(world.documentOf(object));
  expect(other.documentOf(object)).toEqual(world.documentOf(object));
});
