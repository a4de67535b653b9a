import type { Dialect } from "../model/policy-document.ts";
import { readStatement } from "./statement.ts";

export interface StatementFault {
  /** `Condition.StringEquals`, or "" for the statement. */
  readonly path: string;
  readonly message: string;
  readonly mend: string | null;
}

/** Everything that is wrong with a statement that somebody wrote; empty when IAM takes it. */
export function checkStatement(statement: unknown, dialect: Dialect): readonly StatementFault[] {
  const member = readStatement(statement, { dialect, partition: "aws", accountId: "" });
  return member.kind === "opaque" ? [{ path: "", message: member.reason, mend: null }] : [];
}
