import { afterEach, describe, expect, test } from "@jest/globals";
import {
  ACCOUNT,
  accountOf,
  actionOf,
  allow,
  never,
  REVISION,
  startAwsWorld,
  type AwsWorld,
} from "./aws-world.ts";
import type { LiveAccount } from "../../../src/model/live.ts";
import { orThrow } from "../../../src/model/values/result.ts";
import { sweep as sweepOf } from "../../support/installation/sweep.ts";
import { seed, denies } from "./access-world.ts";

let world: AwsWorld;
afterEach(() => world.stop());
const OTHER_ACCOUNT = "444455556666";

const sweep = (account = world.account): Promise<LiveAccount> => sweepOf(world, { account, functions: [] });

async function put(RoleName: string) {
  const input = { RoleName, PolicyName: "grantkeeper", PolicyDocument: allow("s3:GetObject") };
  const context = { account: world.account, pass: "p1", revision: REVISION, intent: 1, revisionId: null };
  return orThrow(
    await world.aws.actuator.apply(actionOf({ call: "iam:PutRolePolicy", input }), context, never()),
  );
}

function clockAt(start: number) {
  let nowMs = start;
  const clock = { nowMs: () => nowMs, sleep: () => Promise.resolve() };
  return { clock, nowMs: () => nowMs, pass: (ms: number) => void (nowMs += ms) };
}

describe("the assumed role", () => {
  test("is reused across sweeps and replaced five minutes before its end", async () => {
    const time = clockAt(Date.now());
    world = await startAwsWorld(seed, { aws: { clock: time.clock }, simulator: { nowMs: time.nowMs } });
    await sweep();
    await sweep();
    const atFirst = world.simulator.counts()["sts:AssumeRole"];
    time.pass(55 * 60_000);

    await sweep();

    expect(atFirst).toBe(1);
    expect(world.simulator.counts()["sts:AssumeRole"]).toBe(2);
  });

  test("that has expired early is opened again by a read", async () => {
    world = await startAwsWorld(seed);
    await sweep();
    world.simulator.addFault({
      operation: "ListRoles",
      times: 1,
      kind: { kind: "error", code: "ExpiredToken", message: "expired", status: 403 },
    });

    expect((await sweep()).complete).toBe(true);
    expect(world.simulator.counts()["sts:AssumeRole"]).toBe(2);
  });

  test.each([
    { code: "ExpiredToken", sessions: 2, because: "it ended early" },
    { code: "InvalidClientTokenId", sessions: 2, because: "AWS does not know it any more" },
    {
      code: "UnrecognizedClientException",
      sessions: 2,
      because: "Lambda reports the same with another code",
    },
    { code: "SignatureDoesNotMatch", sessions: 2, because: "its secret does not match" },
    { code: "RequestTimeTooSkewed", sessions: 1, because: "the SDK has set its clock by the answer" },
  ])("that AWS refuses once with $code costs no write: $because", async ({ code, sessions }) => {
    world = await startAwsWorld(seed);
    world.simulator.addFault({
      operation: "PutRolePolicy",
      times: 1,
      kind: { kind: "error", code, message: "refused", status: 403 },
    });

    await put("orders-api");

    const { simulator } = world;
    expect(simulator.counts()["sts:AssumeRole"]).toBe(sessions);
    expect(simulator.counts()["iam:PutRolePolicy"]).toBe(2);
    expect(simulator.calls().filter((call) => call.effective).length).toBe(1);
    expect(world.aws.requestLimits.deniedCalls()).toEqual([]);
  });

  test("that AWS refuses again stops the writer of the account, and no key has a failure", async () => {
    const time = clockAt(Date.now());
    world = await startAwsWorld(seed, { aws: { clock: time.clock } });
    const kind = { kind: "error", code: "InvalidClientTokenId", message: "unknown", status: 403 } as const;
    world.simulator.addFault({ operation: "PutRolePolicy", kind });

    await expect(put("orders-api")).rejects.toMatchObject({
      facts: { disposition: { kind: "circuit", scope: "account" }, lost: false },
    });
    world.simulator.clearFaults();
    time.pass(30_000);

    await put("orders-api");
    expect(world.aws.requestLimits.deniedCalls()).toEqual([]);
  });

  test("is opened once for all calls that find it expired", async () => {
    world = await startAwsWorld(seed);
    await sweep();
    const kind = { kind: "error", code: "ExpiredToken", message: "expired", status: 403 } as const;
    for (const operation of ["ListRoles", "GetAccountAuthorizationDetails", "GetAccountSummary"])
      world.simulator.addFault({ operation, times: 1, kind });

    expect((await sweep()).complete).toBe(true);
    expect(world.simulator.counts()["sts:AssumeRole"]).toBe(2);
  });

  test("that was revoked is replaced when access to the account is probed", async () => {
    const time = clockAt(Date.now());
    world = await startAwsWorld(seed, { aws: { clock: time.clock } });
    await sweep();
    denies(world, "ListRoles", "iam:ListRoles");
    await expect(sweep()).rejects.toMatchObject({ facts: { code: "AccessDenied" } });
    world.simulator.clearFaults();
    time.pass(30_000);

    await sweep();

    expect(world.simulator.counts()["sts:AssumeRole"]).toBe(2);
  });

  test("refuses a wrong external id, and names the trust policy", async () => {
    world = await startAwsWorld(seed);
    const account = accountOf({ observer: { ...world.account.observer, externalId: "wrong" } });

    await expect(sweep(account)).rejects.toMatchObject({
      name: "AwsError",
      facts: {
        call: "sts:AssumeRole role/grantkeeper-system/observer",
        code: "AccessDenied",
        disposition: { kind: "circuit", scope: "account" },
        denial: {
          action: "sts:AssumeRole",
          deniedBy: "trust policy",
          fix: expect.stringContaining("external id"),
        },
      },
    });
  });

  test("with unknown base credentials opens the circuit of the account, not of a region", async () => {
    world = await startAwsWorld(seed, {
      aws: { baseCredentials: { accessKeyId: "AKIANOBODY", secretAccessKey: "x" } },
    });

    await expect(sweep()).rejects.toMatchObject({
      facts: { code: "InvalidClientTokenId", disposition: { kind: "circuit", scope: "account" } },
    });
  });

  test("is assumed again with new base credentials once AWS refuses the old ones", async () => {
    const time = clockAt(Date.now());
    let asked = 0;
    const baseCredentials = () => {
      asked += 1;
      return Promise.resolve({ accessKeyId: `AKIAROTATED${asked}`, secretAccessKey: "x" });
    };
    world = await startAwsWorld(seed, { aws: { clock: time.clock, baseCredentials } });

    await expect(sweep()).rejects.toMatchObject({ facts: { code: "InvalidClientTokenId" } });
    time.pass(30_000);
    await expect(sweep()).rejects.toMatchObject({ facts: { code: "InvalidClientTokenId" } });

    expect(asked).toBe(2);
  });

  test.each(["IDPCommunicationError", "InvalidIdentityToken", "UnknownCode"])(
    "that can't be assumed, by %s, stalls no key",
    async (code) => {
      world = await startAwsWorld(seed);
      const kind = { kind: "error", code, message: "no", status: 400 } as const;
      world.simulator.addFault({ service: "sts", kind });

      const error: unknown = await put("orders-api").catch((cause: unknown) => cause);

      expect(error).toMatchObject({
        facts: { code, disposition: { kind: expect.stringMatching(/^(circuit|throttled)$/) } },
      });
    },
  );

  test("of another account than the manifest's is not used", async () => {
    world = await startAwsWorld(seed);
    const id = accountOf().id.replace(ACCOUNT, OTHER_ACCOUNT) as typeof world.account.id;

    await expect(sweep(accountOf({ id }))).rejects.toMatchObject({
      facts: {
        code: "WrongAccount",
        message: expect.stringContaining("wrong account behind the credentials"),
      },
    });
    expect(world.reads()).toEqual({});
  });
});

