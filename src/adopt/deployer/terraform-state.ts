import { isObject } from "../../text/json-values.ts";

/** The addresses of functions and roles, by ARN. A state also has secrets: nothing else of it is kept. */
export interface TerraformState {
  readonly functions: ReadonlyMap<string, string>;
  readonly roles: ReadonlyMap<string, string>;
}

export const NO_TERRAFORM_STATE: TerraformState = { functions: new Map(), roles: new Map() };

/**
 * From the JSON of `terraform show -json` or `terraform state pull`; undefined for anything else. A resource without an ARN
 * does not exist yet.
 * @see https://developer.hashicorp.com/terraform/internals/json-format
 */
export function terraformState(json: unknown): TerraformState | undefined {
  const found = shownResources(json) ?? pulledResources(json);
  if (found === undefined) return undefined;
  const ofType = (type: string): ReadonlyMap<string, string> =>
    new Map(found.flatMap((one) => (one.type === type ? [[one.arn, one.address] as const] : [])));
  return { functions: ofType("aws_lambda_function"), roles: ofType("aws_iam_role") };
}

/** For an ARN in several states the first counts. */
export function joinedStates(states: readonly TerraformState[]): TerraformState {
  const inOrder = states.toReversed();
  return {
    functions: new Map(inOrder.flatMap(({ functions }) => [...functions])),
    roles: new Map(inOrder.flatMap(({ roles }) => [...roles])),
  };
}

/** `module.orders` contains `module.orders.aws_lambda_function.api["a"]`, and not `module.orders2`. */
export function isWithinAddress(address: string, outer: string): boolean {
  return address === outer || (address.startsWith(outer) && /^[.[]/.test(address.slice(outer.length)));
}

interface StateResource {
  readonly type: string;
  readonly address: string;
  readonly arn: string;
}

function shownResources(json: unknown): readonly StateResource[] | undefined {
  const isShown = isObject(json) && typeof json["format_version"] === "string";
  // A plan has the same marks, and shows what is not there yet.
  if (!isShown || "planned_values" in json) return undefined;
  const { values } = json;
  return isObject(values) ? modulesOf(values["root_module"]).flatMap(ofModule) : [];
}

/** Each module before its children. A loop, since a file may nest them deeper than calls can. */
function modulesOf(root: unknown): readonly Module[] {
  const found: Module[] = [];
  const open = listOf([root]).slice();
  for (let module = open.pop(); module !== undefined; module = open.pop()) {
    found.push(module);
    open.push(...listOf(module["child_modules"]).toReversed());
  }
  return found;
}

type Module = Readonly<Record<string, unknown>>;

function ofModule(module: Module): readonly StateResource[] {
  return listOf(module["resources"]).flatMap((one) =>
    one["mode"] === "managed" && one["deposed_key"] === undefined
      ? resourceOf({ type: one["type"], address: one["address"], attributes: one["values"] })
      : [],
  );
}

/** The form of the state itself, of Terraform 0.12 and later. */
function pulledResources(json: unknown): readonly StateResource[] | undefined {
  if (!isObject(json) || json["version"] !== 4 || !Array.isArray(json["resources"])) return undefined;
  return listOf(json["resources"]).flatMap((one) => {
    const { mode, type, name, module, instances } = one;
    if (mode !== "managed" || typeof type !== "string" || typeof name !== "string") return [];
    const within = typeof module === "string" ? `${module}.` : "";
    return listOf(instances)
      .filter(({ deposed }) => deposed === undefined)
      .flatMap(({ index_key: key, attributes }) =>
        resourceOf({ type, address: `${within}${type}.${name}${instanceKey(key)}`, attributes }),
      );
  });
}

function instanceKey(key: unknown): string {
  return typeof key === "string" || typeof key === "number" ? `[${JSON.stringify(key)}]` : "";
}

function resourceOf(one: Readonly<Record<"type" | "address" | "attributes", unknown>>): StateResource[] {
  const { type, address, attributes } = one;
  const arn = isObject(attributes) ? attributes["arn"] : undefined;
  if (typeof type !== "string" || typeof address !== "string" || typeof arn !== "string") return [];
  return [{ type, address, arn }];
}

function listOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
