import { join } from "node:path";
import ts from "typescript-api";

/** An object of a manifest. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

const ROOT = join(import.meta.dirname, "../../..");
/** It exists only in memory, where the imports of this repository are found. */
const FILE = join(ROOT, "test/kubernetes-objects.ts");

/** How objects differ from the types that Kubernetes publishes: unknown and missing fields, and values of another type. */
export function typeErrors(objects: readonly KubernetesObject[]): readonly string[] {
  const options: ts.CompilerOptions = {
    noEmit: true,
    strict: true,
    skipLibCheck: true,
    types: [],
    lib: ["lib.es2022.d.ts"],
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
  };
  const text = objects.map(declaration).join("\n");
  const host = ts.createCompilerHost(options);
  const source = ts.createSourceFile(FILE, text, ts.ScriptTarget.ES2022);
  const inMemory: ts.CompilerHost = {
    ...host,
    fileExists: (file) => file === FILE || host.fileExists(file),
    getSourceFile: (file, ...rest) => (file === FILE ? source : host.getSourceFile(file, ...rest)),
  };
  const program = ts.createProgram([FILE], options, inMemory);
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
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
