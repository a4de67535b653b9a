const PREFIX = "grantkeeper.dev/";

/** Annotations that are commands. Those of a document with these names are not shown. */
export const REQUESTED_AT = `${PREFIX}requestedAt`;
export const SUSPEND = `${PREFIX}suspend`;
export const REASON = `${PREFIX}reason`;

export const COMMAND_ANNOTATIONS: ReadonlySet<string> = new Set([REQUESTED_AT, SUSPEND, REASON]);
