import { permissionRows, onlyDocument } from "../../../iam/compare/delta.ts";
import { namesOf } from "../../../iam/match/reach.ts";
import { namesText } from "../../../iam/row-text.ts";
import { someOf } from "../../../text/phrases.ts";
import { isEntireService } from "../../../iam/match/wildcard.ts";
import type { NameSet } from "../../../model/delta.ts";
import type { Attachment, CompiledStatement, DesiredBinding } from "../../../model/desired.ts";
import { canonicalText } from "../../../model/values/digest.ts";
import { type GuardContext, judgedContext, knownText } from "../../context/context.ts";
import { type Breach, breachOf, eachStatement, listed } from "../breach.ts";

/** ACT-001: an entire service, or everything. */
export function entireServices(statements: readonly CompiledStatement[]): readonly Breach[] {
  return eachStatement(statements, (compiled) => {
    if (compiled.statement.Effect === "Deny") return null;
    const actions = listed(compiled.statement.Action).filter(isEntireService);
    if (actions.length === 0) return null;
    const all = actions.find((action) => /^\*+(:\*+)?$/.test(action));
    const why =
      all === undefined
        ? `${someOf(actions)} allows an entire service, including actions that AWS adds later`
        : `Action "${all}" allows every service`;
    return breachOf("ACT-001", compiled, { why, fix: "list the actions that the code calls" });
  });
}

/** ACT-001 for AWS-managed policies: AWS adds actions to them, and no one on the team reviews that. */
export function entireServicesAttached(binding: DesiredBinding, context: GuardContext): readonly Breach[] {
  return binding.role.attachments
    .filter((attachment) => attachment.policy === null)
    .flatMap((attachment) => attachedBreach(attachment, binding, context));
}

function attachedBreach(
  attachment: Attachment,
  binding: DesiredBinding,
  context: GuardContext,
): readonly Breach[] {
  const { arn, origin } = attachment;
  const text = knownText(arn, context);
  if (text === null) return [unreadBreach(attachment, context)];
  const why = openActions(text, attachment, binding);
  if (why === null) return [];
  const fix = "attach a narrower policy, or add the grants that the function needs";
  const evidence = canonicalText({ PolicyArn: arn });
  return [{ rule: "ACT-001", severity: "full", origin, evidence, part: "document", why, fix }];
}

/** A pass that read the account must know the document; offline, the missing check is only reported. */
function unreadBreach({ arn, origin }: Attachment, { live, shipped }: GuardContext): Breach {
  const evidence = canonicalText({ PolicyArn: arn });
  if (live !== null) {
    const fix = "attach a narrower policy, or add the grants that the function needs";
    const why = `the document of ${arn} was not read`;
    return { rule: "ACT-001", severity: "full", origin, evidence, part: "document", why, fix };
  }
  const date =
    shipped === null ? "" : `: the AWS-managed policies of ${shipped.snapshotDate} have no such ARN`;
  const nearest = shipped?.nearestTo(arn);
  const fix = nearest === undefined ? "run plan with --config, which reads AWS" : `did you mean ${nearest}?`;
  const why = `policy ${arn} is not read${date}`;
  return { rule: "ACT-001", severity: "warn", origin, evidence, part: "document", why, fix };
}

function openActions(text: string, { arn }: Attachment, binding: DesiredBinding): string | null {
  const from = { kind: "managed", arn } as const;
  const rows = permissionRows(onlyDocument({ from, text }, judgedContext(binding)));
  const allowed = rows.filter((row) => row.effect === "Allow").map((row) => row.action);
  if (allowed.some(({ kind }) => kind === "unknown")) return `the document of ${arn} is not understood`;
  const open = [...new Set(allowed.flatMap(wideParts))];
  return open.length === 0 ? null : `${arn} allows ${someOf(open)}: whole services`;
}

/** The actions of a row that go beyond single actions of a service. */
function wideParts(actions: NameSet): readonly string[] {
  return actions.kind === "all-but" ? [namesText(actions)] : namesOf(actions).filter(isEntireService);
}

/** ACT-005: NotAction, which allows more with each new action of AWS. */
export function allowedButActions(statements: readonly CompiledStatement[]): readonly Breach[] {
  return statements
    .filter(({ statement }) => statement.Effect === "Allow" && statement.NotAction !== undefined)
    .map((compiled) =>
      breachOf("ACT-005", compiled, {
        why: "NotAction with Allow allows every action that it does not list, in every service",
        fix: "replace it with Action and the actions that the code calls",
      }),
    );
}
