import { CliError } from "../../cli/toolbox/cli-error.ts";
import { inThreads } from "../../cli/toolbox/in-threads.ts";
import type { MoveOutcome } from "../../audit/backup.ts";
import type { MoveCommand } from "../../cli/toolbox/record-commands.ts";
import type { Config } from "../../config/config.ts";
import { clock, SILENT } from "../ports.ts";
import { stateFiles } from "../state-files.ts";

/** @throws CliError, StoreError */
export async function moveRecord(
  { stateDir, instance, database }: Config,
  { to }: MoveCommand,
): Promise<MoveOutcome> {
  if (database === null)
    throw new CliError("the operator's file names no database", "add state.database: docs/postgresql.md");
  if (to !== database.url)
    throw new CliError(`--to is not the URL of state.database: ${database.url}`, "name the same URL in both");
  const { databaseServer } = await import("./server.ts");
  const { moveRecord: move } = await import("../../store/move/move-record.ts");
  const anchorsFile = stateFiles(stateDir).auditAnchors;
  const request = { stateDir, instance, server: databaseServer(database), anchorsFile };
  return move(request, { clock, telemetry: SILENT, inThreads });
}
