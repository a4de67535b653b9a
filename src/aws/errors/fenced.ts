import { AwsError } from "../../model/aws/errors/aws-error.ts";
import { calledAt, type CallSite } from "../calls/calls.ts";

/** A new session is necessary before the write is sent. */
export const SESSION_ENDS = "SessionEnds";

const NOT_SENT = {
  "session-ends": { code: SESSION_ENDS, message: "not sent: AWS may soon refuse the writes of this session" },
  "too-late": {
    code: "LeaseEnds",
    message: "not sent: the lease of this process may end before AWS answers",
  },
  "clock-unknown": {
    code: "ClockUnknown",
    message: "not sent: AWS's clock is not known, so the session cannot end with the lease of this process",
    fix: "let the Date header of AWS's answers reach the controller: a proxy must neither remove it nor answer from a cache",
  },
} as const;

/** A write that was not sent, because AWS could not refuse it when it is late. */
export function notSent(site: CallSite, why: keyof typeof NOT_SENT): AwsError {
  const disposition = { kind: "throttled" } as const;
  return new AwsError({ ...NOT_SENT[why], ...calledAt(site), disposition, requestId: null, lost: false });
}

/**
 * AWS refused a write because of the end that its session has. No permission is missing, so no circuit opens: the request
 * arrived after the lease of this process may have ended. Explicitly, a session policy denies nothing else.
 * @param isOver whether the session's end has passed: it counts if AWS does not name the policy
 */
export function asFenced(error: AwsError, isOver: boolean): AwsError {
  const { denial, ...facts } = error.facts;
  const isNamed = denial?.deniedBy === "session policy" && denial.how === "explicit";
  if (!isNamed && !(denial?.deniedBy === "unknown" && isOver)) return error;
  const message = `the lease of this controller may have ended: ${facts.message}`;
  return new AwsError({ ...facts, message, disposition: { kind: "throttled" }, fix: FENCED });
}

const FENCED =
  "no permission is missing; if it happens again, look for pauses of this process or its machine";
