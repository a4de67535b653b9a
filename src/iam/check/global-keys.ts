/**
 * Condition keys that every request has, or every request of a function's code, for any action. Lower-case; those
 * that end in `/` take a tag's name.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 * @see https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html
 */
const GLOBAL_KEYS: ReadonlySet<string> = new Set([
  "aws:assumedroot",
  "aws:calledvia",
  "aws:calledviaawsmcp",
  "aws:calledviafirst",
  "aws:calledvialast",
  "aws:chatbotsourcearn",
  "aws:currenttime",
  "aws:ec2instancesourceprivateipv4",
  "aws:ec2instancesourcevpc",
  "aws:epochtime",
  "aws:federatedprovider",
  "aws:ismcpserviceaction",
  "aws:multifactorauthage",
  "aws:multifactorauthpresent",
  "aws:principalaccount",
  "aws:principalarn",
  "aws:principalisawsservice",
  "aws:principalorgid",
  "aws:principalorgpaths",
  "aws:principalservicename",
  "aws:principalservicenameslist",
  "aws:principaltype",
  "aws:referer",
  "aws:requestedregion",
  "aws:resourceaccount",
  "aws:resourceorgid",
  "aws:resourceorgpaths",
  "aws:securetransport",
  "aws:signinsessionarn",
  "aws:sourceaccount",
  "aws:sourcearn",
  "aws:sourceidentity",
  "aws:sourceip",
  "aws:sourceorgid",
  "aws:sourceorgpaths",
  "aws:sourceowner",
  "aws:sourcevpc",
  "aws:sourcevpcarn",
  "aws:sourcevpce",
  "aws:tagkeys",
  "aws:tokenissuetime",
  "aws:useragent",
  "aws:userid",
  "aws:username",
  "aws:viaawsmcpservice",
  "aws:viaawsservice",
  "aws:vpceaccount",
  "aws:vpceorgid",
  "aws:vpceorgpaths",
  "aws:vpcsourceip",
  "lambda:sourcefunctionarn",
]);

const TAG_PREFIXES = ["aws:principaltag/", "aws:requesttag/", "aws:resourcetag/"];

/** `key` is lower-case. */
export function isGlobalKey(key: string): boolean {
  return (
    GLOBAL_KEYS.has(key) ||
    TAG_PREFIXES.some((prefix) => key.startsWith(prefix) && key.length > prefix.length)
  );
}

export function globalKeys(): readonly string[] {
  return [...GLOBAL_KEYS];
}
