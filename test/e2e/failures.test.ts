import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { FaultKind } from "../../src/simulator/faults.ts";
import {
  CALLED_BY_TOPIC,
  estate,
  functions,
  keyOf,
  PROD,
  READ_ORDERS,
  roleNameOf,
  WRITE_ORDERS,
} from "../support/installation/estate.ts";
import { Installation } from "../support/installation/installation.ts";
import { ledgerProblems } from "../support/record/ledger.ts";
import { TestClock } from "../support/fakes/test-clock.ts";
import { settingsIn } from "../support/installation/world-settings.ts";
import { allKeys } from "../support/record/all-keys.ts";

const NAMES = ["a", "b", "c"];
const FILES = estate(functions(NAMES, WRITE_ORDERS + CALLED_BY_TOPIC));
const LEASE_MS = 30_000;
const DENIED =
  "User: arn:aws:sts::222222222222:assumed-role/writer/gk-1 is not authorized to perform: iam:PutRolePolicy on resource: role a-eu-west-1 because no identity-based policy allows the iam:PutRolePolicy action";

describe("when AWS does not carry out a call", () => {
  let installation: Installation;
  let clock: TestClock;

  beforeEach(async () => {
    clock = new TestClock();
    installation = await Installation.start({ files: FILES, clock });
    await installation.settled();
  });
  afterEach(() => installation.stop());

  const inline = (name: string): string =>
    installation.world.accounts[PROD]?.iam.roles[roleNameOf(name)]?.inline["grantkeeper"] ?? "";

  const faults: readonly { readonly kind: FaultKind; readonly because: string }[] = [
    { kind: { kind: "lost-response" }, because: "the answer is lost after the write took effect" },
    { kind: { kind: "truncate" }, because: "half of the answer arrives" },
    { kind: { kind: "dropped-request" }, because: "the request is lost before it takes effect" },
    { kind: { kind: "throttle" }, because: "the call is throttled" },
    {
      kind: { kind: "error", code: "ServiceFailure", message: "down", status: 500 },
      because: "the service is down",
    },
  ];

  test.each(faults)("nothing is done twice and the record knows: $because", async ({ kind }) => {
    for (const operation of ["CreateRole", "PutRolePolicy", "AddPermission"]) {
      installation.simulator.addFault({ operation, times: 1, kind });
    }

    await installation.converge();

    expect((await allKeys(installation.store)).map(({ status }) => status?.sync)).toEqual(
      Array.from({ length: 4 }, () => "Synced"),
    );
    expect(ledgerProblems(await installation.entries(), installation.simulator.calls())).toEqual([]);
  });

  test("a missing permission is named, with the line to add, and stops only changes that need it", async () => {
    const kind = { kind: "error", code: "AccessDenied", message: DENIED, status: 403 } as const;
    installation.simulator.addFault({ operation: "PutRolePolicy", resourceIncludes: roleNameOf("a"), kind });

    await installation.converge();

    const ready = await installation.condition(keyOf("a"), "Ready");
    expect(ready).toMatchObject({ status: "False", reason: "AccessDenied" });
    expect(ready?.message).toContain("iam:PutRolePolicy");
    expect([inline("a"), inline("b") === "", inline("c") === ""]).toEqual(["", false, false]);
    await installation.until("an alert", () => installation.alerts.join().includes("iam:PutRolePolicy"));
  });

  test("a write that reaches AWS after the lease may have ended has failed, and no permission is missing", async () => {
    await installation.restart({ writeLeftMs: () => LEASE_MS });
    let isLate = false;
    // The process is stopped after its last check, and its requests leave it when the lease has ended.
    const unwatch = installation.simulator.watch(({ operation, when }) => {
      if (operation === "PutRolePolicy" && when === "before" && !isLate) {
        isLate = true;
        installation.simulator.setClock(LEASE_MS);
      }
      return "go-on";
    });

    await installation.converge();
    unwatch();

    const finished = (await installation.entries()).flatMap((entry) =>
      entry.kind === "write-finished" && entry.outcome === "failed" ? [entry.error ?? ""] : [],
    );
    // Once for each object, however many looks there were.
    expect(finished.length).toBeGreaterThan(0);
    expect(finished.length).toBeLessThanOrEqual(NAMES.length);
    expect(finished.every((error) => error.includes("explicit deny in a session policy"))).toBe(true);
    const reasons = await Promise.all(
      NAMES.map(async (name) => (await installation.condition(keyOf(name), "Ready"))?.reason),
    );
    expect(reasons).not.toContain("AccessDenied");
    expect(installation.alerts.join()).not.toContain("AccessDenied");
    expect(ledgerProblems(await installation.entries(), installation.simulator.calls())).toEqual([]);
  });

  test("a rejected change is not tried again by each sweep, but immediately when an operator names it", async () => {
    const kind = {
      kind: "error",
      code: "LimitExceeded",
      message: "Maximum policy size",
      status: 409,
    } as const;
    installation.simulator.addFault({ operation: "PutRolePolicy", resourceIncludes: roleNameOf("a"), kind });
    await installation.converge();
    expect(await installation.condition(keyOf("a"), "Stalled")).toMatchObject({ status: "True" });
    installation.simulator.clearFaults();

    await installation.settled();
    expect(inline("a")).toBe("");

    await installation.control.reconcile({ kind: "keys", keys: [keyOf("a")] }, "dana");
    await installation.until("it is tried again", () => inline("a") !== "");
    await installation.settled();
    expect(await installation.condition(keyOf("a"), "Stalled")).toBeUndefined();
  });

  test("an account whose identities can't be assumed is named, without a conclusion about its keys", async () => {
    await installation.converge();
    const before = JSON.stringify(settingsIn(installation.world));
    const kind = {
      kind: "error",
      code: "AccessDenied",
      message: "not authorized to perform: sts:AssumeRole",
      status: 403,
    } as const;
    installation.simulator.addFault({ service: "sts", kind });
    await installation.restart();
    await installation.until("the account fails", async () =>
      (await installation.overview()).accounts.some(({ record }) => record?.failing !== null),
    );

    const [account] = (await installation.overview()).accounts;
    expect(account?.record?.failing?.reason).toContain("sts:AssumeRole");
    expect(await installation.condition(keyOf("a"), "Ready")).toMatchObject({ reason: "AccessDenied" });
    expect(JSON.stringify(settingsIn(installation.world))).toBe(before);

    installation.simulator.clearFaults();
    clock.advance(600_000);
    await installation.until("the account is read again", async () =>
      (await installation.overview()).accounts.every(({ record }) => record?.failing === null),
    );
  });

  test("a stop waits for the running write and starts no other one", async () => {
    installation.simulator.addFault({ operation: "CreateRole", kind: { kind: "delay", ms: 300 } });
    await installation.approveAll();
    await installation.until("an intent", async () =>
      (await installation.entries()).some(({ kind }) => kind === "write-intended"),
    );

    await installation.stopController();

    const operations = installation.writes().map(({ operation }) => operation);
    installation.simulator.clearFaults();
    installation.startController();
    await installation.settled();
    const entries = await installation.entries();
    expect(operations).toEqual(["CreateRole", "CreateRole", "CreateRole"]);
    expect(entries.some(({ kind }) => kind === "stopped")).toBe(true);
    expect(ledgerProblems(entries, installation.simulator.calls())).toEqual([]);
    expect(NAMES.map(inline)).not.toContain("");
  });

  test("a stop ends within its grace period even if a call hangs, and the next start finds its result", async () => {
    installation.simulator.addFault({ operation: "CreateRole", times: 3, kind: { kind: "hang" } });
    await installation.approveAll();
    await installation.until("an intent", async () =>
      (await installation.entries()).some(({ kind }) => kind === "write-intended"),
    );

    const stopped = installation.stopController();
    clock.advance(10_000);
    await stopped;
    installation.startController();
    await installation.settled();

    expect(NAMES.map(inline)).not.toContain("");
    expect(ledgerProblems(await installation.entries(), installation.simulator.calls())).toEqual([]);
  });

  test("each write has its intent by number and request id, over changes of every kind", async () => {
    await installation.converge();
    await installation.converge(estate(functions(NAMES, READ_ORDERS)));

    const entries = await installation.entries();
    expect(entries.filter(({ kind }) => kind === "write-intended").length).toBe(installation.writes().length);
    expect(ledgerProblems(entries, installation.simulator.calls())).toEqual([]);
  });
});
