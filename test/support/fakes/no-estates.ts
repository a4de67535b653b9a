import type { EstateReader } from "../../../src/controller/ports/estate/estate-reader.ts";

/** For tests that read no estate. */
export const NO_ESTATES: EstateReader = {
  read: () => Promise.reject(new Error("no estate is read")),
  functionTags: () => Promise.reject(new Error("no tags are read")),
  roleAccess: () => Promise.reject(new Error("no reports are read")),
};
