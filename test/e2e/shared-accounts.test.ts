import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { isWrite } from "../support/replicas/writes.ts";
import { Replicas } from "../support/replicas/replicas.ts";
import { estate, functions, PROD, READ_ORDERS } from "../support/installation/estate.ts";
import { HAS_POSTGRES } from "../support/postgres/cluster.ts";
import { ledgerProblems } from "../support/record/ledger.ts";
import { testCluster } from "../store/postgres-engine.ts";

const WITHIN_MS = 120_000;
const named = (count: number) =>
  estate(functions(["begun", "second", "third", "fourth"].slice(0, count), READ_ORDERS));

(HAS_POSTGRES ? describe : describe.skip)("a standby with an assigned account", () => {
  let replicas: Replicas;

  beforeAll(async () => {
    replicas = await Replicas.open(await testCluster(), named(1), {
      deployed: named(4),
      shareAccounts: true,
    });
  });
  afterAll(() => replicas.close());

  const isTrue = async (condition: string): Promise<boolean> =>
    (await replicas.sql(`SELECT 1 WHERE ${condition}`)).length > 0;

  /** To the standby that last joined. */
  async function assign(): Promise<void> {
    const sql = `SELECT * FROM assign_accounts((SELECT epoch FROM lease WHERE name = 'controller'), '{${PROD}}',
      (SELECT id FROM replica WHERE expires > clock_timestamp() ORDER BY started DESC LIMIT 1))`;
    await replicas.until(`${PROD} is assigned`, async () => (await replicas.sql(sql)).length > 0);
  }

  test(
    "makes its passes, and loses it when it is killed or frozen, and returns it when it is stopped",
    async () => {
      const active = await replicas.start();
      await replicas.approveAll(active);
      await replicas.converged("begun");
      const second = await replicas.start();
      await assign();
      await replicas.push(named(2));
      await replicas.converged("second");
      const isRemembered = `EXISTS (SELECT 1 FROM pass_memories WHERE account_id = '${PROD}' AND epoch = 1)`;
      await replicas.until("the pass of the standby is recorded", () => isTrue(isRemembered));

      second.process.child.kill("SIGKILL");
      await second.process.ended;
      await replicas.sql("UPDATE replica SET expires = clock_timestamp() WHERE expires IS NOT NULL");
      await replicas.push(named(3));
      await replicas.converged("third");

      const third = await replicas.start();
      await assign();
      // Frozen while AWS carries out its write.
      const written = Promise.withResolvers<void>();
      const unwatch = replicas.simulator.watch((moment) => {
        if (moment.when !== "before" || !isWrite(moment)) return "go-on";
        third.process.child.kill("SIGSTOP");
        unwatch();
        written.resolve();
        return "go-on";
      });
      await replicas.push(named(4));
      await written.promise;
      await replicas.sql("UPDATE replica SET expires = clock_timestamp() WHERE expires > '-infinity'");
      await replicas.converged("fourth");
      third.process.child.kill("SIGCONT");

      // Its lease was ended for good, and so it joins again; in order it returns what it has.
      await assign();
      expect(await third.process.stop()).toBe(0);
      expect(await isTrue("NOT EXISTS (SELECT 1 FROM assignment WHERE replica IS NOT NULL)")).toBe(true);

      expect(await active.process.stop()).toBe(0);
      expect(ledgerProblems(await replicas.entries(), replicas.simulator.calls())).toEqual([]);
      expect(await replicas.verify()).toMatchObject({ verdict: "intact", openIntents: [] });
    },
    WITHIN_MS,
  );
});
