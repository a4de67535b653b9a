import { isPerson } from "../model/people/actor.ts";
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
      if (oidc !== undefined && isPersonOf(oidc.issuer, member)) continue;
      const token = tokens.find(({ name }) => name === member);
      const where = placeOf(["approvers", group, at]);
      if (token === undefined && member !== LOCAL)
        yield {
          where,
          message: isPerson(member)
            ? `"${member}" is no person of http.oidc: expected ${oidc?.issuer ?? "ISSUER"}#SUBJECT`
            : `no token is named "${member}"`,
        };
      if (token !== undefined && !token.scopes.includes("approve"))
        yield { where, message: `token "${member}" may approve nothing: add approve to its scopes` };
    }
}

/** As the record has it between the brackets of an actor. */
function isPersonOf(issuer: string, member: string): boolean {
  return member.startsWith(`${issuer}#`) && member.length > issuer.length + 1 && !/[<>]/.test(member);
}
