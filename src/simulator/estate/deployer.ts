/** The tools that create functions and roles; `unknown`: a script that leaves no sign. */
export const DEPLOYERS = [
  "cdk",
  "cloudformation",
  "console",
  "sam",
  "serverless",
  "terraform",
  "unknown",
] as const;
export type Deployer = (typeof DEPLOYERS)[number];
