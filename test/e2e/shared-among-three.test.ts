import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { AlertMessage } from "../../src/record/message.ts";
import { HttpReceiver } from "../support/alerts/http-receiver.ts";
import { HAS_POSTGRES } from "../support/postgres/cluster.ts";
import { ledgerProblems } from "../support/record/ledger.ts";
import { Replicas, TOKEN, type Replica } from "../support/replicas/replicas.ts";
import {
  compared,
  converged,
  FILES,
  IDS,
  isApplied,
  NAMES,
  roleIn,
} from "../support/replicas/six-accounts.ts";
import { testCluster } from "../store/postgres-engine.ts";

const WITHIN_MS = 180_000;
const ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess";
const BY_ALICE = "attached AdministratorAccess";

interface Assigned {
  readonly account_id: string;
  readonly replica: string;
  readonly epoch: number;
}

(HAS_POSTGRES ? describe : describe.skip)("six accounts and three replicas", () => {
  let replicas: Replicas;
  let receiver: HttpReceiver;

  beforeAll(async () => {
    receiver = await HttpReceiver.start();
    replicas = await Replicas.open(await testCluster(), FILES, {
      deployed: FILES,
      shareAccounts: true,
      eventsOf: IDS,
      alertsTo: receiver.url,
    });
  });
  afterAll(async () => {
    await replicas.close();
    await receiver.end();
  });

  const assignments = async () =>
    (await replicas.sql(
      "SELECT account_id, replica, epoch FROM assignment WHERE replica IS NOT NULL ORDER BY account_id",
    )) as readonly Assigned[];
  const shares = async (): Promise<readonly number[]> =>
    [...Map.groupBy(await assignments(), ({ replica }) => replica).values()].map(({ length }) => length);

  /** The accounts whose gauges this replica exports. */
  async function measured({ url }: Replica): Promise<readonly string[]> {
    const answer = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${TOKEN}` } });
    const lines = (await answer.text()).matchAll(/^grantkeeper_account_compared\{account="(\w+)"\} 1$/gm);
    return [...lines].map(([, name = ""]) => name);
  }

  async function changedByAlice(id: string): Promise<void> {
    replicas.sendEventsOf(id);
    await replicas.attach(id, "api-eu-west-1", ADMINISTRATOR);
  }

  const messages = () => receiver.received.map(({ body }) => JSON.parse(body) as AlertMessage);
  /** The messages that open an incident because of what Alice attached in this account. */
  const alertsOf = (id: string) =>
    messages().filter(
      ({ kind, key, text }) =>
        kind === "drift-opened" && key?.includes(id) === true && text.includes("AdministratorAccess"),
    );

  /** A pass that ran just before the event arrived has found the change without its author, of which a second message then informs. */
  async function revertedWithAuthor(id: string): Promise<void> {
    await replicas.until("the change is reverted", async () => roleIn(replicas, id)?.attached.length === 0);
    await replicas.until("the route has its author", async () =>
      messages().some(
        ({ kind, key, text }) =>
          (kind === "drift-opened" || kind === "drift-author-found") &&
          key?.includes(id) === true &&
          text.includes(BY_ALICE),
      ),
    );
    // Before it, another difference would update the incident with a second message.
    await replicas.until("its incident is closed", async () => {
      const last = messages().findLast(
        ({ kind, key }) => key?.includes(id) === true && (kind === "drift-opened" || kind === "drift-closed"),
      );
      return last?.kind === "drift-closed";
    });
  }

  function why({ api }: Replica, id: string) {
    const key = `function/${id}/eu-west-1/orders/api`;
    const resource = `arn:aws:dynamodb:eu-west-1:${id}:table/orders`;
    return api.create("whys", { key, action: "dynamodb:GetItem", resource });
  }

  test(
    "each account is watched by one replica and alerts once with the author of a change, the active one answers about all, and a frozen or killed one disturbs no other",
    async () => {
      const active = await replicas.start();
      const others = await Promise.all([replicas.start(), replicas.start()] as const);
      const all = [active, ...others];
      await replicas.until("each standby has two accounts", async () => {
        const found = await shares();
        return found.length === 2 && found.every((share) => share === 2);
      });
      await converged(replicas, active);
      await replicas.until("all are compared", async () => (await compared(active)).length === 6);
      await replicas.until("each account is measured once", async () => {
        const names = (await Promise.all(all.map((replica) => measured(replica)))).flat().toSorted();
        return names.join() === NAMES.join();
      });

      const { accounts, replicas: shown } = (await active.api.overview()).status;
      expect(accounts.filter((one) => one.assigned === true && one.deniedCalls !== null)).toHaveLength(4);
      expect(shown).toMatchObject({ active: 1, standby: 2 });

      // A change in an assigned account, which the active replica does not read: only its event shows it before the next sweep.
      const [moved] = await assignments();
      const drifted = moved?.account_id ?? "";
      await changedByAlice(drifted);
      await revertedWithAuthor(drifted);
      expect((await why(active, drifted)).status).toMatchObject({ live: { kind: "allowed" } });

      // The accounts of a frozen replica are of others; those of the other one stay with it. A question about them has an answer.
      const [killed, other] = others;
      const [killedId, otherId] = [await replicas.idOf(killed), await replicas.idOf(other)];
      const kept = (await assignments()).filter(({ replica }) => replica === otherId);
      const ofKilled = (await assignments()).find(
        ({ replica, account_id: id }) => replica === killedId && id !== drifted,
      );
      killed.process.child.kill("SIGSTOP");
      const moving = ofKilled?.account_id ?? "";
      const askedMs = performance.now();
      const asking = why(active, moving).then((answer) => ({
        live: answer.status.live,
        isWithinLimit: performance.now() - askedMs < 25_000,
      }));
      // A change while no replica makes the passes of the account.
      await changedByAlice(moving);
      await replicas.sql(`UPDATE replica SET expires = clock_timestamp() WHERE id = '${killedId}'`);
      await replicas.until("they are compared again", async () => {
        const isLeft = (await assignments()).every(({ replica }) => replica === otherId);
        return isLeft && (await compared(active)).length === 6;
      });
      await revertedWithAuthor(moving);
      replicas.simulator.stopEvents();

      // A suspension that was answered stops the writes of all replicas.
      await active.api.create("suspensions", { scope: { everything: true }, reason: "test", for: "1h" });
      const suspendedSeq = (await replicas.entries()).length;
      for (const id of IDS) delete roleIn(replicas, id)?.inline["grantkeeper"];
      await active.api.create("reconciliations", { all: true });
      await replicas.until("all differences are found", async () => {
        const entries = (await replicas.entries()).slice(suspendedSeq);
        const drifted = entries.flatMap((entry) => (entry.kind === "drift-found" ? [entry.key] : []));
        return IDS.every((id) => drifted.some((one) => one.includes(id)));
      });
      expect(IDS.filter((id) => isApplied(replicas, id))).toEqual([]);
      for (const { metadata } of await active.api.list("suspensions"))
        await active.api.resume(metadata.name, "test");
      await replicas.until("all differences are reverted", async () =>
        IDS.every((id) => isApplied(replicas, id)),
      );

      const reason = "another replica reads the account, and does not answer";
      expect(await asking).toMatchObject({ live: { kind: "unknown", reason }, isWithinLimit: true });
      killed.process.child.kill("SIGKILL");
      await killed.process.ended;
      expect(kept).toHaveLength(2);
      expect(await assignments()).toEqual(expect.arrayContaining([...kept]));

      // The active replica is killed as soon as a message is deleted from the queue: the other one knows of it.
      const last = kept.find(({ account_id: id }) => id !== drifted)?.account_id ?? "";
      const unwatch = replicas.simulator.watch(({ when, operation }) => {
        if (when !== "after" || !operation.startsWith("DeleteMessage")) return "go-on";
        active.process.child.kill("SIGKILL");
        unwatch();
        return "go-on";
      });
      await changedByAlice(last);
      await active.process.ended;
      await replicas.until(
        "the change is reverted",
        async () => roleIn(replicas, last)?.attached.length === 0,
      );
      await replicas.expireLease();
      await replicas.active([other]);
      await revertedWithAuthor(last);
      await replicas.until("it makes all passes", async () => (await measured(other)).length === 6);
      expect(await assignments()).toEqual([]);
      await replicas.until(
        "all alerts are sent",
        async () => (await replicas.sql("SELECT 1 FROM outbox")).length === 0,
      );
      const alerts = [drifted, moving, last].map((id) => alertsOf(id).map(({ text }) => text));
      expect(alerts).toEqual([1, 1, 1].map(() => [expect.stringContaining("AdministratorAccess")]));
      expect(await other.process.stop()).toBe(0);
      expect(ledgerProblems(await replicas.entries(), replicas.simulator.calls())).toEqual([]);
      expect(await replicas.verify()).toMatchObject({ verdict: "intact", openIntents: [] });
    },
    WITHIN_MS,
  );
});
