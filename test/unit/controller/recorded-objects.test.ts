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

test.each([
  {
    during: "a pass begins during the write of a revision and ends after it",
    run: async (recorded: RecordedObjects) => {
      const pass = Promise.withResolvers<void>();
      let observing = done();
      await recorded.replace([], async () => {
        observing = recorded.observe(() => pass.promise);
      });
      pass.resolve();
      await observing;
    },
  },
  {
    during: "a revision is written during a pass",
    run: async (recorded: RecordedObjects) => {
      await recorded.observe(() => recorded.replace([], done));
    },
  },
  {
    during: "a pass begins before a revision and ends before the revision continues",
    run: async (recorded: RecordedObjects) => {
      const pass = Promise.withResolvers<void>();
      const observing = recorded.observe(() => pass.promise);
      await recorded.replace([], async () => {
        pass.resolve();
        await observing;
      });
    },
  },
  {
    during: "a revision is written during a pass whose own write fails",
    run: async (recorded: RecordedObjects) => {
      const failing = recorded.observe(async () => {
        await recorded.replace([], done);
        throw new Error("disk");
      });
      await failing.catch(() => undefined);
    },
  },
  {
    during: "the write of a revision fails",
    run: async (recorded: RecordedObjects) => {
      await recorded.replace([], () => Promise.reject(new Error("disk"))).catch(() => undefined);
    },
  },
])("the objects are not known if $during", async ({ run }) => {
  const recorded = new RecordedObjects();
  await recorded.replace([], done);

  await run(recorded);

  expect(recorded.known).toBeNull();
});
