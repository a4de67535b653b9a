import { NO_TRANSITIVE_TAGS } from "../../model/aws/aws-error.ts";
import type { DesiredAccount } from "../../model/desired.ts";
import { sessionTags } from "../calls/session-tags.ts";
import { sessionPolicy } from "../calls/session-policy.ts";
import type { CallPrincipal, Session } from "../requests/sessions.ts";
import type { Probe } from "../../model/answers/probe.ts";

/** IAM allows 64 characters for a role, 128 for a policy; Lambda 64 for a function. */
const LONGEST_ROLE = 64;
const LONGEST_POLICY = 128;
const LONGEST_FUNCTION = 64;
/** Of a namespace and of a binding. */
const LONGEST_NAME = 63;
/** Of a commit with SHA-256. */
const LONGEST_HASH = 64;

/**
 * The session of a pass that needs the most space: of the longest object that the identity may write, which does not exist,
 * with the tags of the longest binding. A session that a pass opens is never longer.
 */
export function longestSession(
  { id, partition, regions }: DesiredAccount,
  identity: "writer" | "binder",
): Pick<CallPrincipal, "writes" | "tags"> {
  const region = [...regions].sort((left, right) => right.length - left.length)[0] ?? "";
  const role = `arn:${partition}:iam::${id}:role/grantkeeper/${name(LONGEST_ROLE)}`;
  const policy = `arn:${partition}:iam::${id}:policy/grantkeeper/${name(LONGEST_POLICY)}`;
  const lambda = `arn:${partition}:lambda:${region}:${id}:function:${name(LONGEST_FUNCTION)}`;
  const forBinder = [lambda, role, `arn:${partition}:kms:${region}:*:key/*`];
  const forWriter = [role, policy, lambda].sort((left, right) => needs(right) - needs(left)).slice(0, 1);
  const key = `function/${id}/${region}/${name(LONGEST_NAME)}/${name(LONGEST_NAME)}`;
  return {
    writes: identity === "binder" ? forBinder : forWriter,
    tags: sessionTags(key, name(LONGEST_HASH)),
  };
}

function name(length: number): string {
  return "grantkeeper-doctor-".padEnd(length, "x");
}

function needs(arn: string): number {
  return sessionPolicy([arn]).length;
}

/** AWS refuses a session above 100 %. */
const ALMOST_FULL = 90;

/** AWS does not publish how it packs policy and tags, so only the size of a session shows it. */
export function sizeChecks(
  identity: Probe["identity"],
  { isTagged, packedPercent }: Pick<Session, "isTagged" | "packedPercent">,
): readonly Probe[] {
  if (packedPercent === null) return [];
  const about = { identity, region: null, what: "size of a session" };
  const parts = isTagged ? "session policy and session tags" : "session policy";
  const detail = `the longest ${parts} take ${packedPercent} % of what AWS allows`;
  if (packedPercent < ALMOST_FULL) return [{ ...about, outcome: "passed", detail }];
  return [{ ...about, outcome: "warning", detail: `${detail}; ${NO_TRANSITIVE_TAGS}` }];
}
