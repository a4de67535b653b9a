import { beforeEach, describe, expect, test } from "@jest/globals";
import { reconcile } from "../../../src/controller/reconcile.ts";
import { settle } from "../../../src/settle/settle.ts";
import { type Pass } from "../../../src/judge/pass.ts";
import type { Action } from "../../../src/model/action.ts";
import type { AwsError } from "../../../src/model/aws/aws-error.ts";
import type { DesiredBinding, DesiredPolicy } from "../../../src/model/desired.ts";
import type { Key } from "../../../src/model/keys/key.ts";
import type { KeyRecord } from "../../../src/model/keys/key-record.ts";
import type { LiveAccount } from "../../../src/model/live.ts";
import { compiledText } from "../../../src/diff/documents/compiled-texts.ts";
import { complete } from "../../../src/model/values/steps.ts";
import { withFunction, withPolicy, withRole } from "../../support/pass/apply.ts";
import {
  allow,
  appliedRecord,
  attachment,
  binding,
  compiled,
  convergedAccount,
  desiredAccount,
  documentOf,
  emptyAccount,
  liveFunctionOf,
  livePolicyOf,
  liveRoleOf,
  NOW_MS,
  ORDERS_READ,
  policy,
  REGION,
} from "../../support/pass/bindings.ts";
import { STEADY_LOOP } from "../../support/event-loop.ts";
import { awsError, FakeAws } from "../../support/fakes/fake-aws.ts";
import { FakeClock } from "../../support/fakes/fake-clock.ts";
import { MemoryAudit, MemoryStore } from "../../support/fakes/fake-ports.ts";
import { KEY, passOf, settleContext, statusOf } from "../../support/pass/passes.ts";
import { type KeyOutcome, type PassResult, subjectOfOutcome } from "../../../src/settle/outcome/outcome.ts";

const MORE = binding({
  inline: compiled(ORDERS_READ, allow("sqs:SendMessage", "arn:aws:sqs:eu-west-1:111122223333:q")),
});
const BUCKET = "arn:aws:s3:::uploads/*";
const ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess" as DesiredPolicy["arn"];

let clock: FakeClock;
let audit: MemoryAudit;
let store: MemoryStore;
let aws: FakeAws;
let abort: AbortController;
let stopping: AbortController;

beforeEach(() => {
  clock = new FakeClock(NOW_MS);
  audit = new MemoryAudit(clock);
  store = new MemoryStore();
  abort = new AbortController();
  stopping = new AbortController();
});

function start(live: LiveAccount): void {
  aws = new FakeAws(live, clock);
}

async function run(
  states: readonly (DesiredBinding | DesiredPolicy)[],
  change: Partial<Pass> = {},
): Promise<Extract<PassResult, { readonly kind: "done" }>> {
  const records = new Map((await store.allKeys()).map((record) => [record.key, record]));
  const pass = passOf(states, { records, startedAtMs: clock.nowMs(), ...change });
  const ports = { live: aws, actuator: aws, audit, clock, store, eventLoop: STEADY_LOOP };
  const signals = { abort: abort.signal, stopping: AbortSignal.any([stopping.signal, abort.signal]) };
  const result = await reconcile(pass, ports, signals);
  if (result.kind === "failed") throw result.error;
  const { change: recorded } = complete(settle(result, settleContext({ nowMs: clock.nowMs() }))).settlement;
  await store.commit(recorded);
  return result;
}

function remember(...records: readonly KeyRecord[]): void {
  for (const record of records) store.records.set(record.key, record);
}

/** `written`, or the reason why not. */
function whatOf(result: Extract<PassResult, { readonly kind: "done" }>, key: Key = KEY): string {
  const outcome = result.outcomes.find((one) => subjectOfOutcome(one).key === key);
  if (outcome === undefined) return "none";
  return outcome.kind === "judged" ? outcome.notApplied.kind : outcome.kind;
}

function writtenIn(
  result: Extract<PassResult, { readonly kind: "done" }>,
): Extract<KeyOutcome, { kind: "written" }> {
  const found = result.outcomes.find((outcome) => outcome.kind === "written");
  if (found === undefined) throw new Error("nothing was written");
  return found;
}

