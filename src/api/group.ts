export const GROUP = "grantkeeper.dev";
export const VERSION = "v1alpha1";
export const API_VERSION = `${GROUP}/${VERSION}` as const;
/** The prefix of all paths of the API. */
export const BASE_PATH = `/apis/${API_VERSION}` as const;

/** With the value 1: no person caused the request, so that it does not keep a session alive. It can never extend one. */
export const BACKGROUND_HEADER = "grantkeeper-background";

/**
 * A request with this header sees and does only what its caller may in these namespaces, separated by commas: as a token with
 * these namespaces would. It never allows more than without it.
 */
export const NAMESPACES_HEADER = "grantkeeper-namespaces";
