import { keptFunctions, targetedRequest, sweepRequest } from "../../judge/reads.ts";
import type { Pass, PassContext, Subject } from "../../judge/subject.ts";
import type { LiveAccount } from "../../model/live.ts";
import type { LiveState } from "../ports/live-state.ts";
import { overlayLive } from "./overlay.ts";
import type { AwsError } from "../../model/aws/errors/aws-error.ts";
import { ok, type Result } from "../../model/values/result.ts";

export interface Reads {
  readonly live: LiveState;
  readonly signal: AbortSignal;
  /** Of targeted reads; missing: a change or a person waits for them. */
  readonly urgency?: "background";
}

/** Reads the live state for a pass: a sweep for scope `all`; for keys, targeted reads merged into the last sweep. */
export async function observe(
  pass: Pass,
  subjects: readonly Subject[],
  reads: Reads,
): Promise<Result<LiveAccount, AwsError>> {
  if (pass.scope.kind === "all" || pass.base === null)
    return reads.live.sweep(
      sweepRequest(subjects, { ...pass, kept: keptFunctions(subjects, pass) }),
      reads.signal,
    );
  const fresh = await readKeys(pass, subjects, reads);
  return fresh.kind === "err" ? fresh : ok(overlayLive(pass.base, fresh.value));
}

interface KeyReads extends Reads {
  /** Policies that are read with them; missing: none. */
  readonly policyArns?: readonly string[];
}

/**
 * Fresh readings of the objects of these subjects, and of policies that their roles attach and that no earlier read has
 * found: what they allow, or restrict, decides what may be written.
 */
export async function readKeys(
  pass: Pass | PassContext,
  subjects: readonly Subject[],
  { live, signal, urgency, policyArns: also = [] }: KeyReads,
): Promise<Result<LiveAccount, AwsError>> {
  const targets = targetedRequest(subjects, pass);
  const request = {
    ...targets,
    policyArns: [...new Set([...targets.policyArns, ...also])],
    ...(urgency && { urgency }),
  };
  const fresh = await live.read(request, signal);
  if (fresh.kind === "err") return fresh;
  const known = "live" in pass ? pass.live : pass.base;
  const policyArns = unknownPolicies(fresh.value, known);
  if (policyArns.length === 0) return fresh;
  const { account, pass: id } = request;
  const named = { account, pass: id, roleNames: [], functions: [], policyArns, ...(urgency && { urgency }) };
  const attached = await live.read(named, signal);
  if (attached.kind === "err") return attached;
  return ok({
    ...fresh.value,
    policies: new Map([...fresh.value.policies, ...attached.value.policies]),
    awsManaged: new Map([...fresh.value.awsManaged, ...attached.value.awsManaged]),
  });
}

function unknownPolicies(fresh: LiveAccount, before: LiveAccount | null): readonly string[] {
  const isKnown = (arn: string): boolean =>
    [fresh, before].some(
      (read) => read?.policies.get(arn)?.kind === "present" || read?.awsManaged.get(arn)?.kind === "present",
    );
  const roles = [...fresh.roles.values()].flatMap((role) => (role.kind === "present" ? [role.value] : []));
  const attached = roles.flatMap(({ attachments, boundary }) =>
    boundary === null ? attachments : [...attachments, boundary],
  );
  return [...new Set(attached)].filter((arn) => !isKnown(arn)).sort();
}