function callsOf(actions: readonly Action[]): readonly string[] {
  return actions.map(({ call }) => call);
}

function journal(): readonly string[] {
  return audit.log.flatMap((entry) => {
    if (entry.kind === "write-intended") return [`intended ${entry.call}`];
    return entry.kind === "write-finished" ? [entry.outcome] : [];
  });
}

describe("a write", () => {
  test("records an intent first, then makes the call, then records its outcome", async () => {
    start(convergedAccount(binding()));
    remember(appliedRecord(binding(), { status: statusOf() }));
    const seen: (readonly string[])[] = [];
    aws.beforeWrite = () => seen.push(journal());

    const result = await run([MORE]);

    expect(seen).toEqual([["intended iam:PutRolePolicy"]]);
    expect(journal()).toEqual(["intended iam:PutRolePolicy", "applied"]);
    expect(writtenIn(result)).toMatchObject({
      writes: [{ kind: "applied", intent: 1, atMs: NOW_MS }],
      readBack: { kind: "seen", drifts: [] },
    });
    expect(store.records.get(KEY)?.applied?.revision).toBe(passOf().revision);
  });

  test("sets the attempted revision before the first call", async () => {
    start(emptyAccount());
    let attempted: string | null | undefined;
    aws.beforeWrite = () => (attempted ??= store.records.get(KEY)?.status?.lastAttemptedRevision);

    await run([binding()]);

    expect(attempted).toBe(passOf().revision);
  });

  test("is not made when its intent can't be made durable", async () => {
    start(convergedAccount(binding()));
    const full = new Error("no space left on the device");
    audit.append = () => Promise.reject(full);

    await expect(run([MORE])).rejects.toBe(full);
    expect(aws.writes).toEqual([]);
  });

  test("whose intent failed allows no other write after the end of the pass", async () => {
    const states = Array.from({ length: 12 }, (_, at) => {
      const name = `f${at}`;
      return binding(
        { name },
        { key: `function/111122223333/eu-west-1/orders/${name}` as Key, functionName: name },
      );
    });
    start(emptyAccount());
    const appended = audit.append.bind(audit);
    let intents = 0;
    audit.append = (facts) => {
      intents += facts.filter(({ kind }) => kind === "write-intended").length;
      return intents === 3 ? Promise.reject(new Error("full")) : appended(facts);
    };

    await expect(run(states)).rejects.toThrow("full");
    const made = aws.writes.length;
    await clock.pass(1_000);

    expect(aws.writes).toHaveLength(made);
    expect(await audit.openIntents(passOf().account.id)).toEqual([]);
  });

  test("that fails ends the key's actions, with AWS's message in the record", async () => {
    start(emptyAccount());
    aws.mishap = (action) =>
      action.call === "iam:PutRolePolicy" ? { kind: "fails", error: awsError("terminal") } : null;

    const result = await run([binding()]);

    expect(journal()).toEqual(["intended iam:CreateRole", "applied", "intended iam:PutRolePolicy", "failed"]);
    expect(writtenIn(result).writes.map(({ kind }) => kind)).toEqual(["applied", "failed"]);
    expect(store.records.get(KEY)?.stalled?.message).toContain("AWS's own words");
  });

  test("that AWS rejects permanently is not tried again until the plan changes", async () => {
    start(emptyAccount());
    aws.mishap = (action) =>
      action.call === "iam:PutRolePolicy" ? { kind: "fails", error: awsError("terminal") } : null;
    await run([binding()]);
    aws.mishap = () => null;

    const same = await run([binding()]);
    const other = await run([MORE]);

    expect([whatOf(same), whatOf(other)]).toEqual(["stalled", "written"]);
  });

  test("whose fresh read fails is not made", async () => {
    const state = binding({}, { callers: [] });
    const caller = { ...binding({}, { undeclaredCallers: "remove" as const }) };
    start(
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
    remember(appliedRecord(caller, { status: statusOf() }));
    let reads = 0;
    const read = aws.read.bind(aws);
    aws.read = (request) => (++reads > 1 ? Promise.reject(awsError("throttled")) : read(request));

    const result = await run([caller]);

    expect(writtenIn(result).writes).toMatchObject([{ kind: "not-made" }]);
    expect([aws.writes, journal()]).toEqual([[], []]);
  });

  test("throws on a bug", async () => {
    start(emptyAccount());
    aws.mishap = () => {
      throw new TypeError("bug");
    };

    await expect(run([binding()])).rejects.toThrow("bug");
    expect(await audit.openIntents(passOf().account.id)).toHaveLength(1);
  });
});

describe("a lost answer", () => {
  test.each([
    { mishap: "answer-lost", outcome: "found-applied" },
    { mishap: "request-lost", outcome: "found-not-applied" },
  ] as const)("is found by looking: $mishap ends as $outcome", async ({ mishap, outcome }) => {
    start(convergedAccount(binding()));
    remember(appliedRecord(binding(), { status: statusOf() }));
    aws.mishap = () => ({ kind: mishap });
    const first = await run([MORE]);
    aws.mishap = () => null;
    clock.set(NOW_MS + 61_000);

    await run([MORE]);

    expect(writtenIn(first).writes.map(({ kind }) => kind)).toEqual(["lost"]);
    expect(journal().slice(0, 2)).toEqual(["intended iam:PutRolePolicy", outcome]);
    expect(await audit.openIntents(passOf().account.id)).toEqual([]);
    expect(aws.live).toEqual(expect.objectContaining({}));
    expect(store.records.get(KEY)?.applied?.atMs).toBeGreaterThanOrEqual(NOW_MS);
  });

  test("blocks writes to its key until the result is known", async () => {
    start(convergedAccount(binding()));
    remember(appliedRecord(binding(), { status: statusOf() }));
    aws.mishap = () => ({ kind: "request-lost" });
    await run([MORE]);
    aws.mishap = () => null;

    const soon = await run([MORE]);

    expect(whatOf(soon)).toBe("open-intent");
    expect(aws.writes).toHaveLength(1);
  });
});

describe("a temporary failure", () => {
  const retry = (): AwsError => awsError("retry");

  test("is overdue once its series has lasted longer than its deadline", async () => {
    start(emptyAccount());
    aws.mishap = (action) => (action.call === "iam:PutRolePolicy" ? { kind: "fails", error: retry() } : null);
    const overdue = async (): Promise<boolean | undefined> => {
      const last = writtenIn(await run([binding()])).writes.at(-1);
      return last?.kind === "failed" ? last.isOverdue : undefined;
    };

    const first = await overdue();
    clock.set(NOW_MS + 60_000);
    const inTime = await overdue();
    clock.set(NOW_MS + 60_001);
    const late = await overdue();

    expect([first, inTime, late]).toEqual([false, false, true]);
  });

  test("is not overdue immediately after a long pause in writes: a deploy may be in progress", async () => {
    start(convergedAccount(binding()));
    remember(appliedRecord(binding(), { status: statusOf() }));
    aws.mishap = () => ({ kind: "fails", error: retry() });

    expect(writtenIn(await run([MORE])).writes).toMatchObject([{ kind: "failed", isOverdue: false }]);
  });
});

describe("a fresh read before a write that overwrites or removes", () => {
  beforeEach(() => {
    start(convergedAccount(binding()));
    remember(appliedRecord(binding(), { status: statusOf() }));
  });

  test("continues if the plan is still correct", async () => {
    expect(whatOf(await run([MORE]))).toBe("written");
    expect(aws.reads.length).toBeGreaterThan(0);
  });

  test("stops if another principal changed the object in between", async () => {
    const read = aws.read.bind(aws);
    aws.read = (request) => {
      aws.live = withRole(aws.live, liveRoleOf(MORE));
      return read(request);
    };

    expect(whatOf(await run([MORE]))).toBe("changed-meanwhile");
    expect(aws.writes).toEqual([]);
  });

  test("stops if it fails, and throws on a bug", async () => {
    aws.read = () => Promise.reject(awsError("throttled"));
    expect(whatOf(await run([MORE]))).toBe("read-failed");

    aws.read = () => Promise.reject(new TypeError("bug"));
    await expect(run([MORE])).rejects.toThrow("bug");
    expect(aws.writes).toEqual([]);
  });

  test("is skipped if the keys were just read one by one", async () => {
    const base = aws.live;

    await run([MORE], { scope: { kind: "keys", keys: [KEY] }, base });

    // The read of the pass and the read-back.
    expect(aws.reads).toHaveLength(2);
  });
});

describe("a pass that is asked to end", () => {
  const states = ["a", "b"].map((name) =>
    binding({ name }, { key: `function/111122223333/eu-west-1/orders/${name}` as Key, functionName: name }),
  );

  test("writes nothing after the request; the running write completes", async () => {
    start(emptyAccount());
    aws.beforeWrite = () => stopping.abort();

    const result = await run(states);

    expect(callsOf(aws.writes)).toEqual(["iam:CreateRole", "iam:CreateRole"]);
    expect(journal().filter((line) => line === "applied")).toHaveLength(2);
    expect(result.outcomes.map(({ kind }) => kind)).toEqual(["written", "written"]);
  });

  test("starts no key after the request", async () => {
    start(emptyAccount());
    stopping.abort();

    const result = await run(states);

    expect(states.map(({ key }) => whatOf(result, key))).toEqual(["cut-short", "cut-short"]);
    expect(aws.writes).toEqual([]);
  });

  test("starts no new key after a minute", async () => {
    start(emptyAccount());

    const result = await run(states, { startedAtMs: NOW_MS - 60_001 });

    expect(states.map(({ key }) => whatOf(result, key))).toEqual(["cut-short", "cut-short"]);
  });
});

describe("policies and the bindings that attach them", () => {
  const attaching = binding({ attachments: [attachment("audit-read")] });
  const wanted = policy(compiled(allow("s3:GetObject", BUCKET)));
  const policyDone = (): Action | undefined => aws.writes.find(({ call }) => call === "iam:CreatePolicy");

  test("are created first, and attached once", async () => {
    start(withFunction(emptyAccount(), REGION, liveFunctionOf(attaching)));

    await run([attaching, wanted]);
    await run([attaching, wanted]);

    const calls = callsOf(aws.writes);
    expect(calls[0]).toBe("iam:CreatePolicy");
    expect(calls.filter((call) => call === "iam:AttachRolePolicy")).toHaveLength(1);
    expect(store.records.get(KEY)?.status).toMatchObject({ sync: "Synced" });
  });

  test("that fail block the bindings that use them, by name", async () => {
    start(withFunction(emptyAccount(), REGION, liveFunctionOf(attaching)));
    aws.mishap = (action) =>
      action.call === "iam:CreatePolicy" ? { kind: "fails", error: awsError("terminal") } : null;

    const result = await run([attaching, wanted]);

    expect(whatOf(result)).toBe("dependency");
    expect(store.records.get(KEY)?.status?.conditions).toContainEqual(
      expect.objectContaining({ type: "Ready", reason: "DependencyNotReady" }),
    );
    expect(policyDone()).toBeUndefined();
  });

  test("that will change block the bindings that use them, but an exposure is closed anyway", async () => {
    const old = policy(compiled(allow("s3:GetObject", BUCKET)));
    const text = compiledText(old.document) ?? "";
    const wider = policy(compiled(allow(["s3:GetObject", "s3:PutObject"], BUCKET)));
    const open = liveRoleOf(attaching, {
      attachments: [...attaching.role.attachments.map(({ arn }) => arn), ADMINISTRATOR],
    });
    const live = withRole(convergedAccount(attaching), open);
    const admin = {
      kind: "present",
      value: { arn: ADMINISTRATOR, versionId: "v1", text: documentOf(allow("*")) },
    } as const;
    start({
      ...withPolicy(
        live,
        livePolicyOf(old.arn, [text], { tags: { kind: "present", value: old.tags }, attachmentCount: 1 }),
      ),
      awsManaged: new Map([[ADMINISTRATOR, admin]]),
    });
    remember(
      appliedRecord(attaching, { status: statusOf() }),
      appliedRecord(old, { status: statusOf({ key: old.key }) }),
    );
    const named = { ...attaching, role: { ...attaching.role, description: "changed" } };

    await run([named, wider]);

    expect(callsOf(aws.writes)).toContain("iam:DetachRolePolicy");
    expect(callsOf(aws.writes)).not.toContain("iam:UpdateRole");
  });
});

describe("the result of a pass", () => {
  test("omits a key whose objects were not read", async () => {
    start({
      ...convergedAccount(binding()),
      complete: false,
      roles: new Map([["orders-api-eu-west-1", { kind: "unknown", reason: "throttled" }]]),
    });

    const result = await run([MORE]);

    expect(whatOf(result)).toBe("unknown");
    expect([result.swept, aws.writes]).toEqual([false, []]);
  });

  test("is a named failure if the account can't be read", async () => {
    start(emptyAccount());
    aws.readError = awsError("circuit");

    await expect(run([MORE])).rejects.toBe(aws.readError);
  });

  test("throws on a bug", async () => {
    start(emptyAccount());
    aws.sweep = () => Promise.reject(new TypeError("bug"));

    await expect(run([MORE])).rejects.toThrow("bug");
  });

  test("is undecided if the read-back fails", async () => {
    start(emptyAccount());
    aws.read = () => Promise.reject(awsError("throttled"));

    const { readBack } = writtenIn(await run([binding()]));

    expect(readBack.kind).toBe("not-read");
    expect(store.records.get(KEY)?.applied).toBeNull();
  });

  test("is read back by one sweep if many keys were written", async () => {
    const names = Array.from({ length: 21 }, (_, at) => `f${at}`);
    const states = names.map((name) =>
      binding({ name }, { key: `function/111122223333/eu-west-1/orders/${name}` as Key, functionName: name }),
    );
    start(emptyAccount());

    await run(states);

    expect([aws.sweeps.length, aws.reads.length]).toEqual([2, 0]);
  });

  test("of an account in observe lists the differences, and nothing is written", async () => {
    start(convergedAccount(binding()));

    const result = await run([MORE], { account: desiredAccount({ mode: "observe" }) });

    expect(whatOf(result)).toBe("observe");
    expect([aws.writes, audit.log]).toEqual([[], []]);
    expect(store.records.get(KEY)?.status).toMatchObject({ sync: "OutOfSync", mode: "observe" });
  });

  test("of an invalid manifest is a revert to the applied state, with a note", async () => {
    start(withRole(convergedAccount(binding()), liveRoleOf(binding(), { description: "theirs" })));
    remember(appliedRecord(binding(), { status: statusOf() }));
    clock.set(NOW_MS);
    const origin = { file: "f", line: 1, column: 1, path: "" };
    const diagnostic = { severity: "error", code: "x", origin, message: "broken", fix: null } as const;
    const account = desiredAccount({ revertOtherMs: 0 });

    const result = await run([], {
      account,
      invalid: new Map([[KEY, [diagnostic]]]),
    });

    expect(callsOf(aws.writes)).toEqual(["iam:UpdateRole"]);
    expect(whatOf(result)).toBe("written");
    expect(store.records.get(KEY)?.status?.conditions).toContainEqual(
      expect.objectContaining({ type: "Stalled", reason: "ValidationFailed", message: "f:1:1: broken" }),
    );
  });

  test("of a held plan is a revert to the applied state, and the differences to Git are still reported", async () => {
    start(withRole(convergedAccount(binding()), liveRoleOf(binding(), { description: "theirs" })));
    remember(appliedRecord(binding(), { status: statusOf() }));
    const limits = { deletes: 0, changedCount: 0, changedShare: 0 };

    const result = await run([MORE], { limits, account: desiredAccount({ revertOtherMs: 0 }) });

    expect(callsOf(aws.writes)).toEqual(["iam:UpdateRole"]);
    expect(writtenIn(result).readBack).toMatchObject({
      kind: "seen",
      drifts: [{ change: { kind: "inline" } }],
      unread: [],
    });
    expect(store.records.get(KEY)?.status).toMatchObject({
      sync: "OutOfSync",
      drift: { fields: ["inline"] },
    });
  });
});
