import { expect, test } from "@jest/globals";
import { WorldReader } from "../../../src/http/request/world.ts";
import { FakeControl } from "../../support/fakes/fake-control.ts";
import { calm } from "../../support/screens/action-required.ts";

test("a document is parsed once for all reads of one version of the record, and separately by another reader", async () => {
  const control = new FakeControl(calm());
  const reader = new WorldReader(control);
  const [first, second] = [await reader.read(), await reader.read()];
  const other = await new WorldReader(control).read();
  const [object] = first.objects;
  if (object === undefined) throw new Error("no document");

  expect(second.documentOf(object)).toBe(first.documentOf(object));
  expect(other.documentOf(object)).not.toBe(first.documentOf(object));
  expect(other.documentOf(object)).toEqual(first.documentOf(object));
});
