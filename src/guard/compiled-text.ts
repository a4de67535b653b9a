import { documentText } from "../iam/read/print.ts";
import type { CompiledDocument } from "../model/desired.ts";

/** The document of the compiled statements; of one without statements too, which is never written to AWS. */
export function compiledText({ statements }: CompiledDocument): string {
  return documentText(statements.map(({ statement }) => statement));
}
