import { keyParts, targetText } from "../../model/keys/key.ts";
import type { ApiClient } from "../client/client.ts";
import { connect } from "../client/connect.ts";
import { readOutputSchemas } from "../toolbox/output-schemas.ts";
import { shortSubject } from "../../wording/words.ts";
import type { Toolbox } from "../toolbox/toolbox.ts";

/** Names that only the controller, or a part of the program that is loaded late, knows. */
export type NameSource = "targets" | "namespaces" | "digests" | "suspensions" | "routes" | "outputs";

/** Completion answers while someone types: a controller that is slow is not asked further. */
const TIMEOUT_MS = 1_000;

/** Nothing where the controller cannot be asked: an error has no place in a line that is being typed. */
export async function knownNames(
  source: NameSource,
  given: readonly string[],
  toolbox: Toolbox,
): Promise<readonly string[]> {
  if (source === "outputs") return Object.keys((await readOutputSchemas()).outputs);
  const signal = AbortSignal.any([toolbox.signal, AbortSignal.timeout(TIMEOUT_MS)]);
  try {
    return await FROM_CONTROLLER[source](await connect(connectionOptions(given), { ...toolbox, signal }));
  } catch {
    return [];
  }
}

function connectionOptions(given: readonly string[]): { readonly config?: string; readonly server?: string } {
  const valueOf = (option: string): string | undefined => {
    const at = given.indexOf(option);
    return at < 0 ? undefined : given[at + 1];
  };
  const [config, server] = [valueOf("--config"), valueOf("--server")];
  return { ...(config !== undefined && { config }), ...(server !== undefined && { server }) };
}

const FROM_CONTROLLER: Readonly<
  Record<Exclude<NameSource, "outputs">, (client: ApiClient) => Promise<readonly string[]>>
> = {
  targets: async (client) => {
    const bindings = await client.list("bindings");
    return bindings.map(({ spec, status }) => targetText({ key: spec.key, account: status.account }));
  },
  namespaces: async (client) => {
    const bindings = await client.list("bindings");
    return bindings.map(({ spec }) => keyParts(spec.key).namespace);
  },
  digests: async (client) => {
    const holds = await client.list("holds");
    return holds.map(({ status }) => shortSubject(status.subject));
  },
  routes: async (client) => {
    const routes = await client.list("alertroutes");
    return routes.map(({ metadata }) => metadata.name);
  },
  suspensions: async (client) => {
    const suspensions = await client.list("suspensions");
    return suspensions.map(({ metadata }) => metadata.name);
  },
};
