import { MORE, whatOf, writtenIn, ReconcileWorld } from "./reconcile-world.ts";
import { beforeEach, describe, expect, test } from "@jest/globals";
import type { AwsError } from "../../../../src/model/aws/errors/aws-error.ts";
import type { Key } from "../../../../src/model/keys/key.ts";
import { withFunction, withRole } from "../../../support/pass/apply.ts";
import {
  appliedRecord,
  binding,
  caller,
  documentOf,
  NOW_MS,
  REGION,
} from "../../../support/pass/bindings.ts";
import {
  convergedAccount,
  emptyAccount,
  liveFunctionOf,
  liveRoleOf,
} from "../../../support/pass/live-state.ts";
import { awsError } from "../../../support/fakes/fake-aws.ts";
import { KEY, passOf, statusOf } from "../../../support/pass/passes.ts";
import { err } from "../../../../src/model/values/result.ts";

let passes: ReconcileWorld;

beforeEach(() => {
  passes = new ReconcileWorld();
});

describe("a write", () => {
  test("records an intent first, then makes the call, then records its outcome", async () => {
    passes.start(convergedAccount(binding()));
    passes.remember(appliedRecord(binding(), { status: statusOf() }));
    const seen: (readonly string[])[] = [];
    passes.aws.beforeWrite = () => seen.push(passes.journal());

    const result = await passes.run([MORE]);

    expect(seen).toEqual([["intended iam:PutRolePolicy"]]);
    expect(passes.journal()).toEqual(["intended iam:PutRolePolicy", "applied"]);
    expect(writtenIn(result)).toMatchObject({
      writes: [{ kind: "applied", intent: 1, atMs: NOW_MS }],
      readBack: { kind: "seen", drifts: [] },
    });
    expect(passes.store.records.get(KEY)?.applied?.revision).toBe(passOf().revision);
  });

  test("sets the attempted revision before the first call", async () => {
    passes.start(emptyAccount());
    let attempted: string | null | undefined;
    passes.aws.beforeWrite = () =>
      (attempted ??= passes.store.records.get(KEY)?.status?.lastAttemptedRevision);

    await passes.run([binding()]);

    expect(attempted).toBe(passOf().revision);
  });

  test("is not made when its intent can't be made durable", async () => {
    passes.start(convergedAccount(binding()));
    const full = new Error("no space left on the device");
    passes.audit.append = () => Promise.reject(full);

    await expect(passes.run([MORE])).rejects.toBe(full);
    expect(passes.aws.writes).toEqual([]);
  });

  test("has no intent if its pass was asked to end while it read the revision that the call names", async () => {
    passes.start(convergedAccount(binding()));
    passes.remember(appliedRecord(binding(), { status: statusOf() }));
    passes.aws.beforeRead = () => passes.stopping.abort();

    const result = await passes.run([binding({}, { callers: [caller("uploads", null)] })]);

    expect(passes.aws.reads).toHaveLength(1);
    expect([passes.journal(), whatOf(result)]).toEqual([[], "cut-short"]);
  });

  test("whose intent failed allows no other write after the end of the pass", async () => {
    const states = Array.from({ length: 12 }, (_, at) => {
      const key = `function/111122223333/eu-west-1/orders/f${at}` as Key;
      return binding({ name: `f${at}` }, { key, functionName: `f${at}` });
    });
    passes.start(emptyAccount());
    const appended = passes.audit.append.bind(passes.audit);
    let intents = 0;
    passes.audit.append = (facts) => {
      intents += facts.filter(({ kind }) => kind === "write-intended").length;
      return intents === 3 ? Promise.reject(new Error("full")) : appended(facts);
    };

    await expect(passes.run(states)).rejects.toThrow("full");
    const made = passes.aws.writes.length;
    await passes.clock.pass(1_000);

    expect(passes.aws.writes).toHaveLength(made);
    expect(await passes.audit.openIntents(passOf().account.id)).toEqual([]);
  });

  test("that fails ends the key's actions, with AWS's message in the record", async () => {
    passes.start(emptyAccount());
    passes.aws.mishap = (action) =>
      action.call === "iam:PutRolePolicy" ? { kind: "fails", error: awsError("terminal") } : null;

    const result = await passes.run([binding()]);

    expect(passes.journal()).toEqual([
      "intended iam:CreateRole",
      "applied",
      "intended iam:PutRolePolicy",
      "failed",
    ]);
    expect(writtenIn(result).writes.map(({ kind }) => kind)).toEqual(["applied", "failed"]);
    expect(passes.store.records.get(KEY)?.stalled?.message).toContain("AWS's own words");
  });

  test("whose answer was lost stays undecided if the read-back fails, however long the pass takes", async () => {
    passes.start(emptyAccount());
    passes.aws.mishap = () => ({ kind: "answer-lost" });
    passes.aws.beforeWrite = () => {
      passes.aws.readError = awsError("throttled");
      passes.clock.set(passes.clock.nowMs() + 3_600_000);
    };

    await passes.run([binding()]);

    expect(passes.journal()).toEqual(["intended iam:CreateRole"]);
  });

  test("that AWS rejects permanently is not tried again until the plan changes", async () => {
    passes.start(emptyAccount());
    passes.aws.mishap = (action) =>
      action.call === "iam:PutRolePolicy" ? { kind: "fails", error: awsError("terminal") } : null;
    await passes.run([binding()]);
    passes.aws.mishap = () => null;

    const same = await passes.run([binding()]);
    const other = await passes.run([MORE]);

    expect([whatOf(same), whatOf(other)]).toEqual(["stalled", "written"]);
  });

  test("whose fresh read fails is not made", async () => {
    const state = binding({}, { callers: [] });
    const caller = { ...binding({}, { undeclaredCallers: "remove" as const }) };
    passes.start(
      withFunction(
        convergedAccount(state),
        REGION,
        liveFunctionOf(state, {
          policies: new Map([
            [
              "",
              {
                kind: "present",
                value: {
                  text: documentOf({
                    Sid: "x",
                    Effect: "Allow",
                    Principal: "*",
                    Action: "lambda:InvokeFunction",
                    Resource: state.functionArn,
                  } as never),
                  revisionId: "r",
                },
              },
            ],
          ]),
        }),
      ),
    );
    passes.remember(appliedRecord(caller, { status: statusOf() }));
    let reads = 0;
    const read = passes.aws.read.bind(passes.aws);
    passes.aws.read = async (request) => (++reads > 1 ? err(awsError("throttled")) : read(request));

    const result = await passes.run([caller]);

    expect(writtenIn(result).writes).toMatchObject([{ kind: "not-made" }]);
    expect([passes.aws.writes, passes.journal()]).toEqual([[], []]);
  });

  test("throws on a bug", async () => {
    passes.start(emptyAccount());
    passes.aws.mishap = () => {
      throw new TypeError("bug");
    };

    await expect(passes.run([binding()])).rejects.toThrow("bug");
    expect(await passes.audit.openIntents(passOf().account.id)).toHaveLength(1);
  });
});

