import { documentContext } from "../../diff/documents/document-context.ts";
import { documentText } from "../../iam/read/print.ts";
import type { DesiredBinding } from "../../model/desired.ts";
import type { Statement } from "../../model/aws/policy-document.ts";
import type { CandidateCompiler } from "../recognize/candidate-compiler.ts";
import { nearestGrants, type NearestGrants } from "../recognize/nearest.ts";
import { readRoleStatements, type RoleStatement } from "../recognize/role-statements.ts";

/** The grants that come nearest to a statement of a manifest. */
export interface NearestOfStatement {
  /** `spec.statements[0].statement` */
  readonly path: string;
  readonly nearest: NearestGrants;
}

/** For each statement of the manifest that has some; in the order of the file. */
export function nearestOfManifest(
  binding: DesiredBinding,
  compiler: CandidateCompiler,
): readonly NearestOfStatement[] {
  const { statements } = binding.role.inline;
  const read = (all: readonly Statement[]): readonly RoleStatement[] =>
    readRoleStatements([{ name: "", text: documentText(all) }], documentContext(binding, "identity"))
      .statements;
  const live = new Set(read(statements.map(({ statement }) => statement)).flatMap((one) => one.permissions));
  const authored = statements.filter(
    ({ source, origin }) => source.kind === "statement" && origin.path.startsWith("spec.statements["),
  );
  return authored
    .toSorted((a, b) => a.origin.line - b.origin.line || a.origin.column - b.origin.column)
    .flatMap(({ statement, origin }) =>
      read([statement]).flatMap((one) => {
        const nearest = nearestGrants(one, live, compiler);
        return nearest === null ? [] : [{ path: origin.path, nearest }];
      }),
    );
}
