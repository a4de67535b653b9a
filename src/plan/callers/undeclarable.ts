import { readPermission } from "../../iam/read/add-permission.ts";
import { readStatement } from "../../iam/read/statement.ts";
import { isOpen } from "../../iam/risk/access.ts";
import { danglingStatement } from "../../diff/callers/dangling.ts";
import { documentContext } from "../../diff/documents/document-context.ts";
import { functionInArn } from "../../model/aws/arn.ts";
import type { Withheld } from "../../model/plan.ts";
import { isObject } from "../../text/json-values.ts";
import type { BindingScope, driftsOf } from "../inputs/scope.ts";

export type ExtraDrift = ReturnType<typeof driftsOf<"statement-extra">>[number];

/**
 * The statements because of which `undeclaredCallers: remove` is not carried out: live, not in Git, and in a form that no
 * manifest can declare. Removing them would revoke access that no manifest could keep. They keep the function's
 * other undeclared callers too, until an operator has decided; what opens the function is removed all the same.
 */
export function undeclarable(extra: readonly ExtraDrift[], scope: BindingScope): readonly Withheld[] {
  if (scope.binding.undeclaredCallers !== "remove") return [];
  return extra.filter((drift) => isKept(drift, scope)).flatMap((drift) => withheldFor(drift) ?? []);
}

/** Removed only because it is not in Git. */
export function isKept({ change, live }: ExtraDrift, { binding }: BindingScope): boolean {
  if (change.ours || isOpen(change.danger)) return false;
  const statement: unknown = JSON.parse(live ?? "null");
  return danglingStatement(readStatement(statement, documentContext(binding, "resource"))) === null;
}

function withheldFor({ subject, change, live }: ExtraDrift): Withheld | null {
  const statement: unknown = JSON.parse(live ?? "null");
  const reading = readPermission(isObject(statement) ? statement : {}, subject);
  if (reading.kind === "permission") return null;
  const why = reading.faults[0]?.message ?? "it has no principal and action";
  const name = change.sid === null ? "a statement without a Sid" : `statement "${change.sid}"`;
  return {
    kind: "not-in-this-version",
    subject,
    reason: `undeclaredCallers: remove is not carried out: no manifest can declare ${name} (${why})`,
    fix: `set undeclaredCallers: report, or remove the statement: ${removalOf(subject, change)}`,
  };
}

function removalOf(subject: string, { sid, qualifier }: ExtraDrift["change"]): string {
  const { region = "", name = "" } = functionInArn(subject) ?? {};
  const at = `--region ${region} --function-name ${name}`;
  if (sid === null) return `aws lambda get-policy ${at}   then restore the policy without it`;
  const alias = qualifier === null ? "" : ` --qualifier ${qualifier}`;
  return `aws lambda remove-permission ${at} --statement-id ${sid}${alias}`;
}
