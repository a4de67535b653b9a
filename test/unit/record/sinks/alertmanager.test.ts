import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { AlertEvent } from "../../../../src/model/alert-event.ts";
import { AlertmanagerSink, type AlertmanagerSettings } from "../../../../src/record/sinks/alertmanager.ts";
import type { Delivery } from "../../../../src/record/sinks/sink.ts";
import { HttpReceiver } from "../../../support/alerts/http-receiver.ts";
import { messageAbout, outgoingOf } from "../../../support/alerts/outgoing.ts";
import { START_MS, testClock } from "../../../store/engines.ts";
import { closed, EVENTS, opened, POLICY_KEY } from "../settlements.ts";

interface PostedAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
}

let folder: string;
let peers: HttpReceiver[];
const clock = testClock();

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "router-"));
  peers = [await HttpReceiver.start(), await HttpReceiver.start()];
  clock.set(START_MS);
});

afterEach(async () => {
  for (const peer of peers) await peer.end();
  await rm(folder, { recursive: true });
});

function sink(settings: Partial<AlertmanagerSettings> = {}, timeoutMs = 2_000): AlertmanagerSink {
  const urls = peers.map(({ url }) => `${url}/`);
  const all = { urls, auth: { kind: "none" }, instance: "prod-1", ...settings } as const;
  return new AlertmanagerSink(all, { clock, fetch, timeoutMs });
}

function send(event: AlertEvent, thread: string | null = null, router = sink()): Promise<Delivery> {
  return router.deliver(outgoingOf(messageAbout(event), thread), AbortSignal.timeout(10_000));
}

function posted(peer = 0): readonly PostedAlert[] {
  return (peers[peer]?.received ?? []).flatMap(({ body }) => JSON.parse(body) as readonly PostedAlert[]);
}

function threadOf(delivery: Delivery): string {
  if (delivery.kind !== "delivered" || delivery.thread === null) throw new Error("not delivered");
  return delivery.thread;
}

const inMs = (ms: number): string => new Date(START_MS + ms).toISOString();

describe("an alert", () => {
  test("goes to every peer by itself, with its identity as labels and an end in five minutes", async () => {
    expect(await send(opened())).toMatchObject({ kind: "delivered", answer: "accepted by 2 of 2 peers" });

    expect(posted(1)).toEqual(posted(0));
    expect(peers[0]?.received.map(({ path }) => path)).toEqual(["/api/v2/alerts"]);
    expect(posted()).toMatchObject([
      {
        labels: {
          alertname: "GrantkeeperDrift",
          severity: "security",
          instance: "prod-1",
          account: "prod",
          region: "eu-west-1",
          namespace: "orders",
          binding: "orders/orders-api@prod/eu-west-1",
        },
        annotations: {
          summary: expect.stringContaining("orders/orders-api@prod/eu-west-1"),
          next: "Grantkeeper reverts it now (security: no delay)",
          see: "grantkeeper describe orders/orders-api@prod/eu-west-1",
          runbook: "grantkeeper runbook GrantkeeperDrift",
        },
        startsAt: inMs(0),
        endsAt: inMs(300_000),
      },
    ]);
  });

  test.each([
    {
      event: opened({ key: POLICY_KEY }),
      labels: ["account", "alertname", "binding", "instance", "namespace", "severity"],
      because: "a ManagedPolicy has no region",
    },
    {
      event: EVENTS["files-refused"],
      labels: ["alertname", "instance", "namespace", "severity"],
      because: "files belong to no account",
    },
    {
      event: { ...EVENTS["files-refused"], namespace: null },
      labels: ["alertname", "instance", "severity"],
      because: "files of no team have no namespace, and an empty label is left out",
    },
    {
      event: EVENTS["pass-failed"],
      labels: ["account", "alertname", "instance", "severity"],
      because: "a pass is about an entire account",
    },
  ])("has no label without a value: $because", async ({ event, labels }) => {
    await send(event);

    expect(Object.keys(posted()[0]?.labels ?? {}).sort()).toEqual(labels);
  });

  test("of an earlier version, which has its lines only in the text, is sent with them as its description", async () => {
    const { next: _, see: __, ...earlier } = messageAbout(opened());

    await sink().deliver(outgoingOf(earlier), AbortSignal.timeout(10_000));

    const { next, see, description } = posted()[0]?.annotations ?? {};
    expect([next, see]).toEqual([undefined, undefined]);
    expect(description).toContain("\nSee:  grantkeeper describe orders/orders-api@prod/eu-west-1");
  });

  test("about a pending plan has the command that approves it, until the plan is decided", async () => {
    const { held } = EVENTS;
    const { incident, account, subject } = held;
    const thread = threadOf(await send(held));

    await send({ kind: "hold-ended", incident, account, subject, how: "approved" }, thread);

    expect(posted()[0]?.annotations).toMatchObject({
      hold: "7f3a91c2d4e5",
      approve: "grantkeeper approve 7f3a91c2d4e5 --reason TEXT",
    });
    expect(posted()[1]?.labels).toEqual(posted()[0]?.labels);
  });

  test("ends with the labels with which it was opened", async () => {
    const thread = threadOf(await send(opened({ severity: "other" })));
    clock.set(START_MS + 90_000);

    await send(closed(), thread);

    expect(posted()[1]).toMatchObject({ labels: posted()[0]?.labels, endsAt: inMs(90_000) });
  });

  test("is another alert with another severity: the earlier one ends first", async () => {
    const thread = threadOf(await send(opened({ severity: "other" })));

    await send(opened({ severity: "security" }), thread);

    expect(posted().map(({ labels, endsAt }) => [labels["severity"], endsAt])).toEqual([
      ["other", inMs(300_000)],
      ["other", inMs(0)],
      ["security", inMs(300_000)],
    ]);
  });

  test("keeps the highest severity while the incident lasts", async () => {
    const thread = threadOf(await send(opened({ severity: "security" })));

    await send(opened({ severity: "other", summary: ["+ a tag"] }), thread);

    expect(posted().map(({ labels }) => labels["severity"])).toEqual(["security", "security"]);
  });

  test("never ends before it began, also if the clock was set back", async () => {
    const thread = threadOf(await send(opened()));
    clock.set(START_MS - 60_000);

    await send(closed(), thread);

    expect(posted()[1]?.endsAt).toBe(inMs(0));
  });

  test("with a name that is no valid text is sent as valid text", async () => {
    await send(opened({ summary: ["+ \uD800 attached"] }));

    expect(posted()[0]?.annotations["description"]).toContain("\uFFFD");
  });
});

