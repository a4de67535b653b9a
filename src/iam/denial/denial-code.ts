import { CALL_DENIALS } from "../../model/aws/errors/error-codes.ts";

/** Whether the code of an error means that the caller lacks a permission. The services use different codes. */
export function isDenial(errorCode: string): boolean {
  return DENIED.test(errorCode);
}

const DENIED = new RegExp(CALL_DENIALS.join("|"), "i");

/** A call that failed, by the names of CloudTrail. */
interface FailedCall {
  readonly eventSource: string;
  readonly errorCode: string;
  readonly errorMessage: string;
}

/**
 * Whether the caller of a failed call lacked a permission. Cognito answers a wrong password with the same code: only the
 * message shows that IAM refused the call.
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminInitiateAuth.html "Errors"
 */
export function isDeniedCall({ eventSource, errorCode, errorMessage }: FailedCall): boolean {
  if (!isDenial(errorCode)) return false;
  const isPassword = eventSource.startsWith("cognito-idp.") && /NotAuthorized/i.test(errorCode);
  // oxlint-disable-next-line grantkeeper/no-parsed-sentence -- a text of AWS, which has no field for it
  return !isPassword || errorMessage.includes(" is not authorized to perform");
}
