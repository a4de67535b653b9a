export const DENYING = {
  kind: "present",
  value: {
    text: JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        { Sid: "everything-but-ours", Effect: "Deny", Principal: "*", Action: "lambda:*", Resource: "*" },
      ],
    }),
    revisionId: "r",
  },
} as const;

export const NOTHING = {
  role: null,
  operation: null,
  region: null,
  deniedBy: "unknown",
  how: "unknown",
  policy: null,
  encoded: null,
  context: {},
};
