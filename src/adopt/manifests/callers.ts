import type { ConditionTest } from "../../model/aws/policy-document.ts";
import { principalOf } from "../../model/aws/principal.ts";
import { compareStatements } from "../../iam/compare/equivalence.ts";
import type { DocumentContext, Member, NormalStatement } from "../../iam/document.ts";
import { memberDanger, type Danger } from "../../iam/risk/access.ts";
import { readDocument } from "../../iam/read/parse.ts";
import { writtenStatement } from "../../iam/read/statement.ts";
import { CALLERS } from "../../manifest/callers/catalogue.ts";
import type { CallerEntry } from "../../manifest/callers/entry.ts";
import { statementOf } from "../../manifest/callers/statement.ts";
import { danglingStatement } from "../../diff/callers/dangling.ts";
import { functionArn, type FunctionPlace } from "../../model/aws/arn.ts";
import { distinctMembers } from "../../model/values/lists.ts";
import { sourceWithoutAccount } from "../../guard/rules/callers/callers.ts";
import type { JsonObject } from "../../model/values/json.ts";
import { flowText } from "../../text/yaml/flow-text.ts";
import type { EstateFunction } from "../estate/estate.ts";
import { ruleTest } from "../estate/event-rules.ts";
import { byText, byTextOf } from "../../text/order.ts";
import { callerFields, type CallerFields, type InvokingParts } from "./caller-fields.ts";

export interface ImportedCaller extends CallerFields {
  /** null: the unqualified function. */
  readonly qualifier: string | null;
  /** It lets everyone call the function, such as a URL without authentication. */
  readonly isPublic: boolean;
}

/** A statement that no caller of the catalogue equals: it stays in AWS and is not declared. */
export interface UndeclaredCaller {
  readonly qualifier: string | null;
  readonly sid: string | null;
  readonly danger: Danger;
  /** Its principal was deleted: unique ids, sorted. */
  readonly deletedPrincipals: readonly string[];
  /** It allows deleted principals alone: no call depends on it. */
  readonly isDead: boolean;
  /** A test for the source that contains a wildcard. */
  readonly wildcardSource: string | null;
  /** The test that rules of EventBridge pass; null: it is not a test for a pattern of rules alone. */
  readonly ruleTest: ConditionTest | null;
  /** Why a later owner of the source's name could call it, as INV-002 words it; null: that rule is not broken. */
  readonly looseSource: string | null;
  /** The caller of the catalogue that would also test the owner of the source, as YAML; null: there is none. */
  readonly ownedSource: string | null;
}

export interface ImportedCallers {
  /** Sorted by qualifier, caller and fields. */
  readonly callers: readonly ImportedCaller[];
  readonly undeclared: readonly UndeclaredCaller[];
}

/** Callers that mean the same as statements of the resource policies that were read. */
export function importedCallers(found: EstateFunction, place: FunctionPlace): ImportedCallers {
  const context: DocumentContext = { dialect: "resource", ...place };
  const parts = [...found.policies]
    .toSorted(([a], [b]) => byText(a, b))
    .flatMap(([qualifier, policy]) => {
      if (policy.kind === "unknown" || policy.value === null) return [];
      const parsed = readDocument(policy.value.text, context);
      const members = parsed.kind === "parsed" ? parsed.document.members : [];
      return [callersOf(members, { found, qualifier: qualifier === "" ? null : qualifier, place, context })];
    });
  return {
    callers: parts.flatMap(({ callers }) => callers),
    undeclared: parts.flatMap(({ undeclared }) => undeclared),
  };
}

interface PolicyPlace {
  readonly found: EstateFunction;
  readonly qualifier: string | null;
  readonly place: FunctionPlace;
  readonly context: DocumentContext;
}

function callersOf(members: readonly Member[], at: PolicyPlace): ImportedCallers {
  const candidates = members.flatMap((member) =>
    member.kind === "opaque" ? [] : callerFields(invokingParts(member), at.place),
  );
  const accepted = distinctMembers(candidates).flatMap((candidate) => {
    const equal = equalMembers(candidate, members, at);
    return equal === null ? [] : [{ candidate, equal }];
  });
  const declared = new Set(accepted.flatMap(({ equal }) => equal));
  const callers = accepted.map(({ candidate, equal }) => {
    const isPublic = equal.some((member) => memberDanger(member, at.context) === "public");
    return { ...candidate, qualifier: at.qualifier, isPublic };
  });
  return {
    callers: callers.toSorted(byTextOf(({ caller, fields }) => `${caller} ${JSON.stringify(fields)}`)),
    undeclared: members.filter((member) => !declared.has(member)).map((member) => undeclared(member, at)),
  };
}

/** The live statements that mean what the caller compiles to; null if one of its statements is missing. */
function equalMembers(
  { caller, fields }: CallerFields,
  members: readonly Member[],
  { found, qualifier, place, context }: PolicyPlace,
): readonly Member[] | null {
  const entry = CALLERS[caller] as unknown as CallerEntry;
  const checked = entry.fields.safeParse(fields);
  if (!checked.success || JSON.stringify(fields).includes("${")) return null;
  const callee = functionArn(place, found.name, qualifier);
  const equal = entry.expand(checked.data, place).map((permission) => {
    const wanted = statementOf(permission, callee, place.partition);
    return members.find(
      (member) =>
        member.kind === "statement" &&
        compareStatements(wanted, writtenStatement(member), context) !== "security",
    );
  });
  const known = equal.filter((member) => member !== undefined);
  return known.length === equal.length ? known : null;
}

function invokingParts({ principals, conditions }: NormalStatement): InvokingParts {
  const [principal = "", ...others] = principals?.negated === false ? principals.values : [];
  const valueOf = (key: string): string | null => {
    const [value = null, ...more] = conditions.find((test) => test.key === key)?.values ?? [];
    return more.length === 0 ? value : null;
  };
  return {
    principal: others.length > 0 ? "" : principalOf(principal).value,
    sourceArn: valueOf("aws:sourcearn"),
    sourceAccount: valueOf("aws:sourceaccount"),
    organization: valueOf("aws:principalorgid"),
    token: valueOf("lambda:eventsourcetoken"),
    isOfUrl: valueOf("lambda:functionurlauthtype") !== null,
  };
}

/** An S3 event names a bucket, whose ARN has no account. */
function ownedBucket(member: NormalStatement, place: FunctionPlace): string | null {
  const [candidate] = callerFields(invokingParts(member), place);
  if (candidate?.caller !== "s3" || !CALLERS.s3.fields.safeParse(candidate.fields).success) return null;
  return flowText({ s3: candidate.fields as JsonObject });
}

function undeclared(member: Member, { qualifier, context, place }: PolicyPlace): UndeclaredCaller {
  const loose = member.kind === "opaque" ? null : sourceWithoutAccount({ normal: member });
  const dangling = danglingStatement(member);
  const source =
    member.kind === "opaque" ? null : member.conditions.find(({ key }) => key === "aws:sourcearn");
  return {
    qualifier,
    sid: member.sid,
    danger: memberDanger(member, context),
    deletedPrincipals: dangling?.ids ?? [],
    isDead: dangling?.isDead === true,
    wildcardSource: source?.values.find((value) => value.includes("*")) ?? null,
    ruleTest: ruleTest(member),
    looseSource: loose?.why ?? null,
    ownedSource: loose === null || member.kind === "opaque" ? null : ownedBucket(member, place),
  };
}
