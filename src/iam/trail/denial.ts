import type { ReportedDenial } from "../../model/denials/reported-denial.ts";
import type { CallDenial } from "../../model/denials/call-denial.ts";
import { cloudTrailDenial, isCloudTrailEvent } from "../denial/cloudtrail.ts";
import { fieldsOf } from "../fields.ts";
import { sessionOf } from "./actor.ts";
import { shortText, textOrNull, type TrailRecord } from "./trail-record.ts";

/**
 * null: the call was not denied, or the caller is no session of a role of the account that the record is of. Another account
 * whose resource was called gets a copy of the record.
 * @param value the record as CloudTrail wrote it
 */
export function callDenialOf(record: TrailRecord, value: unknown): CallDenial | null {
  const { id, accountId, region, atMs, service, operation, errorCode: code, identity } = record;
  const session = sessionOf(identity);
  const denial = isCloudTrailEvent(value) ? cloudTrailDenial(value) : null;
  if (session === null || denial === null) return null;
  const caller = shortText(identity["accountId"]);
  if (caller !== "" && caller !== accountId) return null;
  const { issuerType, credentialsIssuedTo } = fieldsOf(identity["inScopeOf"]);
  const isOfLambda = issuerType === "AWS::Lambda::Function";
  return {
    id,
    accountId,
    region,
    atMs,
    call: `${service}:${operation}`,
    code,
    roleArn: session.roleArn,
    sessionName: session.name,
    issuedTo: isOfLambda ? textOrNull(credentialsIssuedTo) : null,
    reported: readable({ ...denial, caller: null, role: null, encoded: null, operation }),
  };
}

/** A terminal obeys control characters, and some characters are not seen: a caller may put any of them into a name. */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}]/u;
const LONGEST = 1_024;

function isReadable(text: string): boolean {
  return text.length <= LONGEST && !UNSEEN.test(text);
}

/** Without names that cannot be shown: the request is then known by its call alone. */
function readable(denial: ReportedDenial): ReportedDenial {
  const { resource, policy, context } = denial;
  return {
    ...denial,
    resource: resource !== null && isReadable(resource) ? resource : null,
    policy: policy !== null && isReadable(policy) ? policy : null,
    context: Object.values(context).flat().every(isReadable) ? context : {},
  };
}
