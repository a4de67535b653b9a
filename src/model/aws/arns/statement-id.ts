/** A statement of a function's policy. */
export interface StatementInId {
  /** Of the function, with the qualifier whose policy has the statement. */
  readonly arn: string;
  readonly sid: string;
}

/** `FUNCTION-ARN#SID`, as the inventory and orphans name a statement. Only this file composes and reads such ids. */
export function statementId(arn: string, sid: string): string {
  return `${arn}#${sid}`;
}

/** null: the id is not that of a statement. */
export function statementInId(id: string): StatementInId | null {
  const at = id.indexOf("#");
  return at === -1 ? null : { arn: id.slice(0, at), sid: id.slice(at + 1) };
}
