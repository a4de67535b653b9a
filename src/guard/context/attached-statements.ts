import { decodeDocument } from "../../iam/read/decode.ts";
import { arnParts } from "../../model/aws/arn.ts";
import type { Statement } from "../../model/aws/policy-document.ts";
import type { Attachment, CompiledStatement, DesiredBinding } from "../../model/desired.ts";
import type { Origin } from "../../model/values/origin.ts";
import { isObject } from "../../text/json-values.ts";
import { type GuardContext, knownText } from "./context.ts";

/** A statement of an attached policy that no manifest declares. */
export interface AttachedStatement {
  readonly arn: string;
  readonly compiled: CompiledStatement;
}

/**
 * The statements of attached customer-managed policies that no manifest declares, as read from AWS: people wrote them.
 * Declared ones are judged at their own manifest. Policies of AWS answer to ACT-001 and to the rules about complete roles.
 */
export function attachedStatements(
  { role }: DesiredBinding,
  context: GuardContext,
): readonly AttachedStatement[] {
  return role.attachments
    .filter((attachment) => isForeign(attachment, context))
    .flatMap(({ arn, origin }) =>
      statementsOf(arn, context).map((statement) => ({
        arn,
        compiled: undeclaredStatement(statement, origin),
      })),
    );
}

/** A statement that was read from AWS, in the form of a declared one: no manifest gives it an end or a reason. */
export function undeclaredStatement(statement: Statement, origin: Origin): CompiledStatement {
  const source = { kind: "statement" } as const;
  return { statement, source, origin, until: null, reason: null, wildcardReason: null };
}

function isForeign({ arn, policy }: Attachment, { desired }: GuardContext): boolean {
  const isDeclared = policy !== null && desired.policies.has(policy);
  return !isDeclared && arnParts(arn).accountId !== "aws";
}

function statementsOf(arn: string, context: GuardContext): readonly Statement[] {
  const text = knownText(arn, context);
  return text === null ? [] : context.index.shared.statementsOf(text, () => statementsIn(text));
}

function statementsIn(text: string): readonly Statement[] {
  const decoded = decodeDocument(text);
  if (decoded.kind === "unreadable" || !isObject(decoded.value)) return [];
  return [decoded.value["Statement"]].flat().filter(isObject) as unknown as readonly Statement[];
}
