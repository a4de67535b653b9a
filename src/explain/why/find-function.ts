import { arnParts, roleInArn, sessionInArn } from "../../model/aws/arn.ts";
import type { ReportedDenial } from "../../model/denials/reported-denial.ts";
import { err, ok, type Result } from "../../model/values/result.ts";
import type { DesiredBinding } from "../../model/desired.ts";
import { targetText } from "../../model/keys/key.ts";

export interface NotFound {
  readonly message: string;
  readonly fix: string | null;
}

/**
 * The function whose request was refused: the function whose declared role made it, or else the function with the
 * session's name, since Lambda names the session after the function.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
 */
export function functionOf(
  denial: ReportedDenial,
  bindings: readonly DesiredBinding[],
): Result<DesiredBinding, NotFound> {
  const session = sessionOf(denial);
  if (session === null) return err(noSession(denial));
  const here = bindings.filter(({ accountId }) => accountId === session.accountId);
  const byRole = here.filter(({ role }) => role.name.toLowerCase() === session.role.toLowerCase());
  const byName = here.filter(({ functionName }) => functionName === session.name);
  const found = byRole.length > 0 ? byRole : inRegion(byName, denial);
  const [one, ...others] = found;
  if (one !== undefined && others.length === 0) return ok(one);
  const role = `role ${session.role} of account ${session.accountId}`;
  if (one === undefined)
    return err({
      message: `no manifest declares ${role} or a function ${session.name ?? "of that name"} there`,
      fix: "name the function: grantkeeper why NAMESPACE/NAME@ACCOUNT/REGION -",
    });
  const names = found.map((binding) => targetText(binding)).sort();
  return err({
    message: `${role} is not declared in Git, and ${names.length} functions are called ${session.name ?? ""}: ${names.join(", ")}`,
    fix: `name the function: grantkeeper why ${names[0] ?? ""} -`,
  });
}

/** False if AWS's message is about another caller. The message may also omit the caller. */
export function isAbout(denial: ReportedDenial, { accountId, role, functionName }: DesiredBinding): boolean {
  const session = sessionOf(denial);
  if (session === null) return denial.caller === null;
  const isRole = session.role.toLowerCase() === role.name.toLowerCase();
  return session.accountId === accountId && (isRole || session.name === functionName);
}

function noSession({ caller, operation }: ReportedDenial): NotFound {
  const fix = "name the function: grantkeeper why NAMESPACE/NAME@ACCOUNT/REGION -";
  if (caller !== null) return { message: `${caller} is not a session of a function's role`, fix };
  const call = operation === null ? "the message" : `the refusal of ${operation}`;
  return { message: `${call} does not name the caller`, fix };
}

interface RoleSession {
  readonly accountId: string;
  /** The role's name, without the path. */
  readonly role: string;
  readonly name: string | null;
}

function sessionOf({ caller, role }: ReportedDenial): RoleSession | null {
  const found = sessionInArn(caller ?? "");
  if (found !== null) return { accountId: found.accountId, role: found.role, name: found.session };
  const plain = roleInArn(role ?? caller ?? "");
  return plain === null ? null : { accountId: plain.accountId, role: plain.name, name: null };
}

/** The region of the event, or of the resource, distinguishes two functions with one name. */
function inRegion(
  bindings: readonly DesiredBinding[],
  { region, resource }: ReportedDenial,
): readonly DesiredBinding[] {
  const wantedRegion = region ?? arnParts(resource ?? "").region;
  const there = bindings.filter((binding) => binding.region === wantedRegion);
  return there.length === 1 ? there : bindings;
}
