import { createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { verificationKey } from "../../../src/audit/checkpoint.ts";
import { clock, SILENT } from "../../../src/compose/ports.ts";
import type { HeldAccount } from "../../../src/controller/ports/assigned/account-holders.ts";
import { HttpAccountHolders } from "../../../src/http/replica/ask-holder.ts";
import { heldAccountPath, type HeldAccounts } from "../../../src/http/replica/held-account.ts";
import type { HttpServer } from "../../../src/http/server/bare-app.ts";
import { startStandbyHttp } from "../../../src/http/standby.ts";
import type { AccountId } from "../../../src/model/aws/ids.ts";
import { isProofOf, proofOf } from "../../../src/store/replica-proof.ts";
import { MemoryTelemetry } from "../../support/fakes/memory-telemetry.ts";
import { FakeClock } from "../../support/fakes/fake-clock.ts";
import { binding } from "../../support/pass/bindings.ts";
import { convergedAccount } from "../../support/pass/live-state.ts";

const ACCOUNT = "111122223333" as AccountId;
const NOW_MS = Date.parse("2026-12-01T00:00:00Z");
const { privateKey: KEY } = generateKeyPairSync("ed25519");
const PUBLIC_KEY = verificationKey(createPublicKey(KEY));
const HELD: HeldAccount = {
  accountId: ACCOUNT,
  live: convergedAccount(binding()),
  views: new Map(),
  holds: [],
  orphans: [],
  rejected: new Set(["sha256:1"]),
  failure: null,
  fault: null,
  unread: [],
};

describe("a standby with assigned accounts", () => {
  let standby: HttpServer;
  let held: HeldAccounts | null;
  let log: MemoryTelemetry;
  const asking = new FakeClock(NOW_MS);
  const signal = AbortSignal.timeout(60_000);

  const serve = (port: number): Promise<HttpServer> =>
    startStandbyHttp({
      host: "127.0.0.1",
      port,
      tls: null,
      publicUrl: null,
      replicaUrl: null,
      tokens: [],
      localToken: "x".repeat(40),
      metrics: () => Promise.resolve(""),
      clock,
      telemetry: SILENT,
      active: () => null,
      isAway: () => false,
      held: () => held,
    });

  beforeEach(async () => {
    log = new MemoryTelemetry();
    held = {
      replica: "two-1",
      version: "0.2.0",
      account: (id) => (id === ACCOUNT ? HELD : null),
      isProof: (question, proof) => isProofOf(question, proof, [PUBLIC_KEY]),
      nowMs: () => Promise.resolve(NOW_MS),
    };
    standby = await serve(0);
  });
  afterEach(() => standby.close());

  /** As the active replica. */
  function holders(
    change: {
      readonly key?: KeyObject;
      readonly nowMs?: number;
      readonly id?: string;
      address?: string | null;
    } = {},
  ): HttpAccountHolders {
    const { key = KEY, nowMs = NOW_MS, id = "two-1", address = standby.url } = change;
    return new HttpAccountHolders({
      holderOf: () => Promise.resolve({ id, host: "two", pid: 2, address }),
      proofOf: (question) => proofOf(question, key),
      nowMs: () => Promise.resolve(nowMs),
      clock: asking,
      telemetry: log,
      version: "0.2.0",
    });
  }

  test("gives the active replica all that it knows of one", async () => {
    expect(await holders().ask(ACCOUNT, signal)).toEqual({ kind: "ok", value: HELD });
  });

  const unauthorized = { reason: "silent", cause: "HTTP 401", replica: "two-two-1 (pid 2 on two)" };
  test.each([
    {
      because: "the key of another installation",
      change: { key: generateKeyPairSync("ed25519").privateKey },
      logged: unauthorized,
    },
    {
      because: "the name of another replica",
      change: { id: "two-2" },
      logged: { ...unauthorized, replica: "two-two-2 (pid 2 on two)" },
    },
    { because: "the time of an earlier question", change: { nowMs: NOW_MS - 31_000 }, logged: unauthorized },
    {
      because: "the time of a clock that is ahead",
      change: { nowMs: NOW_MS + 31_000 },
      logged: unauthorized,
    },
    {
      because: "no address",
      change: { address: null },
      logged: { ...unauthorized, reason: "no-address", cause: "" },
    },
  ])("gives no answer for $because, and only the log names the replica", async ({ change, logged }) => {
    const answer = await holders(change).ask(ACCOUNT, signal);

    expect(answer).toEqual({ kind: "err", error: logged.reason });
    expect(log.lines.map(({ fields }) => fields)).toEqual([{ accountId: ACCOUNT, ...logged }]);
  });

  test.each([
    { because: "a token", header: `Bearer ${"x".repeat(40)}` },
    { because: "a token as a proof", header: `Replica ${"x".repeat(40)}` },
    { because: "nothing", header: "" },
  ])("does not accept $because instead of the key of the installation", async ({ header }) => {
    const url = new URL(heldAccountPath(ACCOUNT, NOW_MS + 1_000), standby.url);

    const answer = await fetch(url, { headers: { authorization: header } });

    expect(answer.status).toBe(401);
    expect(await answer.text()).not.toContain("sha256:1");
  });

  test("answers about no account that it has returned, and none after it has left", async () => {
    const other = await holders().ask("444455556666" as AccountId, signal);
    held = null;

    expect([other, await holders().ask(ACCOUNT, signal)]).toMatchObject([
      { kind: "err", error: "not-held" },
      { kind: "err", error: "not-held" },
    ]);
  });

  test("of another version is not understood", async () => {
    held = held === null ? null : { ...held, version: "0.3.0" };

    expect(await holders().ask(ACCOUNT, signal)).toMatchObject({
      error: "other-version",
    });
    expect(log.lines).toMatchObject([{ fields: { cause: "version 0.3.0, not 0.2.0" } }]);
  });

  test("that did not answer is asked again five seconds later, and not before", async () => {
    const { url } = standby;
    await standby.close();
    const one = holders({ address: url });
    const first = await one.ask(ACCOUNT, signal);
    standby = await serve(Number(new URL(url).port));

    const second = await one.ask(ACCOUNT, signal);
    await asking.pass(5_001);

    expect([first, second, (await one.ask(ACCOUNT, signal)).kind]).toEqual([
      { kind: "err", error: "silent" },
      first,
      "ok",
    ]);
    expect(log.lines).toMatchObject([{ fields: { cause: expect.stringContaining("ECONNREFUSED") } }]);
  });
});
