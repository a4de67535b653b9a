import { expect, test } from "@jest/globals";
import { RecordedObjects } from "../../../src/controller/state/recorded-objects.ts";

const done = (): Promise<void> => Promise.resolve();

test("the objects are known after a revision has written them, also after a later pass", async () => {
  const recorded = new RecordedObjects();
  const all = [] as const;
  await recorded.replace(all, done);
  await recorded.observe(done);

  expect(recorded.known).toBe(all);
});

test("the objects are known after a pass whose write failed: it changes no document", async () => {
  const recorded = new RecordedObjects();
  const all = [] as const;
  await recorded.replace(all, done);
  await recorded.observe(() => Promise.reject(new Error("disk"))).catch(() => undefined);

  expect(recorded.known).toBe(all);
});

test("the objects are not known after the write of a revision failed, and known after the next one", async () => {
  const recorded = new RecordedObjects();
  await recorded.replace([], done);
  await recorded.replace([], () => Promise.reject(new Error("disk"))).catch(() => undefined);
  const afterFailure = recorded.known;
  const all = [] as const;
  await recorded.replace(all, done);

  expect(afterFailure).toBeNull();
  expect(recorded.known).toBe(all);
});

test.each([
  { first: "pass", steps: ["pass begins", "pass ends", "revision begins", "revision ends"] },
  { first: "revision", steps: ["revision begins", "revision ends", "pass begins", "pass ends"] },
])("the write of a $first ends before the other one begins", async ({ first, steps }) => {
  const recorded = new RecordedObjects();
  const seen: string[] = [];
  const step = (name: string) => async (): Promise<void> => {
    seen.push(`${name} begins`);
    await done();
    seen.push(`${name} ends`);
  };
  const pass = (): Promise<void> => recorded.observe(step("pass"));
  const revision = (): Promise<void> => recorded.replace([], step("revision"));
  await Promise.all(first === "pass" ? [pass(), revision()] : [revision(), pass()]);

  expect(seen).toEqual(steps);
});
