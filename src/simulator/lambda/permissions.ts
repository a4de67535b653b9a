import { type Call, type Operation, SimulatedError, own } from "../contract.ts";
import { mapPrincipals } from "../grammar/principal.ts";
import { conflict, invalidParameter, functionNotFound, preconditionFailed } from "./errors.ts";
import { optionalJsonText, requiredText } from "./input.ts";
import { composedStatement, invalidPrincipal, type StoredStatement } from "./statement.ts";
import type { FunctionState, LambdaState, FunctionPolicy } from "./state.ts";
import {
  targetArnText,
  functionAt,
  type FunctionReference,
  functionReferenceOf,
  isAliasName,
} from "./target.ts";

/** The maximum length of the policy of one qualifier. */
const LONGEST_POLICY = 20_480;

export const addPermission: Operation<LambdaState> = (state, input, call) => {
  const target = functionReferenceOf(input, call);
  if (target.qualifier === "$LATEST") {
    throw invalidParameter("We currently do not support adding policies for $LATEST.");
  }
  const found = functionAt(state, { name: target.name, qualifier: undefined }, call);
  checkHasQualifier(found, target, call);
  const policy = policyOf(found, target);
  checkRevision(optionalJsonText(input, "RevisionId"), policy?.revisionId ?? aliasRevision(found, target));
  const statements = policy === undefined ? [] : statementsOf(policy);
  const sid = requiredText(input, "StatementId");
  if (statements.some((statement) => statement["Sid"] === sid)) {
    throw conflict(
      `The statement id (${sid}) provided already exists. Please provide a new statement id, or remove the existing statement.`,
    );
  }
  const statement = composedStatement(input, targetArnText(call, target), call);
  if (policy !== undefined && hasDanglingPrincipal(policy, call)) throw invalidPrincipal();
  const document = {
    ...(policy?.document ?? { Version: "2012-10-17", Id: "default" }),
    Statement: [...statements, statement],
  };
  checkLength(document, call);
  found.policies[keyOf(target)] = { revisionId: call.newId(""), document };
  return { Statement: JSON.stringify(shownStatement(statement, call)) };
};

export const removePermission: Operation<LambdaState> = (state, input, call) => {
  const target = functionReferenceOf(input, call);
  const found = own(state.functions, target.name);
  if (found === undefined) {
    throw functionNotFound(
      `No policy found for: ${targetArnText(call, { name: target.name, qualifier: undefined })}`,
    );
  }
  checkHasQualifier(found, target, call);
  const policy = policyOf(found, target);
  if (policy === undefined) throw functionNotFound("No policy is associated with the given resource.");
  const statements = statementsOf(policy);
  const sid = requiredText(input, "StatementId");
  const rest = statements.filter((statement) => statement["Sid"] !== sid);
  if (rest.length === statements.length)
    throw functionNotFound(`Statement ${sid} is not found in resource policy.`);
  checkRevision(optionalJsonText(input, "RevisionId"), policy.revisionId);
  const document = { ...policy.document, Statement: rest };
  if (rest.length === 0) delete found.policies[keyOf(target)];
  else found.policies[keyOf(target)] = { revisionId: call.newId(""), document };
  return {};
};

export const getPolicy: Operation<LambdaState> = (state, input, call) => {
  const target = functionReferenceOf(input, call);
  const found = own(state.functions, target.name);
  const policy = found === undefined ? undefined : policyOf(found, target);
  // Intentional: AWS returns the same error for a missing function, a missing qualifier and a missing policy.
  if (policy === undefined) throw functionNotFound("The resource you requested does not exist.");
  return { Policy: JSON.stringify(shownDocument(policy.document, call)), RevisionId: policy.revisionId };
};

function keyOf(target: FunctionReference): string {
  return target.qualifier ?? "$LATEST";
}

function policyOf(found: FunctionState, target: FunctionReference): FunctionPolicy | undefined {
  return own(found.policies, keyOf(target));
}

function checkHasQualifier(found: FunctionState, target: FunctionReference, call: Call): void {
  const { qualifier } = target;
  if (qualifier === undefined || own(found.versions, qualifier) !== undefined) return;
  if (own(found.aliases, qualifier) !== undefined) return;
  const missing = isAliasName(qualifier) ? "Cannot find alias arn" : "Function not found";
  throw functionNotFound(`${missing}: ${targetArnText(call, target)}`);
}

/**
 * If an alias has no policy yet, AWS uses the RevisionId of the alias. The behaviour for functions and versions is not
 * known.
 */
function aliasRevision(found: FunctionState, target: FunctionReference): string | undefined {
  return own(found.aliases, keyOf(target))?.revisionId;
}

function checkRevision(given: string | undefined, latest: string | undefined): void {
  if (given !== undefined && given !== latest) throw preconditionFailed("GetPolicy");
}

/** A full-JSON policy may have a single statement instead of a list. */
function statementsOf(policy: FunctionPolicy): readonly StoredStatement[] {
  const { Statement: statement } = policy.document;
  const list: readonly unknown[] = Array.isArray(statement) ? statement : [statement];
  return list.filter(isStatement);
}

function isStatement(value: unknown): value is StoredStatement {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const UNIQUE_ID = /^A(?:ROA|IDA)[A-Z0-9]+$/;

/** Shows the ids of roles and users as ARNs, and those of deleted ones as the bare id. */
function shownDocument(document: unknown, call: Call): unknown {
  return mapPrincipals(document, (principal) =>
    UNIQUE_ID.test(principal) ? (call.iam.principalArn(principal) ?? principal) : principal,
  );
}

function shownStatement(statement: StoredStatement, call: Call): unknown {
  const shown = shownDocument({ Statement: statement }, call);
  return isStatement(shown) ? shown["Statement"] : undefined;
}

function hasDanglingPrincipal(policy: FunctionPolicy, call: Call): boolean {
  let isDangling = false;
  mapPrincipals(policy.document, (principal) => {
    if (UNIQUE_ID.test(principal) && call.iam.principalArn(principal) === undefined) isDangling = true;
    return principal;
  });
  return isDangling;
}

function checkLength(document: unknown, call: Call): void {
  const { length } = JSON.stringify(shownDocument(document, call));
  if (length <= LONGEST_POLICY) return;
  const message = `The final policy size (${length}) is bigger than the limit (${LONGEST_POLICY}).`;
  throw new SimulatedError("PolicyLengthExceededException", message, 400);
}
