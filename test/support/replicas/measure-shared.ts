/**
 * Measures when the accounts of a lost standby are watched again, with the lease of production:
 * `node bin/launch.mjs test/support/replicas/measure-shared.ts`, in about two minutes.
 */
import { loadavg } from "node:os";
import { Cluster } from "../postgres/cluster.ts";
import { Replicas, type Replica } from "./replicas.ts";
import { compared, converged, FILES, IDS } from "./six-accounts.ts";

const cluster = await Cluster.start();
const replicas = await Replicas.open(cluster, FILES, { deployed: FILES, shareAccounts: true, eventsOf: IDS });
try {
  await measure();
} finally {
  await replicas.close();
  await cluster.stop();
}

async function measure(): Promise<void> {
  const active = await replicas.start();
  const [killed, ended] = [await replicas.start(), await replicas.start()];
  await replicas.until("each standby has two accounts", async () => (await assigned()).length === 4);
  await converged(replicas, active);
  await replicas.until("all are compared", async () => (await compared(active)).length === 6);
  console.log(`load of the machine: ${loadavg()[0]?.toFixed(0)}`);
  await measureEvent((await assigned())[0] ?? "");
  const [killedId, endedId] = [await replicas.idOf(killed), await replicas.idOf(ended)];
  killed.process.child.kill("SIGKILL");
  await report("SIGKILL", active, killedId);
  const ending = ended.process.stop();
  await report("SIGTERM", active, endedId);
  await ending;
}

/** @param to the id of a replica; missing: of any */
async function assigned(to?: string): Promise<readonly string[]> {
  const condition = to === undefined ? "replica IS NOT NULL" : `replica = '${to}'`;
  const rows = await replicas.sql(`SELECT account_id FROM assignment WHERE ${condition} ORDER BY 1`);
  return (rows as readonly { readonly account_id: string }[]).map((row) => row.account_id);
}

async function measureEvent(id: string): Promise<void> {
  replicas.sendEventsOf(id);
  const beganMs = Date.now();
  await replicas.attach(id, "api-eu-west-1", "arn:aws:iam::aws:policy/AdministratorAccess");
  await replicas.until("the change is found", async () => (await foundMs(id)) > beganMs);
  const [received] = (await replicas.sql(
    `SELECT (record::JSON ->> 'receivedMs')::BIGINT AS ms FROM changes WHERE account_id = '${id}' ORDER BY 1 DESC LIMIT 1`,
  )) as readonly { readonly ms: string }[];
  const found = await foundMs(id);
  const [afterCall, afterEvent] = [found - beganMs, found - Number(received?.ms)];
  console.log(
    `a change is found ${afterEvent} ms after its event was received, ${afterCall} ms after the call`,
  );
}

async function foundMs(id: string): Promise<number> {
  const entries = await replicas.entries();
  const found = entries.findLast((entry) => entry.kind === "drift-found" && entry.key.includes(id));
  return found === undefined ? 0 : Date.parse(found.at);
}

/** Until the replica has no accounts, and until all are compared by others. */
async function report(what: string, active: Replica, lost: string): Promise<void> {
  const beganMs = performance.now();
  const seconds = (): string => ((performance.now() - beganMs) / 1_000).toFixed(1);
  await replicas.until(
    `no account is assigned after ${what}`,
    async () => (await assigned(lost)).length === 0,
  );
  const assignedAfter = seconds();
  // The active replica reads the assignments each second.
  await replicas.until("one is not compared", async () => (await compared(active)).length < 6);
  await replicas.until("all are compared", async () => (await compared(active)).length === 6);
  console.log(`${what}: assigned after ${assignedAfter} s, compared after ${seconds()} s`);
}
