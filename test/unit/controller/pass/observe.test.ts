import { describe, expect, test } from "@jest/globals";
import { observe, readKeys } from "../../../../src/controller/pass/observe.ts";
import { overlayLive } from "../../../../src/controller/pass/overlay.ts";
import type { Subject } from "../../../../src/judge/subject.ts";
import type { DesiredBinding, DesiredPolicy } from "../../../../src/model/desired.ts";
import type { KeyRecord } from "../../../../src/model/keys/key-record.ts";
import type { LiveAccount, LiveRegion } from "../../../../src/model/live.ts";
import { emptyKeyRecord } from "../../../../src/model/keys/key-record.ts";
import {
  allow,
  appliedRecord,
  awsAttachment,
  binding,
  caller,
  compiled,
  NOW_MS,
  policy,
  REGION,
} from "../../../support/pass/bindings.ts";
import {
  convergedAccount,
  emptyAccount,
  liveFunctionOf,
  livePolicyOf,
  liveRoleOf,
  presentPolicy,
} from "../../../support/pass/live-state.ts";
import { withFunction, withPolicy, withRole } from "../../../support/pass/apply.ts";
import { FakeAws } from "../../../support/fakes/fake-aws.ts";
import { FakeClock } from "../../../support/fakes/fake-clock.ts";
import { KEY, passOf } from "../../../support/pass/passes.ts";
import { orThrow } from "../../../../src/model/values/result.ts";

const SIGNAL = new AbortController().signal;

const STATE = binding(
  { attachments: [awsAttachment("ReadOnlyAccess")] },
  { callers: [caller("uploads", "live")] },
);

function subjectFor(
  state: DesiredBinding | DesiredPolicy,
  record: KeyRecord = emptyKeyRecord(state.key),
): Subject {
  return { kind: "desired", key: state.key, record, desired: state };
}

function aws(live: LiveAccount = emptyAccount()): FakeAws {
  return new FakeAws(live, new FakeClock(NOW_MS));
}

describe("the reads of a pass", () => {
  test("are a complete sweep, with the policies that only single reads show", async () => {
    const fake = aws();
    const managed = policy(compiled(allow("s3:GetObject")));

    await observe(passOf(), [subjectFor(STATE), subjectFor(managed)], { live: fake, signal: SIGNAL });

    expect(fake.reads).toEqual([]);
    expect(fake.sweeps).toMatchObject([
      {
        functions: [
          {
            region: REGION,
            functionName: "orders-api",
            qualifiers: [null, "live"],
            versions: true,
            aliases: true,
            switchTo: STATE.role.arn,
          },
        ],
        policies: ["arn:aws:iam::aws:policy/ReadOnlyAccess", managed.arn],
      },
    ]);
  });

  test("are otherwise the named keys over the last sweep", async () => {
    const fake = aws();
    const base = convergedAccount(STATE);

    const pass = passOf([STATE], { scope: { kind: "keys", keys: [KEY] }, base });
    const seen = orThrow(await observe(pass, [subjectFor(STATE)], { live: fake, signal: SIGNAL }));

    expect(fake.sweeps).toEqual([]);
    expect(fake.reads).toMatchObject([
      { roleNames: [STATE.role.name], policyArns: ["arn:aws:iam::aws:policy/ReadOnlyAccess"] },
    ]);
    expect(seen.roles.get(STATE.role.name)).toEqual({ kind: "absent" });
  });

  test("are a complete sweep if there was none before", async () => {
    const fake = aws();

    await observe(passOf([STATE], { scope: { kind: "keys", keys: [KEY] } }), [subjectFor(STATE)], {
      live: fake,
      signal: SIGNAL,
    });

    expect(fake.sweeps).toHaveLength(1);
  });

  describe("of a policy that was attached in AWS", () => {
    const text = JSON.stringify({ Version: "2012-10-17", Statement: [allow("s3:*")] });
    const ATTACHED = livePolicyOf(policy(compiled(allow("s3:*"))).arn, [text]);
    const attachments = [awsAttachment("ReadOnlyAccess").arn, ATTACHED.arn];
    const attached = withPolicy(
      withRole(convergedAccount(STATE), liveRoleOf(STATE, { attachments })),
      ATTACHED,
    );
    const readOver = async (base: LiveAccount) => {
      const fake = aws(attached);
      const pass = passOf([STATE], { scope: { kind: "keys", keys: [KEY] }, base });
      const seen = orThrow(await observe(pass, [subjectFor(STATE)], { live: fake, signal: SIGNAL }));
      return { seen, asked: fake.reads.map(({ policyArns }) => policyArns) };
    };

    test("are made in the same pass if no earlier read has found it", async () => {
      const { seen, asked } = await readOver(convergedAccount(STATE));

      expect(asked.slice(1)).toEqual([expect.arrayContaining([ATTACHED.arn])]);
      expect(seen.policies.get(ATTACHED.arn)).toEqual({ kind: "present", value: ATTACHED });
      expect(seen.roles.get(STATE.role.name)).toMatchObject({ value: { attachments } });
    });

    test("are not repeated if the last sweep has found it", async () => {
      const { asked } = await readOver(attached);

      expect(asked.flat()).not.toContain(ATTACHED.arn);
    });
  });

  test.each<{
    readonly subject: Subject;
    readonly functions: readonly object[];
    readonly because: string;
  }>([
    {
      subject: subjectFor(binding()),
      functions: [{ functionName: "orders-api", qualifiers: [null], versions: false }],
      because: "no alias is declared",
    },
    {
      subject: subjectFor(binding({}, { functionRole: "manage" })),
      functions: [{ functionName: "orders-api", qualifiers: [null], versions: true }],
      because: "its role is managed",
    },
    {
      subject: { kind: "removed", key: KEY, record: appliedRecord(binding()) },
      functions: [{ functionName: "orders-api", qualifiers: [null], versions: true }],
      because: "its role would be deleted",
    },
    {
      subject: subjectFor(binding({}, { functionName: "renamed" }), appliedRecord(binding())),
      functions: [{ functionName: "renamed" }, { functionName: "orders-api" }],
      because: "Git names another function than the applied one",
    },
    {
      subject: subjectFor(binding(), {
        ...emptyKeyRecord(KEY),
        inventory: [
          { type: "statement", id: `${binding().functionArn}:blue#sid`, uniqueId: null },
          { type: "statement", id: `${binding().functionArn}#sid`, uniqueId: null },
        ],
      }),
      functions: [{ functionName: "orders-api", qualifiers: [null, "blue"], versions: true }],
      because: "statements of ours exist on a qualifier that Git no longer names",
    },
    {
      subject: { kind: "removed", key: KEY, record: emptyKeyRecord(KEY) },
      functions: [],
      because: "its record is empty",
    },
  ])("of functions: $because", async ({ subject, functions }) => {
    const fake = aws();
    const records = new Map([[KEY, subject.record]]);

    await readKeys(passOf([], { records }), [subject], { live: fake, signal: SIGNAL });

    expect(fake.reads[0]?.functions).toMatchObject(functions);
  });
});

