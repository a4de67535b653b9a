import type { OverviewObject } from "../../api/overview.ts";
import { rolledBackSources, sourceRollbackText } from "../../wording/rollback.ts";
import { CliError } from "../toolbox/cli-error.ts";
import type { Toolbox } from "../toolbox/toolbox.ts";
import { printNote } from "./print.ts";

/**
 * Notes the rollbacks of the sources that declare these namespaces: Git may declare something newer than what is shown.
 * @param namespaces null in it: the platform source; instead of it: every source that the token sees
 */
export async function noteRollbacks(
  sources: Pick<OverviewObject["status"], "source" | "namespaceSources">,
  namespaces: Iterable<string | null> | null,
  toolbox: Toolbox,
): Promise<void> {
  const nowMs = toolbox.clock.nowMs();
  for (const rollback of rolledBackSources(sources, namespaces))
    await printNote(sourceRollbackText(rollback, nowMs), toolbox);
}

/** The same of an answer to a question, which has the revisions in force alone. The answer stays if this is not known. */
export async function noteAskedRollbacks(
  client: { readonly overview: () => Promise<OverviewObject> },
  namespaces: Iterable<string | null> | null,
  toolbox: Toolbox,
): Promise<void> {
  const sources = await client.overview().then(({ status }) => status, problemOf);
  if (sources instanceof CliError)
    await printNote(`whether a rollback is in force is not known: ${sources.message}`, toolbox);
  else await noteRollbacks(sources, namespaces, toolbox);
}

/** A fault of this program, and an interruption, end the command. */
function problemOf(error: unknown): CliError {
  if (error instanceof CliError) return error;
  throw error;
}
