import type { ApiObject } from "../../api/object.ts";
import { RESOURCES, type ResourceObjects } from "../../api/resources.ts";
import { sees } from "../access/access.ts";
import { accountSets } from "../present/account-sets.ts";
import { shownAlertRoutes } from "../present/alert-routes.ts";
import { bindings, drifts, functions, plans } from "../present/bindings.ts";
import { coverages, liveFunctions } from "../present/coverage.ts";
import { awsAccounts, functionPermissions, managedPolicies, waivers } from "../present/manifests.ts";
import { changeWindows } from "../present/pending/change-windows.ts";
import { holds } from "../present/pending/holds.ts";
import { waves } from "../present/pending/waves.ts";
import { replicas } from "../present/network/replicas.ts";
import { denials, permissions } from "../present/permissions.ts";
import { sources } from "../present/sources.ts";
import { orphans, suspensions } from "../present/suspensions.ts";
import { teams } from "../present/teams.ts";
import { METADATA_FIELDS, type SelectableField } from "../request/field-selector.ts";
import type { Reader } from "../request/reader.ts";

/** Resources that are computed completely; a request selects from them. */
const READ = {
  accountsets: accountSets,
  alertroutes: shownAlertRoutes,
  awsaccounts: awsAccounts,
  bindings,
  changewindows: changeWindows,
  coverages,
  denials,
  drifts,
  functionpermissions: functionPermissions,
  functions,
  holds,
  livefunctions: liveFunctions,
  managedpolicies: managedPolicies,
  orphans,
  permissions,
  plans,
  replicas,
  sources,
  suspensions,
  teams,
  waivers,
  waves,
} as const satisfies {
  readonly [R in keyof ResourceObjects]?: (reader: Reader) => Iterable<ResourceObjects[R]>;
};

export type ReadResource = keyof typeof READ;

export function isReadResource(name: string): name is ReadResource {
  return Object.hasOwn(READ, name);
}

export const READ_RESOURCES = Object.keys(READ) as readonly ReadResource[];

/** The fields by which a request may select objects of a resource; `metadata.name` and `metadata.namespace` of all. */
const FIELDS: { readonly [R in ReadResource]?: readonly SelectableField<ResourceObjects[R]>[] } = {
  bindings: [...METADATA_FIELDS, { path: "status.sync", read: ({ status }) => status.sync }],
};

export function selectorFields(resource: ReadResource): readonly SelectableField<ApiObject<string>>[] {
  return FIELDS[resource] ?? METADATA_FIELDS;
}

/** The only place that limits namespaced objects to those that the token may see. @param namespace null: all of them */
export function* objectsOf(
  reader: Reader,
  resource: ReadResource,
  namespace: string | null,
): Generator<ApiObject<string>, void> {
  const items: Iterable<ApiObject<string>> = READ[resource](reader);
  const isVisible = RESOURCES[resource].namespaced
    ? (own: string) => sees(reader.access, own) && (namespace === null || own === namespace)
    : () => true;
  for (const item of items) if (isVisible(item.metadata.namespace ?? "")) yield item;
}
