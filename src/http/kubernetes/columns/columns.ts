import type { ApiObject } from "../../../api/object.ts";
import type { ResourceObjects } from "../../../api/resources.ts";
import { AWS_ACCOUNT } from "./accounts.ts";
import { CHANGE_WINDOW } from "./change-windows.ts";
import { AGE, NAME, type TableColumn } from "./column.ts";
import { HOLD } from "./holds.ts";
import { BINDING, DRIFT, PLAN } from "./keys.ts";
import { REPLICA } from "./replicas.ts";
import { SOURCE } from "./sources.ts";
import { FUNCTION_PERMISSION, MANAGED_POLICY } from "./owners.ts";

type ResourceColumns = { readonly [R in keyof ResourceObjects]?: readonly TableColumn<ResourceObjects[R]>[] };

/** Of each resource that has more to show than its name and its age. */
const COLUMNS: ResourceColumns = {
  awsaccounts: AWS_ACCOUNT,
  bindings: BINDING,
  changewindows: CHANGE_WINDOW,
  drifts: DRIFT,
  functionpermissions: FUNCTION_PERMISSION,
  holds: HOLD,
  managedpolicies: MANAGED_POLICY,
  plans: PLAN,
  replicas: REPLICA,
  sources: SOURCE,
};

export function columnsOf(resource: keyof ResourceObjects): readonly TableColumn<ApiObject<string>>[] {
  return COLUMNS[resource] ?? [NAME, AGE];
}
