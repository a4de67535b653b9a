import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { isWrite } from "../support/replicas/writes.ts";
import { Replicas } from "../support/replicas/replicas.ts";
import { estate, functions, READ_ORDERS, WRITE_ORDERS } from "../support/installation/estate.ts";
import { HAS_POSTGRES } from "../support/postgres/cluster.ts";
import { ledgerProblems } from "../support/record/ledger.ts";
import { testCluster } from "../store/postgres-engine.ts";

const WITHIN_MS = 120_000;
const BEGUN = estate(functions(["begun"], READ_ORDERS));
const SECOND = { ...BEGUN, ...functions(["second"], READ_ORDERS) };
const THIRD = { ...SECOND, ...functions(["third"], WRITE_ORDERS) };

(HAS_POSTGRES ? describe : describe.skip)("several replicas on one database", () => {
  let replicas: Replicas;

  beforeAll(async () => {
    replicas = await Replicas.open(await testCluster(), BEGUN, { deployed: THIRD });
  });
  afterAll(() => replicas.close());

  test(
    "a standby takes over from an active replica that is killed, frozen or stopped, and no write is stale",
    async () => {
      const first = await replicas.start();
      const [second, third] = await Promise.all([replicas.start(), replicas.start()]);
      expect(await replicas.active([first, second, third])).toBe(first);
      // Forwarded to the active one.
      await replicas.approveAll(second);

      // A load balancer sends nothing to a standby, and an update counts it.
      expect(await replicas.probe(second, "/readyz")).toBe(503);
      expect(await replicas.probe(second, "/readyz?standbyok=true")).toBe(200);

      // From their own mirrors, and with the same result.
      await replicas.until("both standbys have compiled what is in force", async () => {
        const shown = await second.api.list("replicas");
        return shown.filter(({ status }) => status.following === "current").length === 2;
      });

      first.process.child.kill("SIGKILL");
      await first.process.ended;
      await replicas.expireLease();
      const afterKill = await replicas.active([second, third]);
      // The same answer at each of them.
      const shown = await (afterKill === second ? third : second).api.list("replicas");
      expect(shown.map(({ status }) => status.state).sort()).toEqual(["active", "lost", "standby"]);
      await replicas.push(SECOND);
      await replicas.converged("second");

      // Frozen while AWS carries out its write.
      const written = Promise.withResolvers<void>();
      const unwatch = replicas.simulator.watch((moment) => {
        if (moment.when !== "before" || !isWrite(moment)) return "go-on";
        afterKill.process.child.kill("SIGSTOP");
        unwatch();
        written.resolve();
        return "go-on";
      });
      await replicas.push(THIRD);
      await written.promise;
      await replicas.expireLease();
      const afterFreeze = afterKill === second ? third : second;
      await replicas.active([afterFreeze]);
      await replicas.converged("third");
      afterKill.process.child.kill("SIGCONT");
      expect(await afterKill.process.ended).toBe(1);

      const last = await replicas.start();
      expect(await replicas.probe(last, "/readyz")).toBe(503);
      expect(await afterFreeze.process.stop()).toBe(0);
      expect(await replicas.active([last])).toBe(last);
      expect(await last.process.stop()).toBe(0);

      const entries = await replicas.entries();
      const takeovers = entries.filter(({ kind }) => kind === "replica-took-over");
      expect(takeovers).toMatchObject([
        { epoch: 2, leaseEnd: "expired", from: expect.stringContaining(`pid ${first.process.child.pid}`) },
        { epoch: 3, leaseEnd: "expired" },
        { epoch: 4, leaseEnd: "given-back" },
      ]);
      expect(ledgerProblems(entries, replicas.simulator.calls())).toEqual([]);
      expect(await replicas.verify()).toMatchObject({ verdict: "intact", openIntents: [] });
    },
    WITHIN_MS,
  );
});
