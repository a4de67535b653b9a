import { resolve } from "node:path";
import { format } from "prettier";
import ts from "typescript-api";
import type { Page } from "../pages/page.ts";
import { SchemaWriter, type Schema } from "./json-schema-of.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const TYPES = resolve(ROOT, "src/compose/outputs.ts");

/** The data file of `grantkeeper schema --output`, made from the types of what the commands print. */
export const outputSchemas: Page = {
  path: "data/output-schemas.json",
  text: () => format(JSON.stringify(schemasOf()), { parser: "json", printWidth: 110 }),
};

interface Schemas {
  readonly outputs: Readonly<Record<string, Schema>>;
  readonly definitions: Readonly<Record<string, Schema>>;
}

function schemasOf(): Schemas {
  const program = ts.createProgram([TYPES], {
    strict: true,
    noEmit: true,
    target: ts.ScriptTarget.ES2024,
    lib: ["lib.es2024.d.ts", "lib.esnext.iterator.d.ts", "lib.esnext.disposable.d.ts"],
    module: ts.ModuleKind.NodeNext,
    allowImportingTsExtensions: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    types: ["node"],
    typeRoots: [resolve(ROOT, "node_modules/@types")],
  });
  const checker = program.getTypeChecker();
  const file = program.getSourceFile(TYPES);
  const declared = file?.statements.find(
    (statement): statement is ts.InterfaceDeclaration =>
      ts.isInterfaceDeclaration(statement) && statement.name.text === "Outputs",
  );
  if (declared === undefined) throw new Error(`${TYPES} has no interface Outputs`);
  const writer = new SchemaWriter(checker);
  const outputs = checker
    .getTypeAtLocation(declared)
    .getProperties()
    .map((output) => [output.name, writer.schemaOf(checker.getTypeOfSymbol(output))] as const);
  return {
    outputs: Object.fromEntries([...outputs].sort(([a], [b]) => (a < b ? -1 : 1))),
    definitions: writer.definitions(),
  };
}
