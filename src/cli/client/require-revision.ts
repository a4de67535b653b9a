import { CliError } from "../toolbox/cli-error.ts";
import type { OverviewObject } from "../../api/overview.ts";
import type { ApiClient } from "./client.ts";

/**
 * Before the first revision no target has a name yet: what is missing is the revision, not the target.
 * @throws CliError 4 while the source cannot be reached, 3 if its revision is refused or was not read yet
 */
export async function requireRevision(client: ApiClient): Promise<void> {
  requireAccepted((await client.overview()).status);
}

/** @throws CliError as `requireRevision` */
export function requireAccepted({ source }: OverviewObject["status"]): void {
  const { accepted, failure, name } = source;
  if (accepted !== null) return;
  const place = `source ${name}`;
  if (failure === null)
    throw new CliError("no revision was read yet", "grantkeeper status --watch", { exitCode: 3, place });
  const exitCode = failure.refused ? 3 : 4;
  const code = failure.refused ? "Refused" : "Unreachable";
  throw new CliError(failure.message, failure.fix, { exitCode, place, code });
}