describe("a lost answer", () => {
  test.each([
    { mishap: "answer-lost", outcome: "found-applied" },
    { mishap: "request-lost", outcome: "found-not-applied" },
  ] as const)("is found by looking: $mishap ends as $outcome", async ({ mishap, outcome }) => {
    passes.start(convergedAccount(binding()));
    passes.remember(appliedRecord(binding(), { status: statusOf() }));
    passes.aws.mishap = () => ({ kind: mishap });
    const first = await passes.run([MORE]);
    passes.aws.mishap = () => null;
    passes.clock.set(NOW_MS + 61_000);

    await passes.run([MORE]);

    expect(writtenIn(first).writes.map(({ kind }) => kind)).toEqual(["lost"]);
    expect(passes.journal().slice(0, 2)).toEqual(["intended iam:PutRolePolicy", outcome]);
    expect(await passes.audit.openIntents(passOf().account.id)).toEqual([]);
    expect(passes.aws.live).toEqual(expect.objectContaining({}));
    expect(passes.store.records.get(KEY)?.applied?.atMs).toBeGreaterThanOrEqual(NOW_MS);
  });

  test("blocks writes to its key until the result is known", async () => {
    passes.start(convergedAccount(binding()));
    passes.remember(appliedRecord(binding(), { status: statusOf() }));
    passes.aws.mishap = () => ({ kind: "request-lost" });
    await passes.run([MORE]);
    passes.aws.mishap = () => null;

    const soon = await passes.run([MORE]);

    expect(whatOf(soon)).toBe("open-intent");
    expect(passes.aws.writes).toHaveLength(1);
  });
});

describe("a temporary failure", () => {
  const retry = (): AwsError => awsError("retry");

  test("is overdue once its series has lasted longer than its deadline", async () => {
    passes.start(emptyAccount());
    passes.aws.mishap = (action) =>
      action.call === "iam:PutRolePolicy" ? { kind: "fails", error: retry() } : null;
    const overdue = async (): Promise<boolean | undefined> => {
      const last = writtenIn(await passes.run([binding()])).writes.at(-1);
      return last?.kind === "failed" ? last.isOverdue : undefined;
    };

    const first = await overdue();
    passes.clock.set(NOW_MS + 60_000);
    const inTime = await overdue();
    passes.clock.set(NOW_MS + 60_001);
    const late = await overdue();

    expect([first, inTime, late]).toEqual([false, false, true]);
  });

  test("is not overdue immediately after a long pause in writes: a deploy may be in progress", async () => {
    passes.start(convergedAccount(binding()));
    passes.remember(appliedRecord(binding(), { status: statusOf() }));
    passes.aws.mishap = () => ({ kind: "fails", error: retry() });

    expect(writtenIn(await passes.run([MORE])).writes).toMatchObject([{ kind: "failed", isOverdue: false }]);
  });
});

describe("a fresh read before a write that overwrites or removes", () => {
  beforeEach(() => {
    passes.start(convergedAccount(binding()));
    passes.remember(appliedRecord(binding(), { status: statusOf() }));
  });

  test("continues if the plan is still correct", async () => {
    expect(whatOf(await passes.run([MORE]))).toBe("written");
    expect(passes.aws.reads.length).toBeGreaterThan(0);
  });

  test("stops if another principal changed the object in between", async () => {
    const read = passes.aws.read.bind(passes.aws);
    passes.aws.read = (request) => {
      passes.aws.live = withRole(passes.aws.live, liveRoleOf(MORE));
      return read(request);
    };

    expect(whatOf(await passes.run([MORE]))).toBe("changed-meanwhile");
    expect(passes.aws.writes).toEqual([]);
  });

  test("stops if it fails, and throws on a bug", async () => {
    passes.aws.read = async () => err(awsError("throttled"));
    expect(whatOf(await passes.run([MORE]))).toBe("read-failed");

    passes.aws.read = () => Promise.reject(new TypeError("bug"));
    await expect(passes.run([MORE])).rejects.toThrow("bug");
    expect(passes.aws.writes).toEqual([]);
  });

  test("is skipped if the keys were just read one by one", async () => {
    const base = passes.aws.live;

    await passes.run([MORE], { scope: { kind: "keys", keys: [KEY] }, base });

    // The read of the pass and the read-back.
    expect(passes.aws.reads).toHaveLength(2);
  });
});
