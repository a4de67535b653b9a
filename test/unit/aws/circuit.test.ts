import { describe, expect, test } from "@jest/globals";
import { Circuits } from "../../../src/aws/requests/circuit.ts";
import { classify } from "../../../src/aws/errors/classify.ts";
import type { CallSite } from "../../../src/aws/calls/calls.ts";
import { FakeClock } from "../../support/fakes/fake-clock.ts";
import { untraced } from "../../../src/controller/ports/telemetry.ts";

const put: CallSite = {
  call: "iam:PutRolePolicy",
  identity: "writer",
  accountId: "111122223333",
  region: null,
  object: "role/x",
};
const details: CallSite = {
  ...put,
  call: "iam:GetAccountAuthorizationDetails",
  identity: "observer",
  object: null,
};
const roles: CallSite = { ...details, call: "iam:ListRoles" };

function denied(site: CallSite, name = "AccessDenied") {
  return classify(
    Object.assign(new Error("no"), { name, $fault: "client", $metadata: { httpStatusCode: 403 } }),
    site,
  );
}

function circuits() {
  const clock = new FakeClock(1_000_000);
  const logged: string[] = [];
  const log = (text: string): void => void logged.push(text);
  const ignore = (): void => undefined;
  const telemetry = {
    info: log,
    warn: log,
    error: log,
    debug: log,
    count: ignore,
    gauge: ignore,
    observe: ignore,
    forget: ignore,
    trace: untraced,
  };
  const random = { next: () => 1, hex: () => "" };
  return { clock, logged, circuits: new Circuits({ clock, random, telemetry }) };
}

describe("a circuit", () => {
  test("opens only for its object and fails immediately", () => {
    const { circuits: all } = circuits();
    const error = denied(put);
    all.failed(put, error);

    expect(() => all.check(put)).toThrow(error);
    all.check({ ...put, object: "role/y" });
    all.check({ ...put, accountId: "444455556666" });
  });

  test("waits twice as long after each refused probe, up to five minutes", async () => {
    const { circuits: all, clock } = circuits();
    all.failed(put, denied(put));
    const waits: number[] = [];
    for (let probe = 0; probe < 6; probe += 1) {
      const fromMs = clock.nowMs();
      while (isOpen(all, put)) await clock.pass(1_000);
      waits.push(clock.nowMs() - fromMs);
      all.failed(put, denied(put));
    }

    expect(waits).toEqual([30_000, 60_000, 120_000, 240_000, 300_000, 300_000]);
  });

  test("is reported once, regardless of later failures", async () => {
    const { circuits: all, clock, logged } = circuits();
    for (let attempt = 0; attempt < 5; attempt += 1) {
      all.failed(put, denied(put));
      await clock.pass(300_000);
    }

    expect(logged).toEqual(["access is missing"]);
  });

  test("of a listing is closed by that listing only", async () => {
    const { circuits: all, clock } = circuits();
    all.failed(details, denied(details));
    expect(isOpen(all, roles)).toBe(true);
    await clock.pass(30_000);

    all.succeeded(roles);
    expect(all.list()).toHaveLength(1);
    all.succeeded(details);
    expect(all.list()).toEqual([]);
  });

  test("of the credentials is closed by any successful call", () => {
    const { circuits: all } = circuits();
    all.failed(
      details,
      denied({ ...details, call: "sts:AssumeRole", identity: "base", object: "role/observer" }),
    );
    expect(isOpen(all, roles)).toBe(true);

    all.succeeded(roles);

    all.check(details);
  });

  test("does not open for errors other than missing access", () => {
    const { circuits: all } = circuits();
    all.failed(put, denied(put, "NoSuchEntity"));

    expect(all.list()).toEqual([]);
  });
});

function isOpen(all: Circuits, site: CallSite): boolean {
  try {
    all.check(site);
    return false;
  } catch {
    return true;
  }
}
