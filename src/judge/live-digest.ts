import { type DesiredBinding, type DesiredPolicy, isBinding } from "../model/desired.ts";
import { digestOf, type Digest } from "../model/values/digest.ts";
import type { Json } from "../model/values/json.ts";
import {
  liveFunction,
  livePolicy,
  liveRole,
  type LiveAccount,
  type LiveFunction,
  type LivePolicy,
  type LiveRole,
  type Reading,
} from "../model/live.ts";
import { lastAppliedState, desiredOf, type Subject } from "./subject.ts";

/**
 * Digest of the live objects of a subject and the account's quotas. While it is unchanged, AWS would refuse the same
 * plan again. Excludes times of last use, published versions and descriptions of policies: they change without an
 * effect on the plan, or are not part of every read.
 */
export function liveDigest(subject: Subject, live: LiveAccount): Digest {
  const states = [desiredOf(subject), lastAppliedState(subject.record)].filter((state) => state !== null);
  return digestOf({ quotas: { ...live.quotas }, objects: states.map((state) => objectsOf(state, live)) });
}

function objectsOf(state: DesiredBinding | DesiredPolicy, live: LiveAccount): Json {
  if (!isBinding(state)) return { policy: readingOf(livePolicy(live, state.arn), policyFacts) };
  const attached = state.role.attachments.filter(({ policy }) => policy !== null);
  return {
    role: readingOf(liveRole(live, state.role.name), roleFacts),
    attached: attached.map(({ arn }) => readingOf(livePolicy(live, arn), policyFacts)),
    function: readingOf(liveFunction(live, state.region, state.functionName), functionFacts),
  };
}

function readingOf<Value>(reading: Reading<Value>, facts: (value: Value) => Json): Json {
  return reading.kind === "present" ? facts(reading.value) : reading.kind;
}

function roleFacts(role: LiveRole): Json {
  return { ...role, lastUsedAtMs: null } as unknown as Json;
}

function policyFacts({ policyId, defaultVersionId, versions, tags, ...counts }: LivePolicy): Json {
  const { attachmentCount, boundaryUsageCount } = counts;
  return {
    policyId,
    defaultVersionId,
    versions: versions.map(({ id, text }) => ({ id, text })),
    attachmentCount,
    boundaryUsageCount,
    tags: readingOf(tags, (value) => value.map(({ key, value: text }) => ({ key, value: text }))),
  };
}

function functionFacts({ arn, roleArn, revisionId, policies }: LiveFunction): Json {
  const texts = [...policies].map(([qualifier, policy]) => [
    qualifier,
    readingOf(policy, ({ text }) => text),
  ]);
  return { arn, roleArn, revisionId, policies: Object.fromEntries(texts) as Json };
}
