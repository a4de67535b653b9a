import { documentText } from "../iam/read/print.ts";
import type { CompiledDocument } from "../model/desired.ts";

/** The JSON of the compiled statements. A document without statements has a text too, which is never written to AWS. */
export function compiledText({ statements }: CompiledDocument): string {
  return documentText(statements.map(({ statement }) => statement));
}
