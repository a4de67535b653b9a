import type { Organizations } from "../../../src/controller/ports/estate/organizations.ts";

/** For manifests without account sets: any read of an organization is a mistake. */
export const NO_ORGANIZATIONS: Organizations = {
  accountsOf: ({ name }) => Promise.reject(new Error(`account set ${name} is read`)),
};
