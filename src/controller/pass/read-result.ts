import { AwsError } from "../../model/aws/aws-error.ts";
import { err, ok, type Result } from "../../model/values/result.ts";

/** What was read of AWS, or why it cannot be read now. @throws every other error: it is none of AWS */
export async function readResult<T>(reading: Promise<T>): Promise<Result<T, AwsError>> {
  try {
    return ok(await reading);
  } catch (error) {
    if (error instanceof AwsError) return err(error);
    throw error;
  }
}
