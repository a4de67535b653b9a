export const GROUP = "grantkeeper.dev";
export const VERSION = "v1alpha1";
export const API_VERSION = `${GROUP}/${VERSION}` as const;
/** The prefix of all paths of the API. */
export const BASE_PATH = `/apis/${API_VERSION}` as const;
