import { expect, test } from "@jest/globals";
import { binding, NOW_MS } from "../../../support/pass/bindings.ts";
import { convergedAccount } from "../../../support/pass/live-state.ts";
import { ReconcileWorld } from "./reconcile-world.ts";

test("a pass knows the change events that arrive while it reads AWS, and when it had read", async () => {
  const passes = new ReconcileWorld();
  passes.start(convergedAccount(binding()));
  const { aws, clock } = passes;
  const sweep = aws.sweep.bind(aws);
  const readMs = 20_000;
  aws.sweep = (request) => {
    clock.set(NOW_MS + readMs);
    return sweep(request);
  };
  let askedAtMs = 0;
  passes.changes = () => {
    askedAtMs = clock.nowMs();
    return Promise.resolve({ records: [], problem: null });
  };

  const { pass } = await passes.run([binding()]);

  expect(pass).toMatchObject({
    startedAtMs: NOW_MS,
    readEndedMs: NOW_MS + readMs,
    changes: { problem: null },
  });
  expect(askedAtMs).toBe(NOW_MS + readMs);
});
