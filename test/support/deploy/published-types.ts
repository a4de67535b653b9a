import { join } from "node:path";
import ts from "typescript-api";

const ROOT = join(import.meta.dirname, "../../..");
/** It exists only in memory, where the imports of this repository are found. */
const FILE = join(ROOT, "test/published-types.ts");

/** The errors of a module, which assigns values to types of a package. */
export function typeErrorsIn(text: string): readonly string[] {
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
