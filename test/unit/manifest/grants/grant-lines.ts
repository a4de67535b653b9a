import type { CompiledStatement } from "../../../../src/model/desired.ts";
import { compileTexts, diagnosticTexts, functionText } from "../../../support/manifests.ts";

const FILE = "teams/orders/a.yaml";

/** Each statement as `effect actions on resources [if condition]`, without the implicit logs. */
export function linesOf(grant: string): readonly string[] {
  const compilation = compileTexts({ [FILE]: functionText("a", `  logs: false\n  grants: [${grant}]\n`) });
  const [binding] = compilation.desired.bindings.values();
  if (binding === undefined) throw new Error(diagnosticTexts(compilation).join("\n"));
  return binding.role.inline.statements.map(lineOf).sort();
}

function lineOf({ statement }: CompiledStatement): string {
  const list = (value: string | readonly string[] | undefined): string => [value ?? []].flat().join(" ");
  const condition = statement.Condition === undefined ? "" : ` if ${JSON.stringify(statement.Condition)}`;
  return `${list(statement.Action)} on ${list(statement.Resource)}${condition}`;
}
