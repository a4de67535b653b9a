import { MORE, whatOf, writtenIn, ReconcileWorld } from "./reconcile-world.ts";
import { beforeEach, describe, expect, test } from "@jest/globals";
import type { Action } from "../../../../src/model/plan.ts";
import type { DesiredPolicy } from "../../../../src/model/desired.ts";
import type { Key } from "../../../../src/model/keys/key.ts";
import { compiledText } from "../../../../src/diff/documents/compiled-texts.ts";
import { withFunction, withPolicy, withRole } from "../../../support/pass/apply.ts";
import {
  allow,
  appliedRecord,
  attachment,
  binding,
  compiled,
  desiredAccount,
  documentOf,
  NOW_MS,
  policy,
  REGION,
  role,
} from "../../../support/pass/bindings.ts";
import {
  convergedAccount,
  emptyAccount,
  liveFunctionOf,
  livePolicyOf,
  liveRoleOf,
} from "../../../support/pass/live-state.ts";
import { awsError } from "../../../support/fakes/fake-aws.ts";
import { KEY, statusOf } from "../../../support/pass/passes.ts";

const BUCKET = "arn:aws:s3:::uploads/*";
const ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess" as DesiredPolicy["arn"];
let passes: ReconcileWorld;

beforeEach(() => {
  passes = new ReconcileWorld();
});

function callsOf(actions: readonly Action[]): readonly string[] {
  return actions.map(({ call }) => call);
}

describe("a pass that is asked to end", () => {
  const named = (name: string) =>
    binding({ name }, { key: `function/111122223333/eu-west-1/orders/${name}` as Key, functionName: name });
  const states = ["a", "b"].map(named);

  test("writes nothing after the request; the running write completes", async () => {
    passes.start(emptyAccount());
    passes.aws.beforeWrite = () => passes.stopping.abort();

    const result = await passes.run(states);

    expect(callsOf(passes.aws.writes)).toEqual(["iam:CreateRole", "iam:CreateRole"]);
    expect(passes.journal().filter((line) => line === "applied")).toHaveLength(2);
    expect(result.outcomes.map(({ kind }) => kind)).toEqual(["written", "written"]);
  });

  test("starts no key after the request", async () => {
    passes.start(emptyAccount());
    passes.stopping.abort();

    const result = await passes.run(states);

    expect(states.map(({ key }) => whatOf(result, key))).toEqual(["cut-short", "cut-short"]);
    expect(passes.aws.writes).toEqual([]);
  });

  test("by a decision of another process writes nothing after its first refused intent, and starts no key after it", async () => {
    passes.start(emptyAccount());
    const { intend } = passes.audit;
    let refused = 0;
    passes.audit.intend = (intent, control) => {
      if (intent.call === "iam:CreateRole") return intend(intent, control);
      refused += 1;
      return Promise.resolve(null);
    };
    const twelve = Array.from("abcdefghijkl", named);

    const result = await passes.run(twelve);

    // Eight keys are written at a time.
    expect(refused).toBeLessThanOrEqual(8);
    expect(callsOf(passes.aws.writes)).toEqual(passes.aws.writes.map(() => "iam:CreateRole"));
    expect(passes.journal().filter((line) => line === "applied")).toHaveLength(passes.aws.writes.length);
    expect(twelve.slice(8).map(({ key }) => whatOf(result, key))).toEqual(Array(4).fill("cut-short"));
  });

  test("starts no new key a minute after its read", async () => {
    passes.start(emptyAccount());
    passes.changes = () => passes.clock.pass(60_001).then(() => null);

    const result = await passes.run(states);
    expect(states.map(({ key }) => whatOf(result, key))).toEqual(["cut-short", "cut-short"]);
  });

  test("writes after a read of more than a minute: it would take as long the next time", async () => {
    passes.start(emptyAccount());

    const { outcomes } = await passes.run(states, { startedAtMs: NOW_MS - 60_001 });
    expect(outcomes.map(({ kind }) => kind)).toEqual(["written", "written"]);
  });
});

