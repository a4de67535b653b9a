import { hostname, userInfo } from "node:os";
import type { LossOutcome } from "../../audit/backup.ts";
import { CliError } from "../../cli/toolbox/cli-error.ts";
import type { AcceptLossCommand } from "../../cli/toolbox/record-commands.ts";
import type { Config } from "../../config/config.ts";
import { clock, SILENT } from "../ports.ts";
import { VERSION } from "../version.ts";
import { databaseOptions, replicaIdentity } from "./open-record.ts";
import { databaseServer } from "./server.ts";

/** A failover that was noticed just now keeps the lease for less. */
const WITHIN_MS = 60_000;

/** @throws CliError, StoreError */
export async function acceptDatabaseLoss(
  config: Config,
  { reason }: AcceptLossCommand,
): Promise<LossOutcome> {
  if (config.database === null)
    throw new CliError(
      "the operator's file names no database",
      "a record in the state directory is restored from a backup: docs/operations/backup-and-restore.md",
    );
  const { acceptLoss } = await import("../../store/postgres/accept-loss.ts");
  const server = databaseServer(config.database);
  const options = { ...databaseOptions(config, SILENT), server };
  const holder = { replica: await replicaIdentity(config), clock, steadyMs: () => performance.now() };
  const actor = `${userInfo().username} on ${hostname()}`;
  const decision = reason === null ? null : { actor, reason, version: VERSION, withinMs: WITHIN_MS };
  return acceptLoss(options, holder, decision);
}