describe("targeted reads merged into the last sweep", () => {
  const OTHER = binding({ name: "other-role" }, { functionName: "other" });
  const base = withFunction(
    withRole(convergedAccount(STATE), liveRoleOf(OTHER)),
    REGION,
    liveFunctionOf(OTHER),
  );
  const readRegion = (change: Partial<Extract<LiveRegion, { kind: "read" }>>): LiveRegion => ({
    kind: "read",
    functions: new Map(),
    complete: false,
    absentFunctions: new Set(),
    ...change,
  });
  const fresh = (region: LiveRegion, change: Partial<LiveAccount> = {}): LiveAccount => ({
    ...emptyAccount({ complete: false, policies: new Map(), observedAtMs: NOW_MS + 5 }),
    regions: new Map([[REGION, region]]),
    ...change,
  });
  const regionOf = (live: LiveAccount): Extract<LiveRegion, { kind: "read" }> => {
    const at = live.regions.get(REGION);
    if (at?.kind !== "read") throw new Error("the region was not read");
    return at;
  };

  test("replace the requested objects and keep the rest", () => {
    const seen = overlayLive(
      base,
      fresh(readRegion({ absentFunctions: new Set(["other"]) }), {
        roles: new Map([[STATE.role.name, { kind: "absent" }]]),
      }),
    );

    expect([...seen.roles].map(([name, { kind }]) => [name, kind])).toEqual([
      [STATE.role.name, "absent"],
      ["other-role", "present"],
    ]);
    expect([...regionOf(seen).functions.keys()]).toEqual(["orders-api"]);
    expect([...regionOf(seen).absentFunctions]).toEqual(["other"]);
    expect([seen.complete, regionOf(seen).complete, seen.observedAtMs]).toEqual([true, true, NOW_MS + 5]);
  });

  test("keep policies of qualifiers that they did not ask for", () => {
    const policies = new Map([["blue", presentPolicy({})]]);
    const before = withFunction(base, REGION, { ...liveFunctionOf(STATE), policies });

    const seen = overlayLive(
      before,
      fresh(readRegion({ functions: new Map([["orders-api", liveFunctionOf(STATE)]]) })),
    );

    expect([...(regionOf(seen).functions.get("orders-api")?.policies.keys() ?? [])]).toEqual([
      "blue",
      "",
      "live",
    ]);
  });

  test("make unreadable objects unknown, until they are read again", () => {
    const unread = overlayLive(base, fresh(readRegion({ unread: new Map([["orders-api", "throttled"]]) })));
    const still = overlayLive(unread, fresh(readRegion({ absentFunctions: new Set(["other"]) })));
    const again = overlayLive(
      still,
      fresh(readRegion({ functions: new Map([["orders-api", liveFunctionOf(STATE)]]) })),
    );

    expect([unread, still, again].map((live) => [...(regionOf(live).unread?.keys() ?? [])])).toEqual([
      ["orders-api"],
      ["orders-api"],
      [],
    ]);
  });

  test("report a region that is disabled or was disabled", () => {
    const off: LiveRegion = { kind: "off", reason: "opt in" };

    expect(overlayLive(base, fresh(off)).regions.get(REGION)).toBe(off);
    expect(overlayLive(fresh(off), base).regions.get(REGION)).toEqual(base.regions.get(REGION));
  });
});
