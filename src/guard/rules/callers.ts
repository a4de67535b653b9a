import { dangerOf } from "../../iam/risk/access.ts";
import type { DocumentContext, NormalStatement } from "../../iam/document.ts";
import { readStatement } from "../../iam/read/statement.ts";
import { arnParts, functionArn } from "../../model/arn.ts";
import type { DesiredBinding, DesiredCaller } from "../../model/desired.ts";
import { documentContext } from "../effective-role.ts";
import type { Breach } from "./rule.ts";
import { breachOf, listed } from "./written.ts";

interface Caller {
  readonly caller: DesiredCaller;
  readonly binding: DesiredBinding;
  readonly context: DocumentContext;
  /** null: not understood; then only what can be told from the text is judged. */
  readonly normal: NormalStatement | null;
}

interface Said {
  readonly why: string;
  readonly fix: string;
}

type JudgeCaller = (caller: Caller) => Said | null;

/** A rule of each statement of the function's resource policy. */
export function eachCaller(rule: string, judge: JudgeCaller): (binding: DesiredBinding) => readonly Breach[] {
  return (binding) => {
    const context: DocumentContext = { ...documentContext(binding), dialect: "resource" };
    return binding.callers.flatMap((caller) => {
      const member = readStatement(caller.statement, context);
      const normal = member.kind === "statement" ? member : null;
      const said = judge({ caller, binding, context, normal });
      return said === null ? [] : [breachOf(rule, caller, said)];
    });
  };
}

/** INV-001: a service may call on anybody's behalf. */
export function serviceWithoutSource({ caller, context, normal }: Caller): Said | null {
  const service = normal?.principals?.values.find((principal) => principal.startsWith("Service "));
  if (normal === null || service === undefined || normal.effect === "Deny") return null;
  const hasSource = normal.conditions.some(
    ({ key }) => key === "aws:sourcearn" || key === "lambda:eventsourcetoken",
  );
  if (hasSource && dangerOf(caller.statement, context) !== "no-source") return null;
  const name = service.slice("Service ".length);
  return {
    why: `${name} may call the function for anybody's resource`,
    fix: "name the source: its ARN as aws:SourceArn",
  };
}

/** INV-002: an ARN without an account (a bucket's) belongs to whoever has the name today. */
export function sourceWithoutAccount({ normal }: Caller): Said | null {
  if (normal === null || normal.effect === "Deny") return null;
  const sources = normal.conditions
    .filter(({ key }) => key === "aws:sourcearn")
    .flatMap(({ values }) => values);
  const loose = sources.find((arn) => !/^\d{12}$/.test(arnParts(arn).accountId));
  const hasAccount = normal.conditions.some(({ key }) => key === "aws:sourceaccount");
  if (loose === undefined || hasAccount) return null;
  return {
    why: `${loose} names no account: whoever owns that name later may call`,
    fix: "name the owner as well: aws:SourceAccount",
  };
}

/** INV-003: everybody may call. */
export function openToEverybody({ caller, context }: Caller): Said | null {
  if (dangerOf(caller.statement, context) !== "public") return null;
  return {
    why: "anyone on the internet may call the function",
    fix: "write authType: iam, or name an account, an organization or a source",
  };
}

/** INV-006: since October 2025 a function URL needs both permissions. */
export function urlWithoutInvoke({ caller, binding, normal }: Caller): Said | null {
  if (!listed(caller.statement.Action).includes("lambda:InvokeFunctionUrl") || normal === null) return null;
  const hasInvoke = binding.callers.some(
    (other) =>
      other.qualifier === caller.qualifier &&
      listed(other.statement.Action).includes("lambda:InvokeFunction") &&
      JSON.stringify(other.statement.Principal) === JSON.stringify(caller.statement.Principal),
  );
  if (hasInvoke) return null;
  return {
    why: "lambda:InvokeFunctionUrl alone is refused: the URL's callers need lambda:InvokeFunction too",
    fix: "add lambda:InvokeFunction with lambda:InvokedViaFunctionUrl for the same principal",
  };
}

const INVOKING = ["lambda:InvokeFunction", "lambda:InvokeFunctionUrl"];

/** INV-007: more than calling: whoever may change the code has the role. */
export function moreThanInvoke({ caller }: Caller): Said | null {
  const other = listed(caller.statement.Action).filter((action) => !INVOKING.includes(action));
  if (other.length === 0) return null;
  return {
    why: `${other.join(", ")} is more than calling the function`,
    fix: `allow ${INVOKING.join(" or ")} only`,
  };
}

/** INV-008: a statement that speaks of more than the qualifier whose policy it stands in. */
export function widerThanQualifier({ caller, binding }: Caller): Said | null {
  const own = functionArn(binding, binding.functionName, caller.qualifier);
  const other = listed(caller.statement.Resource).filter((resource) => resource !== own);
  if (other.length === 0) return null;
  return { why: `${other.join(", ")} is not ${own}, whose policy this is`, fix: `Resource: ${own}` };
}

/** INV-009: everything or everybody but a list. */
export function allButAList({ caller: { statement } }: Caller): Said | null {
  const names = (["NotPrincipal", "NotAction", "NotResource"] as const).filter(
    (name) => statement[name] !== undefined,
  );
  if (names.length === 0) return null;
  return {
    why: `${names.join(", ")} lets in everything that is not named`,
    fix: "name who may call, what and where",
  };
}
