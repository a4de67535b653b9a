import type { Refusal } from "../../controller/ports/control.ts";
import type { Result } from "../../model/values/result.ts";
import { refusalFailure } from "./failure.ts";
import type { Reader } from "./reader.ts";

/** The value of a command that the controller carried out. @throws ApiFailure when it was refused */
export function accepted<T>({ scrub }: Reader, result: Result<T, Refusal>): T {
  if (result.kind === "ok") return result.value;
  const { code, message, hint } = result.error;
  throw refusalFailure({ code, message: scrub(message), ...(hint !== undefined && { hint: scrub(hint) }) });
}
