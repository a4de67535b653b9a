import { beginningOf } from "../../text/cut.ts";
import type { Configuration } from "openid-client";
import { personActor, recordedSubject } from "../../model/people/actor.ts";
import { replaceUnprintable } from "../../text/characters.ts";
import { isObject } from "../../text/json-values.ts";
import type { Person } from "../access/sessions.ts";
import { ApiFailure } from "../request/failure.ts";
import type { OidcSettings } from "./oidc-provider.ts";

type Claims = Readonly<Record<string, unknown>> & { readonly sub: string };

export interface PersonAnswer {
  readonly person: Person;
  /** Why the person may not sign in; null: nothing is against it. */
  readonly refusal: ApiFailure | null;
}

/** The person of verified claims. @param nowMs no one proves their identity in the future */
export function personOf(claims: Claims, settings: OidcSettings, nowMs: number): PersonAnswer {
  const { issuer, groupsClaim, grants } = settings;
  const name = nameOf(claims);
  const subject = recordedSubject(claims.sub);
  const groups = new Set(groupsOf(claims[groupsClaim]));
  const granted = [...new Set(grants.map(({ group }) => group))].filter((group) => groups.has(group));
  const person: Person = {
    method: "oidc",
    issuer,
    actor: personActor(name, `${issuer}#${subject}`),
    displayName: name === "" ? subject : name,
    mail: mailOf(claims),
    groups: granted.sort(),
    provedMs: provedMs(claims["auth_time"], nowMs),
  };
  if (claims.sub.length > LONGEST_SUBJECT)
    return { person, refusal: new ApiFailure("Forbidden", "the provider's id of the person is too long") };
  return { person, refusal: granted.length > 0 ? null : refusalOf(claims, groupsClaim, person) };
}

function refusalOf(claims: Claims, groupsClaim: string, { displayName }: Person): ApiFailure {
  if (isLeftOut(claims, groupsClaim))
    return new ApiFailure(
      "Forbidden",
      `the provider left out the groups of ${displayName}, because there are too many`,
      { hint: "let the provider send only the groups that are assigned to this client" },
    );
  if (claims[groupsClaim] === undefined)
    return new ApiFailure("Forbidden", `the provider sent no claim "${groupsClaim}" for ${displayName}`, {
      hint: "let the provider add the claim to the ID token, or name another in http.oidc.groupsClaim",
    });
  return new ApiFailure("Forbidden", `no group of ${displayName} is among http.oidc.grants`, {
    hint: "ask for a group that is, or name another in the operator's file",
  });
}

/** Entra ID names a place to ask in place of more than 200 groups, or has only the claim `hasgroups`. */
function isLeftOut(claims: Claims, groupsClaim: string): boolean {
  const elsewhere = claims["_claim_names"];
  return (isObject(elsewhere) && Object.hasOwn(elsewhere, groupsClaim)) || claims["hasgroups"] === true;
}

function groupsOf(claim: unknown): readonly string[] {
  if (typeof claim === "string") return [claim];
  return Array.isArray(claim) ? claim.filter((group) => typeof group === "string") : [];
}

/** As OpenID Connect limits it. */
const LONGEST_SUBJECT = 255;
const LONGEST_NAME = 64;

/** As the provider has it, on one line that shows all of its characters; it identifies no one. */
function nameOf(claims: Claims): string {
  const texts = [claims["name"], claims["preferred_username"], claims["email"]].filter(
    (claim) => typeof claim === "string",
  );
  const found = texts.map((text) => replaceUnprintable(text.toWellFormed(), () => "").trim()).find(Boolean);
  return beginningOf(found ?? "", LONGEST_NAME);
}

/** By which a commit names its author. Some providers send `email_verified` as a text. */
function mailOf({ email, email_verified: verified }: Claims): string | null {
  const isVerified = verified !== false && verified !== "false";
  return typeof email === "string" && email.includes("@") && isVerified ? email.toLowerCase() : null;
}

/** 0: the provider does not report it. */
function provedMs(authTime: unknown, nowMs: number): number {
  return typeof authTime === "number" && authTime > 0 ? Math.min(authTime * 1_000, nowMs) : 0;
}

/** The claims of the ID token, and those of the UserInfo endpoint if the token has no groups. */
export async function completeClaims(
  answer: { readonly claims: Claims; readonly accessToken: string },
  provider: Configuration,
  { groupsClaim }: OidcSettings,
): Promise<Claims> {
  const { claims, accessToken } = answer;
  const isComplete = claims[groupsClaim] !== undefined || isLeftOut(claims, groupsClaim);
  if (isComplete || provider.serverMetadata().userinfo_endpoint === undefined) return claims;
  const { fetchUserInfo } = await import("openid-client");
  return { ...(await fetchUserInfo(provider, accessToken, claims.sub)), ...claims };
}
