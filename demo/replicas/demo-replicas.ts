import type { createColors } from "picocolors";
import type { Closing } from "../stage.ts";
import { openReplicas } from "./installation.ts";
import { watchReplicas } from "./live.ts";
import { onceLines, playReplicasOnce } from "./once.ts";
import { postgresPrograms } from "./postgres-server.ts";
import { ReplicaTable } from "./snapshot.ts";

const FIRST_PORT = 8_085;

export interface ReplicaDemo {
  readonly replicas: number;
  readonly once: boolean;
  readonly json: boolean;
  readonly paint: ReturnType<typeof createColors>;
  readonly closing: Closing;
  readonly ending: AbortController;
}

/** @returns why this demo cannot run here; null: it ran */
export async function demoReplicas(demo: ReplicaDemo): Promise<string | null> {
  const { once, json, replicas, closing, ending, paint } = demo;
  const { stdin: input, stdout: output } = process;
  if (postgresPrograms() === null)
    return "error: --replicas needs PostgreSQL on this machine\nhint:  install Debian's package postgresql (apt-get install postgresql)";
  if (!once && !(input.isTTY && output.isTTY))
    return "error: --replicas takes keys from a terminal\nhint:  without a terminal, add --once";
  const installation = await openReplicas(replicas, once ? 0 : FIRST_PORT, closing);
  const table = new ReplicaTable(installation.databaseUrl, installation.accounts);
  closing.add(() => table.close());
  if (!once) {
    await watchReplicas({ installation, table, input, output, paint, ending });
    return null;
  }
  const report = await playReplicasOnce(installation, table, ending.signal);
  if (json) console.log(JSON.stringify({ happened: true, ...report }, null, 2));
  else for (const line of onceLines(report, replicas)) console.log(line);
  return null;
}