describe("missing access", () => {
  test("to one role stops that role's call, is logged once, and is probed later", async () => {
    const time = clockAt(Date.now());
    world = await startAwsWorld(seed, { aws: { clock: time.clock } });
    denyPut(world, "orders-api");

    await expect(put("orders-api")).rejects.toMatchObject({
      facts: {
        disposition: { kind: "circuit", scope: "object" },
        denial: {
          action: "iam:PutRolePolicy",
          deniedBy: "service control policy",
          how: "explicit",
          fix: expect.stringContaining("exclude the writer"),
        },
      },
    });
    await expect(put("orders-api")).rejects.toMatchObject({ facts: { code: "AccessDenied" } });
    await put("billing");
    expect(world.simulator.counts()["iam:PutRolePolicy"]).toBe(2);
    expect(world.logged.filter((text) => text === "access is missing")).toHaveLength(1);
    expect(world.aws.requestLimits.deniedCalls()).toMatchObject([
      { call: "iam:PutRolePolicy role/orders-api", scope: "object" },
    ]);

    time.pass(30_000);
    world.simulator.clearFaults();
    await put("orders-api");

    expect(world.aws.requestLimits.deniedCalls()).toEqual([]);
    expect(world.logged).toContain("access is restored");
  });

  test("to the account's own listings is probed by the next sweep once its time has come", async () => {
    const time = clockAt(Date.now());
    world = await startAwsWorld(seed, { aws: { clock: time.clock } });
    denies(world, "GetAccountAuthorizationDetails", "iam:GetAccountAuthorizationDetails");
    await expect(sweep()).rejects.toMatchObject({ facts: { code: "AccessDenied" } });
    const calls = world.simulator.calls().length;
    world.simulator.clearFaults();
    await expect(sweep()).rejects.toMatchObject({ facts: { code: "AccessDenied" } });
    expect(world.simulator.calls()).toHaveLength(calls);

    time.pass(30_000);

    expect((await sweep()).complete).toBe(true);
    expect(world.aws.requestLimits.deniedCalls()).toEqual([]);
  });
});

function denyPut({ simulator }: AwsWorld, resourceIncludes: string): void {
  const message = `User: arn:aws:sts::${ACCOUNT}:assumed-role/writer/gk-p1 is not authorized to perform: iam:PutRolePolicy on resource: role ${resourceIncludes} with an explicit deny in a service control policy: arn:aws:organizations::999900001111:policy/o-example/service_control_policy/p-1`;
  simulator.addFault({
    operation: "PutRolePolicy",
    resourceIncludes,
    kind: { kind: "error", code: "AccessDenied", message, status: 403 },
  });
}