describe("a refresh", () => {
  test("sends each open alert again, and nothing if none is open", async () => {
    const router = sink();
    const thread = threadOf(await send(opened(), null, router));
    clock.set(START_MS + 60_000);

    const problem = await router.refresh(new Map([["drift/x", thread]]), AbortSignal.timeout(10_000));
    await router.refresh(new Map(), AbortSignal.timeout(10_000));

    expect(problem).toBeNull();
    expect(posted().map(({ endsAt }) => endsAt)).toEqual([inMs(300_000), inMs(360_000)]);
  });

  test("reports a peer that refuses", async () => {
    const router = sink();
    const thread = threadOf(await send(opened(), null, router));
    for (const peer of peers) peer.answer = (response) => response.writeHead(503).end();

    const problem = await router.refresh(new Map([["drift/x", thread]]), AbortSignal.timeout(10_000));

    expect(problem).toEqual({ cause: "peer 1 of 2 answered 503", fix: "look at the log of the receiver" });
  });
});

describe("a failure", () => {
  test("of one peer is a problem, not a failure: the other one accepted", async () => {
    await peers[0]?.end();

    expect(await send(opened())).toMatchObject({
      kind: "delivered",
      answer: "accepted by 1 of 2 peers",
      problem: { cause: "peer 1 of 2 could not be reached: nothing listens there (ECONNREFUSED)" },
    });
    peers.shift();
  });

  test.each([
    { status: 400, kind: "refused", fix: /bug/, because: "an invalid alert is invalid at each attempt" },
    { status: 401, kind: "retry", fix: /token/, because: "an operator can correct the token" },
    { status: 404, kind: "retry", fix: /without \/api/, because: "an operator can correct the URL" },
    { status: 500, kind: "retry", fix: /log/, because: "a failure may end" },
  ])("with $status: $because", async ({ status, kind, fix }) => {
    for (const peer of peers)
      peer.answer = (response) => response.writeHead(status).end('"start\u0007 time"');

    expect(await send(opened())).toMatchObject({
      kind,
      problem: { cause: expect.stringMatching(/^peer 1 of 2 answered/), fix: expect.stringMatching(fix) },
    });
  });

  test("with garbage as an answer is a failure only by its status", async () => {
    for (const peer of peers) peer.answer = (response) => response.writeHead(200).end("\0\0<html>");

    expect(await send(opened())).toMatchObject({ kind: "delivered" });
  });

  test("of a slow peer ends in time", async () => {
    for (const peer of peers) peer.answer = () => undefined;

    expect(await send(opened(), null, sink({}, 50))).toMatchObject({
      kind: "retry",
      problem: { cause: expect.stringContaining("no answer in time") },
    });
  });

  test("asks for the pause that the receiver wants", async () => {
    for (const peer of peers)
      peer.answer = (response) => response.writeHead(429, { "retry-after": "30" }).end();

    expect(await send(opened())).toMatchObject({ kind: "retry", afterMs: 30_000 });
  });
});

describe("the authentication", () => {
  test.each([
    { auth: { kind: "bearer", tokenFile: "secret" }, header: "Bearer s3cret" },
    { auth: { kind: "basic", username: "gk", passwordFile: "secret" }, header: "Basic Z2s6czNjcmV0" },
  ] as const)("is $auth.kind, from a file", async ({ auth, header }) => {
    await writeFile(join(folder, "secret"), "s3cret\n");
    const inFolder = JSON.parse(
      JSON.stringify(auth).replace("secret", join(folder, "secret")),
    ) as typeof auth;

    await send(opened(), null, sink({ auth: inFolder }));

    expect(peers[0]?.received[0]?.headers.authorization).toBe(header);
  });

  test("without its file is a problem that names the file", async () => {
    const auth = { kind: "bearer", tokenFile: join(folder, "none") } as const;

    expect(await send(opened(), null, sink({ auth }))).toMatchObject({
      kind: "retry",
      problem: { cause: expect.stringMatching(/token cannot be read from .*none \(ENOENT\)/) },
    });
    expect(posted()).toEqual([]);
  });
});
