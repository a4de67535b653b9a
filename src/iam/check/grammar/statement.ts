import type { Dialect } from "../../../model/aws/policy-document.ts";
import { nearestName } from "../../../text/nearest-name.ts";
import { ELEMENTS } from "../../read/statement.ts";
import { isObject } from "../../../text/json-values.ts";
import { conditionFaults } from "./condition.ts";
import { fault, SYNTAX, syntaxRefusal, textFaults, type PolicyFault } from "./fault.ts";
import { principalFaults } from "./principal.ts";
import { resourceFaults } from "./resource.ts";
import type { ValuePath } from "../../../text/located/value-path.ts";

type RawStatement = Readonly<Record<string, unknown>>;

/** Everything that is wrong in a statement that a person wrote, in the order of the elements; empty when IAM accepts it. */
export function checkStatement(statement: unknown, dialect: Dialect): readonly PolicyFault[] {
  if (!isObject(statement)) {
    const message = "a statement is an object";
    return [
      fault({
        steps: [],
        message,
        fix: "write Effect, Action and Resource",
        identityRefusal: syntaxRefusal(statement),
      }),
    ];
  }
  return withoutMisspelled(statement, [
    ...unknownElements(statement),
    ...sidFaults(statement["Sid"], dialect),
    ...effectFaults(statement["Effect"]),
    ...principalPart(statement, dialect),
    ...actionPart(statement, dialect),
    ...resourcePart(statement, dialect),
    ...(statement["Condition"] === undefined ? [] : conditionFaults(statement["Condition"])),
  ]);
}

/** An element in another case (`effect`) is reported as unknown, and not also as missing. */
function withoutMisspelled(statement: RawStatement, faults: readonly PolicyFault[]): readonly PolicyFault[] {
  const lowerCaseNames = new Set(Object.keys(statement).map((name) => name.toLowerCase()));
  return faults.filter(({ steps: [element] }) => {
    const isMissing = typeof element === "string" && !Object.hasOwn(statement, element);
    return !isMissing || !lowerCaseNames.has(element.toLowerCase());
  });
}

function unknownElements(statement: RawStatement): readonly PolicyFault[] {
  const unknown = Object.keys(statement).filter((name) => !(ELEMENTS as readonly string[]).includes(name));
  return unknown.map((name) => {
    const meant = nearestName(name, ELEMENTS);
    const fix = meant === undefined ? "remove it" : `write "${meant}"`;
    const message = `unknown element "${name}"`;
    return fault({ steps: [name], at: "name", message, fix, identityRefusal: SYNTAX });
  });
}

/**
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html "sid_string"
 * The refusal is what CreatePolicy answered in the CloudTrail records that flaws.cloud published (2021-02-24).
 */
function sidFaults(sid: unknown, dialect: Dialect): readonly PolicyFault[] {
  if (sid === undefined) return [];
  const ofResource = dialect === "resource";
  const pattern = ofResource ? /^[A-Za-z0-9_-]{1,100}$/ : /^[A-Za-z0-9]*$/;
  if (typeof sid === "string" && pattern.test(sid)) return [];
  const fix = ofResource ? "use up to 100 letters, digits, - and _" : "use letters and digits only";
  const identityRefusal =
    typeof sid === "string"
      ? "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*"
      : syntaxRefusal(sid);
  return [
    fault({ steps: ["Sid"], message: `Sid ${JSON.stringify(sid)} is not allowed`, fix, identityRefusal }),
  ];
}

function effectFaults(effect: unknown): readonly PolicyFault[] {
  const steps = ["Effect"];
  const fix = 'write "Allow" or "Deny"';
  if (effect === "Allow" || effect === "Deny") return [];
  if (effect === undefined)
    return [fault({ steps, message: "Effect is missing", fix, identityRefusal: SYNTAX })];
  const meant = typeof effect === "string" ? nearestName(effect, ["Allow", "Deny"]) : undefined;
  const isOtherCase = typeof effect === "string" && meant?.toLowerCase() === effect.toLowerCase();
  return [
    fault({
      steps,
      message: `Effect is "Allow" or "Deny" exactly, not ${JSON.stringify(effect)}`,
      fix: meant === undefined ? fix : `write "${meant}"`,
      identityRefusal: isOtherCase ? "The policy failed legacy parsing" : syntaxRefusal(effect),
    }),
  ];
}

/** The fault of a pair of elements of which exactly one must be there; undefined when it is. */
function pairFault(
  statement: RawStatement,
  name: string,
  whenMissing: string | null,
): PolicyFault | undefined {
  const not = `Not${name}`;
  if (name in statement && not in statement) {
    const message = `${name} and ${not} exclude each other`;
    return fault({ steps: [not], at: "name", message, fix: "remove one of them", identityRefusal: SYNTAX });
  }
  if (name in statement || not in statement) return undefined;
  const message = `${name} is missing`;
  return fault({ steps: [name], message, fix: `write ${name}`, identityRefusal: whenMissing });
}

