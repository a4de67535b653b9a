import { typeErrorsIn } from "./published-types.ts";

/** An object of a manifest. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

/** How objects differ from the types that Kubernetes publishes: unknown and missing fields, and values of another type. */
export function typeErrors(objects: readonly KubernetesObject[]): readonly string[] {
  return typeErrorsIn(objects.map(declaration).join("\n"));
}

/** `apps/v1` and `v1`, whose group is `core`, are modules of the package. */
function declaration(object: KubernetesObject, at: number): string {
  const [version = "", group = "core"] = object.apiVersion.split("/").reverse();
  const name = group.replace(/\.k8s\.io$/, "");
  return [
    `import type { ${object.kind} as Kind${at} } from "kubernetes-types/${name}/${version}";`,
    `export const object${at}: Kind${at} = ${JSON.stringify(object)};`,
  ].join("\n");
}
