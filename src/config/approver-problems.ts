import { isPerson, recordedSubject } from "../model/people/actor.ts";
import type { ConfigProblem } from "./problem.ts";
import type { PlaceOf } from "./read-file.ts";
import type { ParsedConfig } from "./schema.ts";

/** The token in the state directory has this name. */
const LOCAL = "local";

/** A member of a group is a token that may approve, `local`, or a person of the provider. */
export function* approverProblems(
  { approvers, tokens, http: { oidc } }: ParsedConfig,
  placeOf: PlaceOf,
): Generator<ConfigProblem> {
  for (const [group, members] of Object.entries(approvers))
    for (const [at, member] of members.entries()) {
      const subject = oidc === undefined ? null : subjectOf(oidc.issuer, member);
      if (subject !== null && isRecorded(subject)) continue;
      const token = tokens.find(({ name }) => name === member);
      const where = placeOf(["approvers", group, at]);
      if (token === undefined && member !== LOCAL)
        yield {
          where,
          message: unknownMember(member, oidc?.issuer ?? "ISSUER", subject),
        };
      if (token !== undefined && !token.scopes.includes("approve"))
        yield { where, message: `token "${member}" may approve nothing: add approve to its scopes` };
    }
}

/** null: the member is not a person of the issuer. */
function subjectOf(issuer: string, member: string): string | null {
  const start = `${issuer}#`;
  return member.startsWith(start) && member.length > start.length ? member.slice(start.length) : null;
}

/** As the record has it between the brackets of an actor: another form would match no one. */
function isRecorded(subject: string): boolean {
  try {
    return recordedSubject(decodeURIComponent(subject)) === subject;
  } catch {
    return false;
  }
}

function unknownMember(member: string, issuer: string, subject: string | null): string {
  if (subject !== null)
    return `"${member}" is not the form of the record and matches no one: expected ${issuer}#${recordedSubject(subject)}`;
  return isPerson(member)
    ? `"${member}" is not a person of http.oidc: expected ${issuer}#SUBJECT`
    : `no token is named "${member}"`;
}