function principalPart(statement: RawStatement, dialect: Dialect): readonly PolicyFault[] {
  if (dialect === "identity" || dialect === "boundary") return refused(statement, "Principal", dialect);
  const pair = pairFault(statement, "Principal", null);
  if (pair !== undefined) return [pair];
  const name = "Principal" in statement ? "Principal" : "NotPrincipal";
  return principalFaults(name, statement[name], dialect);
}

const NO_RESOURCES = "Policy statement must contain resources.";
const NO_ACTIONS = "Policy statement must contain actions.";

function resourcePart(statement: RawStatement, dialect: Dialect): readonly PolicyFault[] {
  if (dialect === "trust") return refused(statement, "Resource", dialect);
  const pair = pairFault(statement, "Resource", NO_RESOURCES);
  if (pair !== undefined) return [pair];
  const name = "Resource" in statement ? "Resource" : "NotResource";
  return textFaults([name], statement[name], { check: resourceFaults, whenEmpty: NO_RESOURCES });
}

function refused(statement: RawStatement, name: string, dialect: Dialect): readonly PolicyFault[] {
  return [name, `Not${name}`]
    .filter((element) => element in statement)
    .map((element) =>
      fault({
        steps: [element],
        at: "name",
        message: `${element} has no place in a statement of a ${NAMES[dialect]}`,
        fix: "remove it",
        ...REFUSED[name],
      }),
    );
}

/** @see https://github.com/hashicorp/terraform/issues/13449 and https://github.com/kubernetes-sigs/external-dns/issues/3085 */
const REFUSED: Readonly<Record<string, Pick<PolicyFault, "identityRefusal" | "trustRefusal">>> = {
  Principal: { identityRefusal: "Policy document should not specify a principal.", trustRefusal: null },
  Resource: { identityRefusal: null, trustRefusal: "Has prohibited field Resource" },
};

const NAMES = {
  identity: "role's policy",
  boundary: "boundary",
  trust: "trust policy",
  resource: "resource policy",
} as const satisfies Record<Dialect, string>;

function actionPart(statement: RawStatement, dialect: Dialect): readonly PolicyFault[] {
  const pair = pairFault(statement, "Action", NO_ACTIONS);
  if (pair !== undefined) return [pair];
  const name = "Action" in statement ? "Action" : "NotAction";
  const check = (steps: readonly (string | number)[], action: string): readonly PolicyFault[] =>
    actionFaults(steps, action, dialect);
  return textFaults([name], statement[name], { check, whenEmpty: NO_ACTIONS });
}

const AS_WRITTEN = 'write it as "service:Action"';

function actionFaults(steps: ValuePath, action: string, dialect: Dialect): readonly PolicyFault[] {
  if (action === "*") return [];
  const [service = "", ...rest] = action.split(":");
  if (rest.length === 0) {
    const message = `action "${action}" has no service prefix`;
    const identityRefusal = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.";
    return [fault({ steps, message, fix: AS_WRITTEN, identityRefusal })];
  }
  if (rest.length > 1) {
    const message = `action "${action}" has more than one colon`;
    const identityRefusal = "Actions/Condition can contain only one colon.";
    return [fault({ steps, message, fix: AS_WRITTEN, identityRefusal })];
  }
  if (/^[A-Za-z0-9.*?_-]+$/.test(service)) return dialect === "trust" ? trustFaults(steps, action) : [];
  const message = `"${service}" is not a service prefix`;
  const fix = "use the prefix of AWS's action list, such as s3";
  return [fault({ steps, message, fix, identityRefusal: `Vendor ${service} is not valid` })];
}

/** What a role can be asked for. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html */
const ROLE_ACTIONS: readonly string[] = [
  "sts:AssumeRole",
  "sts:AssumeRoleWithSAML",
  "sts:AssumeRoleWithWebIdentity",
  "sts:SetContext",
  "sts:SetSourceIdentity",
  "sts:TagSession",
];
const KNOWN: ReadonlySet<string> = new Set(ROLE_ACTIONS.map((action) => action.toLowerCase()));

function trustFaults(steps: ValuePath, action: string): readonly PolicyFault[] {
  if (/[*?]/.test(action) || KNOWN.has(action.toLowerCase())) return [];
  const fix = `write "${nearestName(action, ROLE_ACTIONS) ?? "sts:AssumeRole"}"`;
  return [fault({ steps, message: `a role can't be asked for "${action}"`, fix })];
}