describe("policies and the bindings that attach them", () => {
  const attaching = binding({ attachments: [attachment("audit-read")] });
  const wanted = policy(compiled(allow("s3:GetObject", BUCKET)));
  const policyDone = (): Action | undefined =>
    passes.aws.writes.find(({ call }) => call === "iam:CreatePolicy");

  test("are created first, and attached once", async () => {
    passes.start(withFunction(emptyAccount(), REGION, liveFunctionOf(attaching)));

    await passes.run([attaching, wanted]);
    await passes.run([attaching, wanted]);

    const calls = callsOf(passes.aws.writes);
    expect(calls[0]).toBe("iam:CreatePolicy");
    expect(calls.filter((call) => call === "iam:AttachRolePolicy")).toHaveLength(1);
    expect(passes.store.records.get(KEY)?.status).toMatchObject({ sync: "Synced" });
  });

  test("that fail block the bindings that use them, by name", async () => {
    passes.start(withFunction(emptyAccount(), REGION, liveFunctionOf(attaching)));
    passes.aws.mishap = (action) =>
      action.call === "iam:CreatePolicy" ? { kind: "fails", error: awsError("terminal") } : null;

    const result = await passes.run([attaching, wanted]);

    expect(whatOf(result)).toBe("dependency");
    expect(passes.store.records.get(KEY)?.status?.conditions).toContainEqual(
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
    passes.start({
      ...withPolicy(
        live,
        livePolicyOf(old.arn, [text], { tags: { kind: "present", value: old.tags }, attachmentCount: 1 }),
      ),
      awsManaged: new Map([[ADMINISTRATOR, admin]]),
    });
    passes.remember(
      appliedRecord(attaching, { status: statusOf() }),
      appliedRecord(old, { status: statusOf({ key: old.key }) }),
    );
    const named = { ...attaching, role: { ...attaching.role, description: "changed" } };

    await passes.run([named, wider]);

    expect(callsOf(passes.aws.writes)).toContain("iam:DetachRolePolicy");
    expect(callsOf(passes.aws.writes)).not.toContain("iam:UpdateRole");
  });
});

test("a function that was set back to its former role is not switched while a policy of its role will change", async () => {
  const manages = binding({ attachments: [attachment("audit-read")] }, { functionRole: "manage" });
  const narrow = policy(compiled(allow("s3:GetObject", BUCKET)));
  const wider = policy(compiled(allow(["s3:GetObject", "s3:PutObject"], BUCKET)));
  const former = liveRoleOf(binding(role({ name: "orders-former" })));
  const live = withFunction(
    withRole(convergedAccount(manages), former),
    REGION,
    liveFunctionOf(manages, { roleArn: former.arn }),
  );
  const tags = { kind: "present", value: narrow.tags } as const;
  const text = compiledText(narrow.document) ?? "";
  passes.start(withPolicy(live, livePolicyOf(narrow.arn, [text], { tags, attachmentCount: 1 })));
  passes.remember(
    appliedRecord(manages, { status: statusOf() }),
    appliedRecord(narrow, { status: statusOf({ key: narrow.key }) }),
  );

  await passes.run([manages, wider], {
    account: desiredAccount({ binder: desiredAccount().writer }),
  });

  expect(callsOf(passes.aws.writes)).toEqual(["iam:CreatePolicyVersion"]);
});

describe("the result of a pass", () => {
  test("omits a key whose objects were not read", async () => {
    passes.start({
      ...convergedAccount(binding()),
      complete: false,
      roles: new Map([["orders-api-eu-west-1", { kind: "unknown", reason: "throttled" }]]),
    });

    const result = await passes.run([MORE]);

    expect(whatOf(result)).toBe("unknown");
    expect([result.swept, passes.aws.writes]).toEqual([false, []]);
  });

  test("is a named failure if the account can't be read", async () => {
    passes.start(emptyAccount());
    passes.aws.readError = awsError("circuit");

    await expect(passes.run([MORE])).rejects.toBe(passes.aws.readError);
  });

  test("throws on a bug", async () => {
    passes.start(emptyAccount());
    passes.aws.sweep = () => Promise.reject(new TypeError("bug"));

    await expect(passes.run([MORE])).rejects.toThrow("bug");
  });

  test("is undecided if the read-back fails", async () => {
    passes.start(emptyAccount());
    passes.aws.beforeWrite = () => void (passes.aws.readError = awsError("throttled"));

    const { readBack } = writtenIn(await passes.run([binding()]));

    expect(readBack.kind).toBe("not-read");
    expect(passes.store.records.get(KEY)?.applied).toBeNull();
  });

  test("is read back by one sweep if many keys were written", async () => {
    const names = Array.from({ length: 21 }, (_, at) => `f${at}`);
    const states = names.map((name) =>
      binding({ name }, { key: `function/111122223333/eu-west-1/orders/${name}` as Key, functionName: name }),
    );
    passes.start(emptyAccount());

    await passes.run(states);

    expect([passes.aws.sweeps.length, passes.aws.reads.length]).toEqual([2, 0]);
  });

  test("of an account in observe lists the differences, and nothing is written", async () => {
    passes.start(convergedAccount(binding()));

    const result = await passes.run([MORE], { account: desiredAccount({ mode: "observe" }) });

    expect(whatOf(result)).toBe("observe");
    expect([passes.aws.writes, passes.journal()]).toEqual([[], []]);
    expect(passes.store.records.get(KEY)?.status).toMatchObject({ sync: "OutOfSync", mode: "observe" });
  });

  test("of an invalid manifest is a revert to the applied state, with a note", async () => {
    passes.start(withRole(convergedAccount(binding()), liveRoleOf(binding(), { description: "theirs" })));
    passes.remember(appliedRecord(binding(), { status: statusOf() }));
    passes.clock.set(NOW_MS);
    const origin = { file: "f", line: 1, column: 1, path: "" };
    const diagnostic = { severity: "error", code: "x", origin, message: "broken", fix: null } as const;
    const account = desiredAccount({ revertOtherMs: 0 });

    const result = await passes.run([], {
      account,
      invalid: new Map([[KEY, [diagnostic]]]),
    });

    expect(callsOf(passes.aws.writes)).toEqual(["iam:UpdateRole"]);
    expect(whatOf(result)).toBe("written");
    expect(passes.store.records.get(KEY)?.status?.conditions).toContainEqual(
      expect.objectContaining({ type: "Stalled", reason: "ValidationFailed", message: "f:1:1: broken" }),
    );
  });

  test("of a held plan is a revert to the applied state, and the held change is out of sync and no drift", async () => {
    passes.start(withRole(convergedAccount(binding()), liveRoleOf(binding(), { description: "theirs" })));
    passes.remember(appliedRecord(binding(), { status: statusOf() }));
    const limits = { deletes: 0, changedCount: 0, changedShare: 0 };

    const result = await passes.run([MORE], { limits, account: desiredAccount({ revertOtherMs: 0 }) });

    expect(callsOf(passes.aws.writes)).toEqual(["iam:UpdateRole"]);
    expect(writtenIn(result).readBack).toMatchObject({
      kind: "seen",
      drifts: [{ change: { kind: "inline" } }],
      unread: [],
    });
    expect(passes.store.records.get(KEY)?.status).toMatchObject({
      sync: "OutOfSync",
      drift: null,
    });
  });
});
