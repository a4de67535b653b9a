import { statSync } from "node:fs";
import { errorCode } from "../model/values/error-code.ts";
import { storing } from "./sqlite/failure.ts";

/**
 * Whether there is a file or folder of the record. Only ENOENT proves that there is none: behind any other error may be a
 * record, and a new one next to it would hide it.
 * @throws StoreError with the path and the cause
 */
export function exists(path: string): boolean {
  return storing(`look for ${path}`, () => isThere(path));
}

/** The same, for a file or folder that is not of the record. @throws the error of the system */
export function isThere(path: string): boolean {
  try {
    statSync(path);
    return true;
  } catch (cause) {
    if (errorCode(cause) === "ENOENT") return false;
    throw cause;
  }
}
