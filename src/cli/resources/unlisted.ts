import type { OverviewObject } from "../../api/overview.ts";
import type { ResourceObjects } from "../../api/resources.ts";
import { formatOrigin } from "../../model/values/origin.ts";
import type { ApiClient } from "../client/client.ts";
import { printFact, printProblem } from "../screen/print.ts";
import type { Toolbox } from "../toolbox/toolbox.ts";

const AT_MOST = 5;

/**
 * A file that cannot be read declares nothing that a list could show: such files are named on standard error, so that
 * a list without them is not taken for all that Git has.
 */
export async function noteUnlisted(
  { client, diagnostics }: Pick<OverviewObject["status"], "diagnostics"> & { readonly client: ApiClient },
  namespace: string | null,
  toolbox: Toolbox,
): Promise<void> {
  const scope = { namespace: namespace ?? undefined };
  const [functions, policies] = await Promise.all([
    client.list("functionpermissions", scope),
    client.list("managedpolicies", scope),
  ]);
  const listed = new Set([...functions, ...policies].map(fileOf));
  const unlisted = diagnostics.filter(
    ({ severity, origin }) =>
      severity === "error" && !listed.has(origin.file) && isIn(origin.file, namespace),
  );
  const files = [...Map.groupBy(unlisted, ({ origin }) => origin.file).values()];
  for (const [found] of files.slice(0, AT_MOST)) {
    if (found === undefined) continue;
    const { origin, message, fix } = found;
    await printProblem({ level: "error", place: formatOrigin(origin), message, hint: fix }, toolbox);
  }
  const more = files.length - AT_MOST;
  if (more > 0) await printFact(`${more} more files are not read: grantkeeper status -o json`, toolbox);
}

function fileOf({
  status,
}: ResourceObjects["functionpermissions"] | ResourceObjects["managedpolicies"]): string {
  return status.source.file;
}

/** A team's files are in a folder of its name. */
function isIn(file: string, namespace: string | null): boolean {
  return namespace === null || file.split("/").includes(namespace);
}
