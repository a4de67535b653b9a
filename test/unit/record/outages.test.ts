import { setImmediate as nextTurn } from "node:timers/promises";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { SMTPServer } from "smtp-server";
import type { Key } from "../../../src/model/keys/key.ts";
import { AlertmanagerSink } from "../../../src/record/sinks/alertmanager.ts";
import { MailSink } from "../../../src/record/sinks/mail.ts";
import type { Sink } from "../../../src/record/sinks/sink.ts";
import { SlackSink } from "../../../src/record/sinks/slack.ts";
import { WebhookSink } from "../../../src/record/sinks/webhook.ts";
import { openStore } from "../../../src/store/sqlite/open.ts";
import { HttpReceiver } from "../../support/alerts/http-receiver.ts";
import { alertProcess } from "../../support/alerts/sending.ts";
import { ACCEPTED, sinkOf } from "../../support/record/alert-receivers.ts";
import { optionsFor, START_MS, testClock } from "../../store/engines.ts";
import { Places } from "../../store/places.ts";
import { closed, KEY, opened } from "./settlements.ts";

const places = new Places();
const clock = testClock();
/** While the receiver is away; a real answer may take longer. */
const IMPATIENT_MS = 100;
const PATIENT_MS = 10_000;
const OUTAGES = ["down", "slow", "429", "500", "garbage"] as const;
type Outage = (typeof OUTAGES)[number];

let folder: string;
let http: HttpReceiver;
let smtp: SMTPServer;
let outage: Outage | null;
/** What the receiver accepted: the message of each bindings by its number. */
let accepted: string[];

beforeEach(async () => {
  clock.set(START_MS);
  folder = await mkdtemp(join(tmpdir(), "outage-"));
  await writeFile(join(folder, "secret"), "s3cret");
  outage = null;
  accepted = [];
  http = await HttpReceiver.start();
  http.answer = (response, { body }) => {
    if (outage === "slow") return;
    if (outage === "down") return void response.destroy();
    if (outage === "429") return void response.writeHead(429, { "retry-after": "20" }).end();
    if (outage === "500") return void response.writeHead(500).end();
    if (outage === "garbage") return void response.writeHead(302, { location: "/" }).end("\0<html>");
    accepted.push(...subjectsIn(body));
    response.writeHead(200).end('{"ok":true,"channel":"C0123456789","ts":"1.2"}');
  };
  smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    logger: false,
    onConnect: (_session, done) => (outage === "slow" ? undefined : done(atConnection())),
    onData: (stream, _session, done) => {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        if (outage !== null) return done(failure(452));
        accepted.push(...subjectsIn(Buffer.concat(chunks).toString("utf8")));
        done();
      });
    },
  });
  smtp.on("error", () => undefined);
  await new Promise<void>((listening) => {
    smtp.listen(0, "127.0.0.1", () => listening());
  });
});

afterEach(async () => {
  await http.end();
  await new Promise<void>((done) => {
    smtp.close(done);
  });
  await rm(folder, { recursive: true });
});

function failure(responseCode: number): Error {
  return Object.assign(new Error("no"), { responseCode });
}

/** A mail server that is down or busy refuses the connection; with another failure it refuses the text. */
function atConnection(): Error | null {
  return outage === "down" || outage === "429" ? failure(421) : null;
}

/** The bindings that a request is about: `f-1 open`. */
function subjectsIn(text: string): readonly string[] {
  const names = [...text.matchAll(/orders\/(f-\d+)@prod/g)].map(([, name = ""]) => name);
  return [...new Set(names)];
}

const SINKS: Readonly<Record<string, (timeoutMs: number) => Sink>> = {
  webhook: (timeoutMs) =>
    new WebhookSink({ url: http.url, secretFile: join(folder, "secret") }, { clock, fetch, timeoutMs }),
  alertmanager: (timeoutMs) =>
    new AlertmanagerSink(
      { urls: [http.url], auth: { kind: "none" }, instance: "prod-1" },
      { clock, fetch, timeoutMs },
    ),
  slack: (timeoutMs) =>
    new SlackSink(
      { url: http.url, channel: "C0123456789", tokenFile: join(folder, "secret") },
      { clock, fetch, timeoutMs },
    ),
  mail: (timeoutMs) =>
    new MailSink(
      {
        host: "127.0.0.1",
        port: (smtp.server.address() as AddressInfo).port,
        security: "none",
        caFile: null,
        login: null,
        from: "gk@example.com",
        to: ["ops@example.com"],
      },
      timeoutMs,
    ),
};

