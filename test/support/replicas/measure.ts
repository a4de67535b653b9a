/** Measures takeovers with the lease of production: `node bin/launch.mjs test/support/replicas/measure.ts`, in about 90 seconds. */
import { estate, functions, READ_ORDERS } from "../installation/estate.ts";
import { Cluster } from "../postgres/cluster.ts";
import { Replicas, type Replica } from "./replicas.ts";

const cluster = await Cluster.start();
const files = estate(functions(["begun"], READ_ORDERS));
const replicas = await Replicas.open(cluster, files, { deployed: files });
try {
  await measure();
} finally {
  await replicas.close();
  await cluster.stop();
}

async function measure(): Promise<void> {
  const first = await replicas.active([await replicas.start()]);
  const second = await replicas.start();
  const ending = first.process.stop();
  await report("ready after SIGTERM to the active replica", second);
  await ending;
  const third = await replicas.start();
  second.process.child.kill("SIGKILL");
  await report("ready after SIGKILL", third);
  const fourth = await replicas.start();
  third.process.child.kill("SIGSTOP");
  await report("ready after SIGSTOP", fourth);
  third.process.child.kill("SIGCONT");
  console.log(`the frozen replica ends with exit code ${String(await third.process.ended)}`);
}

async function report(what: string, standby: Replica): Promise<void> {
  const beganMs = performance.now();
  await replicas.until(what, async () => (await replicas.probe(standby, "/readyz")) === 200);
  console.log(`${what}: ${((performance.now() - beganMs) / 1_000).toFixed(1)} s`);
}
