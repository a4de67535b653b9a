import { tieOf, type Tie } from "./principal.ts";
import { speaksOf, type Asked } from "./statement.ts";
import {
  readDocument,
  undocumented,
  type Answer,
  type Asker,
  type Documents,
  type Facts,
  type Question,
} from "./world.ts";

/**
 * "An explicit deny in any of these policies overrides the allow"; then the flow for one account, or both accounts'
 * decisions for a request across accounts. Service and resource control policies are none here.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
 */
export function secondOpinion(question: Question, documents: Documents): Answer {
  const asked: Asked = {
    action: question.action,
    resource: question.resource,
    facts: factsOf(question),
  };
  const own = [...documents.identity, ...documents.session, ...boundaryOf(documents)];
  if (own.some((text) => grants(text, "Deny", asked))) return "denied";
  if (tiesOf(question.caller, documents, "Deny", asked).length > 0) return "denied";
  const ties = tiesOf(question.caller, documents, "Allow", asked);
  return isAllowed(question, documents, asked, ties) ? "allowed" : "denied";
}

function isAllowed(question: Question, documents: Documents, asked: Asked, ties: readonly Tie[]): boolean {
  const { caller, resourceAccount } = question;
  // These callers have no policies of their own: only the policy of the resource counts. The same for anonymous callers.
  if (caller.kind === "service" || caller.kind === "federated" || caller.kind === "anonymous")
    return ties.length > 0;
  const own = ownSide(caller, documents, asked);
  // "The request is allowed only if both evaluations return a decision of Allow."
  if (caller.accountId !== resourceAccount) return own && ties.length > 0;
  if (mustAllow(documents, question.resource) && ties.length === 0) return false;
  return own || ties.some((tie) => isEnough(tie, documents, asked));
}

/**
 * Within the account. Given to the user, to the session, or to everyone: implicit denials elsewhere do not matter
 * ("For IAM users and role principals within your account, no other permissions are required" of `*`). Given to a
 * role's ARN: "limited by an implicit deny in a permissions boundary or session policy". Given to the account: the
 * account's policies decide.
 */
function isEnough(tie: Tie, documents: Documents, asked: Asked): boolean {
  if (tie === "direct") return true;
  return tie === "role" && isWithinLimits(documents, asked);
}

/**
 * The decision of the caller's own account: an Allow of its policies within boundary and session policies. The root user has
 * full access. A federated user without a session policy gets nothing from the policies ("Otherwise, the request is
 * implicitly denied").
 */
function ownSide(caller: Asker, documents: Documents, asked: Asked): boolean {
  if (caller.kind === "account") return true;
  if (caller.kind === "federated-user" && documents.session.length === 0) return false;
  return documents.identity.some((text) => grants(text, "Allow", asked)) && isWithinLimits(documents, asked);
}

function isWithinLimits(documents: Documents, asked: Asked): boolean {
  const { session } = documents;
  return (
    boundaryOf(documents).every((text) => grants(text, "Allow", asked)) &&
    (session.length === 0 || session.some((text) => grants(text, "Allow", asked)))
  );
}

/**
 * "IAM role trust policies and KMS key policies must explicitly allow access for principals." Of KMS, keys have one:
 * an alias or `kms:ListKeys` has none.
 */
function mustAllow({ resource }: Documents, arn: string): boolean {
  return resource.kind === "trust" || /^arn:[^:]*:kms:[^:]*:[^:]*:key\//.test(arn);
}

function boundaryOf({ boundary }: Documents): readonly string[] {
  return boundary === null ? [] : [boundary];
}

function grants(text: string, effect: "Allow" | "Deny", asked: Asked): boolean {
  const { version, statements } = readDocument(text);
  return statements.some(
    (statement) => statement["Effect"] === effect && speaksOf(statement, version, asked),
  );
}

function tiesOf(
  caller: Asker,
  { resource, boundary }: Documents,
  effect: "Allow" | "Deny",
  asked: Asked,
): readonly Tie[] {
  if (resource.kind === "none") return [];
  const hasBoundary = boundary !== null;
  const { version, statements } = readDocument(resource.text);
  return statements
    .filter((statement) => statement["Effect"] === effect && speaksOf(statement, version, asked))
    .map((statement) => tieOf(statement, caller, hasBoundary))
    .filter((tie) => tie !== undefined);
}

/**
 * The request's context, with what AWS puts there about the principal: `aws:PrincipalArn` is the role's ARN for a
 * session, `aws:username` is there for IAM users only, `aws:PrincipalAccount` is `anonymous` without one.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
function factsOf({ caller, context }: Question): Facts {
  const given = Object.entries(context).map(([key, values]) => [key.toLowerCase(), values] as const);
  return new Map([...principalFacts(caller), ...given]);
}

function principalFacts(caller: Asker): readonly (readonly [string, readonly string[]])[] {
  if (caller.kind === "anonymous") return [["aws:principalaccount", ["anonymous"]]];
  if (caller.kind === "service" || caller.kind === "federated") return [];
  const arn = caller.kind === "role" ? caller.roleArn : caller.arn;
  const all = [
    ["aws:principalarn", [arn]],
    ["aws:principalaccount", [caller.accountId]],
  ] as const;
  if (caller.kind !== "user") return all;
  const name = arn.split("/").at(-1) ?? undocumented(`the user ${arn}`);
  return [...all, ["aws:username", [name]]];
}
