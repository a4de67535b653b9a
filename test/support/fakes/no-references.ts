import type { References } from "../../../src/controller/ports/estate/references.ts";

/** For manifests without references: any read of one is a mistake. */
export const NO_REFERENCES: References = {
  read: (places) =>
    Promise.reject(new Error(`references are read: ${places.map(({ text }) => text).join()}`)),
};
