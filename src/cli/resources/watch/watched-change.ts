import type { ApiObject } from "../../../api/object.ts";
import type { ResourceObjects } from "../../../api/resources.ts";

/** What `get` lists, without its list from a checkout. */
type ListedResource =
  | "accountsets"
  | "alertroutes"
  | "awsaccounts"
  | "bindings"
  | "changewindows"
  | "coverages"
  | "drifts"
  | "functionpermissions"
  | "functions"
  | "holds"
  | "livefunctions"
  | "managedpolicies"
  | "orphans"
  | "replicas"
  | "sources"
  | "suspensions"
  | "teams"
  | "waivers"
  | "waves";

/** One line of `get --watch`. A removed object is only named. */
export type WatchedChange =
  | { readonly type: "ADDED" | "MODIFIED"; readonly object: ResourceObjects[ListedResource] }
  | { readonly type: "DELETED"; readonly object: ApiObject<ResourceObjects[ListedResource]["kind"]> };
