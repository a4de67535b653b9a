import type { AccountId } from "../../src/model/aws/ids.ts";
import { SILENT } from "../../src/compose/ports.ts";
import { parseDatabaseUrl } from "../../src/config/state/database-url.ts";
import type { ReplicaRecord } from "../../src/model/network/replica.ts";
import { StoreError } from "../../src/store/errors.ts";
import { Database } from "../../src/store/postgres/database.ts";
import { readReplicas } from "../../src/store/postgres/lease/replica-table.ts";
import type { ProcessState, ReplicaProcess } from "./replica-process.ts";

const PROBE_MS = 400;

/** One replica at one time: its process, its row in the table of replicas, and its probe. */
export interface ReplicaSnapshot {
  readonly number: number;
  readonly url: string;
  readonly process: ProcessState;
  readonly exitCode: number | null;
  /** null: the table has no row of this process. */
  readonly row: ReplicaRecord | null;
  /** The status of /readyz; null: no answer in time. */
  readonly readyz: number | null;
  /** The names of the accounts that the database assigns to it, or leaves to the active one while that is ready. */
  readonly accounts: readonly string[];
}

export interface Snapshot {
  readonly replicas: readonly ReplicaSnapshot[];
  /** null: the table was not read. Else every row is of this time, by the clock of the database. */
  readonly readAtMs: number | null;
}

/** Reads the table of replicas from the database itself, which also answers while no replica is active. */
export class ReplicaTable {
  readonly #database: Database;
  readonly #accounts: ReadonlyMap<AccountId, string>;

  /** @param accounts their names, by id */
  constructor(url: string, accounts: ReadonlyMap<AccountId, string>) {
    this.#accounts = accounts;
    const parsed = parseDatabaseUrl(url);
    if (parsed.kind === "err") throw new Error(parsed.error);
    const server = {
      ...parsed.value,
      password: () => Promise.resolve(""),
      tls: { kind: "plaintext" as const },
    };
    this.#database = new Database({ server, telemetry: SILENT });
  }

  async snapshot(processes: readonly ReplicaProcess[]): Promise<Snapshot> {
    const [rows, statuses] = await Promise.all([
      this.#rows(),
      Promise.all(processes.map(({ url }) => readyz(url))),
    ]);
    const replicas = processes.map((one, index) => ({
      number: one.number,
      url: one.url,
      process: one.state,
      exitCode: one.exitCode,
      row: rows?.find(({ pid }) => pid === one.pid) ?? null,
      readyz: statuses[index] ?? null,
    }));
    return {
      readAtMs: rows?.[0]?.readAtMs ?? null,
      replicas: replicas.map((one) => ({ ...one, accounts: this.#namesOf(one, rows ?? []) })),
    };
  }

  #namesOf(
    { row, readyz }: Pick<ReplicaSnapshot, "row" | "readyz">,
    rows: readonly ReplicaRecord[],
  ): readonly string[] {
    if (row === null || (row.state === "active" && readyz !== 200)) return [];
    const others = new Set(rows.flatMap(({ state, accounts }) => (state === "active" ? [] : accounts)));
    const left = [...this.#accounts.keys()].filter((id) => !others.has(id));
    const ids = row.state === "active" ? left : row.accounts;
    return ids.map((id) => this.#accounts.get(id) ?? id).toSorted();
  }

  close(): Promise<void> {
    return this.#database.close();
  }

  /** null: the first replica has not created the table yet, or the database does not answer. */
  async #rows(): Promise<readonly ReplicaRecord[] | null> {
    try {
      return await readReplicas(this.#database);
    } catch (cause) {
      if (cause instanceof StoreError) return null;
      throw cause;
    }
  }
}

async function readyz(url: string): Promise<number | null> {
  try {
    const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(PROBE_MS) });
    await answer.body?.cancel();
    return answer.status;
  } catch {
    return null; // It does not run, is frozen, or is busy.
  }
}

/** The replica that has the lease and answers as ready; null: there is none now. */
export function readyReplica({ replicas }: Snapshot): number | null {
  const ready = replicas.find(({ row, readyz: status }) => row?.state === "active" && status === 200);
  return ready?.number ?? null;
}
