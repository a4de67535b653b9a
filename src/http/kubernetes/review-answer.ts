import { GROUP } from "../../api/group.ts";
import type { ReviewAnswer, ResourceAttributes, ResourceRule } from "../../api/kubernetes/reviews.ts";
import { RESOURCES, type ResourceName } from "../../api/resources.ts";
import type { TokenScope } from "../../model/values/api-token.ts";
import { accessFor, sees, seesEverything, type Access, type ApiCaller } from "../access/access.ts";

/** The scopes that a `create` needs: any of them. */
const CREATED_WITH: Readonly<Partial<Record<ResourceName, readonly TokenScope[]>>> = {
  accessreports: ["read"],
  adoptionundoplans: ["read"],
  adoptionundos: ["approve"],
  approvals: ["approve"],
  grantproposals: ["read"],
  mergepreviews: ["read"],
  reconciliations: ["reconcile"],
  rejections: ["approve"],
  rollbacks: ["approve"],
  suspensions: ["suspend"],
  whocans: ["read"],
  whys: ["read"],
};

const READS: ReadonlySet<string> = new Set(["get", "list"]);
const CORE_RESOURCES: ReadonlySet<string> = new Set(["namespaces", "events"]);

/** Whether a request with this token would be answered, by the same rules as the request itself. */
export function resourceAccess(caller: ApiCaller, attributes: ResourceAttributes): ReviewAnswer {
  const { group, resource, subresource, verb, namespace } = attributes;
  if (subresource !== "") return no("there are no subresources");
  const names = namesOf(group, resource);
  if (names.length === 0) return no(`${group === "" ? "the core group" : group} has no such resource here`);
  let reason = "";
  for (const name of names) {
    const needed = scopesOf(name, verb);
    if (needed === null) return no(UNCHANGEABLE);
    const access = accessFor(caller, needed);
    if (access === null) return no(`the token lacks the scope ${needed.join(" or ")}`);
    if (namespace !== "" && !sees(access, namespace)) return no("the token may not see the namespace");
    reason = allowedText(access);
  }
  return { allowed: true, reason };
}

const UNCHANGEABLE =
  "Git is the only source: what it declares, and what is computed from it, is read-only here";

function allowedText(access: Access): string {
  return seesEverything(access) ? "the token may see every namespace" : "within the namespaces of the token";
}

function no(reason: string): ReviewAnswer {
  return { allowed: false, reason };
}

interface ReviewedResource {
  readonly group: string;
  readonly resource: string;
}

function namesOf(group: string, resource: string): readonly ReviewedResource[] {
  const own = group === GROUP || group === "*" ? Object.keys(RESOURCES) : [];
  const core = group === "" || group === "*" ? [...CORE_RESOURCES] : [];
  const all = [
    ...own.map((name) => ({ group: GROUP, resource: name })),
    ...core.map((name) => ({ group: "", resource: name })),
  ];
  return resource === "*" ? all : all.filter((one) => one.resource === resource);
}

/** null: no token may do that. */
function scopesOf({ group, resource }: ReviewedResource, verb: string): readonly TokenScope[] | null {
  if (READS.has(verb)) return ["read"];
  if (group !== GROUP || !isResource(resource)) return verb === "watch" ? ["read"] : null;
  if (verb === "watch") return RESOURCES[resource].verbs.includes("watch") ? ["read"] : null;
  if (verb === "patch") return RESOURCES[resource].verbs.includes("patch") ? ["reconcile", "suspend"] : null;
  return verb === "create" ? (CREATED_WITH[resource] ?? null) : null;
}

function isResource(name: string): name is ResourceName {
  return Object.hasOwn(RESOURCES, name);
}

const PATHS = ["/api", "/apis", "/version", "/openapi", "/healthz", "/readyz"];

/** `kubectl auth can-i get /version` */
export function pathAccess(path: string, verb: string): ReviewAnswer {
  const known = PATHS.some((one) => path === one || path.startsWith(`${one}/`));
  return known && verb === "get" ? { allowed: true, reason: "every token may" } : no("there is no such path");
}

/** What the token may do in a namespace, for `kubectl auth can-i --list`. */
export function resourceRules(caller: ApiCaller, namespace: string): readonly ResourceRule[] {
  const names = Object.keys(RESOURCES).filter(isResource);
  const own = names.flatMap((name): readonly ResourceRule[] => {
    const attributes = { ...NO_ATTRIBUTES, group: GROUP, resource: name };
    const within = RESOURCES[name].namespaced ? namespace : "";
    const verbs = RESOURCES[name].verbs.filter(
      (verb) => resourceAccess(caller, { ...attributes, verb, namespace: within }).allowed,
    );
    return verbs.length === 0 ? [] : [{ verbs, apiGroups: [GROUP], resources: [name] }];
  });
  const core = accessFor(caller, ["read"])
    ? [{ verbs: ["get", "list", "watch"], apiGroups: [""], resources: [...CORE_RESOURCES] }]
    : [];
  return [...own, ...core];
}

const NO_ATTRIBUTES: ResourceAttributes = {
  namespace: "",
  verb: "",
  group: "",
  resource: "",
  subresource: "",
};
