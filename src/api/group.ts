const GROUP = "grantkeeper.dev";
const VERSION = "v1alpha1";
export const API_VERSION = `${GROUP}/${VERSION}` as const;
/** Everything of the API stands below it. */
export const BASE_PATH = `/apis/${API_VERSION}` as const;
