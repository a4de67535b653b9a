import type { ApiObject } from "../../api/object.ts";
import { RESOURCES, type ResourceName } from "../../api/resources.ts";
import { isObject } from "../../text/json-values.ts";
import { ApiFailure } from "../request/failure.ts";

/** What manifests declare; everything else is computed. */
const DECLARED: ReadonlySet<ResourceName> = new Set([
  "accountsets",
  "awsaccounts",
  "functionpermissions",
  "managedpolicies",
  "teams",
  "waivers",
]);

/** kubectl shows the message of a Status, and no hint. */
const COMMANDS: { readonly [R in ResourceName]?: string } = {
  holds: "; to answer one: grantkeeper approve DIGEST --reason TEXT",
  suspensions: "; to end one: grantkeeper resume ID --reason TEXT",
};

/** @param object null: the request names none, or the token may not read it */
export function readOnlyFailure(resource: ResourceName, object: ApiObject<string> | null): ApiFailure {
  return new ApiFailure("MethodNotAllowed", `${readOnlyText(resource, object)}${COMMANDS[resource] ?? ""}`);
}

function readOnlyText(resource: ResourceName, object: ApiObject<string> | null): string {
  const place = object === null ? null : placeOf(object);
  const name = object === null ? "" : ` "${object.metadata.name}"`;
  const singular = RESOURCES[resource].kind.toLowerCase();
  if (!DECLARED.has(resource)) {
    const computed = `${resource} are computed by the controller and are read-only`;
    return place === null ? computed : `${computed}: change ${place} and merge it`;
  }
  if (object === null)
    return `${resource} are read-only here: Git is the only source. Change the manifests and merge them`;
  const change = place === null ? "Change its manifest" : `Change ${place}`;
  return `${singular}${name} is read-only here: Git is the only source. ${change} and merge it`;
}

/** `teams/orders/refunds.yaml:1`; null: no document of Git declares it now. */
function placeOf(object: ApiObject<string>): string | null {
  for (const part of [memberOf(object, "status"), memberOf(object, "spec")]) {
    const source = memberOf(part, "source");
    const [file, line] = [memberOf(source, "file"), memberOf(source, "line")];
    if (typeof file === "string" && typeof line === "number") return `${file}:${line}`;
  }
  return null;
}

function memberOf(value: unknown, name: string): unknown {
  return isObject(value) ? value[name] : undefined;
}
