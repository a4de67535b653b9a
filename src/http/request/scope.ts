import type { TokenScope } from "../../model/values/api-token.ts";
import { accessFor, callerText, type Access, type ApiCaller } from "../access/access.ts";
import { ApiFailure } from "./failure.ts";

/** One of the scopes is needed. @returns where the caller has it @throws ApiFailure Forbidden */
export function checkScope(caller: ApiCaller, wanted: readonly TokenScope[]): Access {
  const access = accessFor(caller, wanted);
  if (access !== null) return access;
  throw new ApiFailure("Forbidden", `${callerText(caller)} lacks the scope ${wanted.join(" or ")}`);
}

/** To approve or suspend, a person proved their identity this recently: a session that was left open is not enough. */
const PROOF_MS = 15 * 60_000;

/** @throws ApiFailure Forbidden, with the reason `SignInAgain` */
export function checkProof({ provedMs }: ApiCaller, nowMs: number): void {
  if (provedMs === null || nowMs - provedMs < PROOF_MS) return;
  if (provedMs === 0)
    throw new ApiFailure(
      "Forbidden",
      "approving and suspending need the time of the sign-in, which the provider does not report",
      { hint: "let the provider send the claim auth_time; until then, use a token" },
    );
  throw new ApiFailure(
    "Forbidden",
    "approving and suspending need a sign-in of the last 15 minutes: sign in again",
    { reason: "SignInAgain" },
  );
}