const STEPS = 12;
const STEP_MS = 300_000;
const keyOf = (step: number): Key => KEY.replace("orders-api", `f-${step}`) as Key;
const at = (): string => new Date(clock.nowMs()).toISOString();

describe.each(Object.keys(SINKS))("an hour without a %s", (kind) => {
  test.each(OUTAGES)(
    "that is %s loses no alert, also with a restart, doubles none, and delays no other route",
    async (how) => {
      const other: string[] = [];
      const opening = places.keep(openStore(optionsFor(await places.folder(), { clock })));
      const routesWith = (timeoutMs: number) => [
        {
          route: { name: "ops" },
          sink: SINKS[kind]?.(timeoutMs) ?? sinkOf(() => ACCEPTED),
          outbox: { perMinute: 600 },
        },
        {
          route: { name: "other" },
          sink: sinkOf(({ body }) => {
            other.push(...subjectsIn(body));
            return ACCEPTED;
          }),
          outbox: { perMinute: 600 },
        },
      ];
      const running = alertProcess(opening, {
        clock,
        routes: routesWith(how === "slow" ? IMPATIENT_MS : PATIENT_MS),
      });
      outage = how;

      for (let step = 0; step < STEPS; step += 1) {
        await running.record(opened({ key: keyOf(step), since: at() }));
        await running.drain();
        clock.set(clock.nowMs() + STEP_MS);
      }
      const during = [...accepted];
      const waiting = (await running.sender.routes())[0];
      outage = null;
      const restarted = alertProcess(opening, { clock, routes: routesWith(PATIENT_MS) });
      await restarted.drain();
      await restarted.drain();

      const all = Array.from({ length: STEPS }, (_, step) => `f-${step}`);
      expect(during).toEqual([]);
      expect(other).toEqual(all);
      expect(waiting).toMatchObject({ waiting: STEPS, oldestWaitingMs: START_MS, deliveredMs: null });
      expect(waiting?.problem?.fix).toMatch(/\w/);
      expect(accepted.filter((name, index) => accepted.indexOf(name) === index)).toEqual(all);
      expect(await opening.outboxStore.waiting("ops", 1)).toEqual([]);
      // An Alertmanager gets everything that is open again each minute.
      const promised = kind === "alertmanager" ? 2 * STEPS : STEPS;
      // A slow receiver may accept a request after its sender gave up.
      expect(accepted.length - promised).toBeLessThanOrEqual(how === "slow" ? STEPS : 0);
    },
  );
});

test("a receiver that never answers delays no pass: its route alone is busy, and the tick returns", async () => {
  const opening = places.keep(openStore(optionsFor(await places.folder(), { clock })));
  const hanging = Promise.withResolvers<typeof ACCEPTED>();
  const got: string[] = [];
  const slow = { route: { name: "slow" }, sink: sinkOf(() => hanging.promise) };
  const fast = {
    route: { name: "fast" },
    sink: sinkOf(({ message }) => {
      got.push(message.kind);
      return ACCEPTED;
    }),
  };
  const running = alertProcess(opening, { clock, routes: [slow, fast] });
  await running.record(opened());
  const first = running.drain();
  await running.record(closed());

  // The first drain may still be at the fast route, which the next one then leaves to it.
  while (got.length < 2) {
    await running.drain();
    await nextTurn();
  }

  expect(got).toEqual(["drift-opened", "drift-closed"]);
  hanging.resolve(ACCEPTED);
  await first;
});

test("the fallback also gets what waits for 15 minutes, and the end of it", async () => {
  const opening = places.keep(openStore(optionsFor(await places.folder(), { clock })));
  const mails: string[] = [];
  outage = "500";
  const webhook = SINKS["webhook"]?.(PATIENT_MS) ?? sinkOf(() => ACCEPTED);
  const routes = [
    { route: { name: "ops" }, sink: webhook, outbox: { fallback: "mail" } },
    {
      route: { name: "mail", namespaces: ["none"] },
      sink: sinkOf(({ message }) => {
        mails.push(message.kind);
        return ACCEPTED;
      }),
    },
  ];
  const running = alertProcess(opening, { clock, routes });
  await running.record(opened({ since: at() }));
  const counts: number[] = [];
  for (let minute = 0; minute < 20; minute += 1) {
    await running.drain();
    await running.drain();
    counts.push(mails.length);
    clock.set(clock.nowMs() + 60_000);
  }
  await running.record(closed());
  await running.drain();

  expect(counts.indexOf(1)).toBe(16);
  expect(mails).toEqual(["drift-opened", "drift-closed"]);
});
