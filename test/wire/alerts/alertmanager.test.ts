import { execFileSync } from "node:child_process";
import { setTimeout as timer } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { AlertmanagerSink } from "../../../src/record/sinks/alertmanager.ts";
import { openStore, type OpenStore } from "../../../src/store/sqlite/open.ts";
import { AlertmanagerServer, EXAMPLE, HAS_ALERTMANAGER } from "../../support/alerts/alertmanager-server.ts";
import { HttpReceiver } from "../../support/alerts/http-receiver.ts";
import { alertProcess } from "../../support/alerts/sending.ts";
import { optionsFor } from "../../store/engines.ts";
import { Places } from "../../store/places.ts";
import { closed, EVENTS, opened } from "../../unit/record/settlements.ts";

const clock = { nowMs: () => Date.now() };
const places = new Places();
const SINCE = { since: new Date().toISOString() };

interface Notification {
  readonly status: string;
  readonly alerts: readonly { readonly status: string; readonly labels: Readonly<Record<string, string>> }[];
}

if (!HAS_ALERTMANAGER)
  console.warn("skipped: install Debian's prometheus-alertmanager to try the example of its routes");

(HAS_ALERTMANAGER ? describe : describe.skip)("Debian's Alertmanager", () => {
  let receiver: HttpReceiver;
  let router: AlertmanagerServer;
  let stored: OpenStore;

  beforeEach(async () => {
    receiver = await HttpReceiver.start();
    router = await AlertmanagerServer.prepare(await places.folder(), receiver.url);
    stored = places.keep(openStore(optionsFor(await places.folder())));
  });
  afterEach(async () => {
    await router.kill();
    await receiver.end();
  });

  const process = () => {
    const settings = {
      urls: [router.url],
      auth: { kind: "none" },
      instance: "prod-1",
    } as const;
    const sink = new AlertmanagerSink(settings, { clock, fetch });
    return alertProcess(stored, { clock, routes: [{ sink, route: { kinds: "incidents" } }] });
  };

  /** `on-call: firing security` for each alert of each notification, without repetitions. */
  const notified = (): readonly string[] => {
    const lines = receiver.received.flatMap(({ path, body }) =>
      (JSON.parse(body) as Notification).alerts.map(
        ({ status, labels }) => `${path.slice(1)}: ${status} ${labels["severity"] ?? ""}`,
      ),
    );
    return [...new Set(lines)];
  };

  const until = async (what: string, isTrue: () => boolean | Promise<boolean>): Promise<void> => {
    const endMs = Date.now() + 15_000;
    while (!(await isTrue())) {
      if (Date.now() > endMs) throw new Error(`never: ${what}; ${notified().join(", ")}`);
      await timer(20);
    }
  };

  test("that is down loses nothing; an incident opens, gets worse, survives both restarts, and resolves", async () => {
    const first = process();
    await first.record(opened({ ...SINCE, severity: "other" }), EVENTS["daily-reminder"]);
    await first.drain();
    await router.start();
    await until("the first alert", async () => {
      await first.drain();
      return (await router.firing()).join() === "other";
    });

    await first.record(opened({ ...SINCE, severity: "security" }));
    await first.drain();
    expect(await router.firing()).toEqual(["security"]);
    await until("the page", () => notified().includes("on-call: firing security"));

    await router.kill();
    await router.start();
    expect(await router.firing()).toEqual([]);
    const second = process();
    await second.drain();
    expect(await router.firing()).toEqual(["security"]);

    await second.record(closed());
    await second.drain();
    await until("the end", () => notified().includes("on-call: resolved security"));
    expect(await router.firing()).toEqual([]);
    expect(await stored.outboxStore.waiting("ops", 10)).toEqual([]);
    expect(notified().filter((line) => line.startsWith("on-call"))).toEqual([
      "on-call: firing security",
      "on-call: resolved security",
    ]);
  });

  test("gets a test alert, which goes to the default receiver", async () => {
    await router.start();
    const { sender } = process();

    expect(await sender.test("ops", "dana", AbortSignal.timeout(10_000))).toEqual({
      kind: "accepted",
      answer: "accepted by 1 of 1 peers",
      problem: null,
    });
    expect(await router.firing()).toEqual(["other"]);
  });

  test("accepts the example as it is shipped", () => {
    expect(execFileSync("amtool", ["check-config", EXAMPLE], { encoding: "utf8" })).toContain("SUCCESS");
  });

  test.each([
    ["alertname=GrantkeeperDrift severity=security namespace=orders", "on-call,orders"],
    ["alertname=GrantkeeperAccountNotRead severity=security account=prod", "on-call"],
    ["alertname=GrantkeeperDown severity=critical", "on-call"],
    ["alertname=GrantkeeperPlanHeld severity=other namespace=orders", "orders"],
    ["alertname=GrantkeeperPlanHeld severity=other namespace=payments", "platform"],
    ["alertname=OfAnotherProgram severity=critical", "platform"],
  ])("sends %s to %s by the example", (labels, receivers) => {
    const args = ["config", "routes", "test", `--config.file=${EXAMPLE}`, ...labels.split(" ")];

    expect(execFileSync("amtool", args, { encoding: "utf8", stdio: "pipe" }).trim()).toBe(receivers);
  });

  test("hides harmless drift of a binding while its security incident is open, by the example", async () => {
    await router.start();
    const labels = { alertname: "GrantkeeperDrift", instance: "prod-1", binding: "orders/a@prod/eu-west-1" };
    const alerts = [
      { labels: { ...labels, severity: "security" } },
      { labels: { ...labels, severity: "other" } },
      { labels: { ...labels, severity: "other", binding: "orders/b@prod/eu-west-1" } },
    ];
    await fetch(`${router.url}/api/v2/alerts`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(alerts),
    });
    expect((await router.firing()).length).toBe(3);

    await until("one is hidden", async () => (await router.inhibited()).length > 0);
    expect(await router.inhibited()).toEqual(["orders/a@prod/eu-west-1 other"]);
  });
});
