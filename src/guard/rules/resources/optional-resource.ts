import type { ActionFacts } from "../../../iam/action-data.ts";

/**
 * True if requests for the action need not name a resource, so that it may need `*`. AWS's data marks the types that each
 * request names. Without such a mark one type is an option (`polly:SynthesizeSpeech` with a lexicon), and several are
 * alternatives (an object in a bucket or behind an access point), with the exceptions below.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
export function mayNameNoResource({ action, resourceTypes }: ActionFacts): boolean {
  if (resourceTypes.some(({ required }) => required)) return false;
  if (ALWAYS_NAMED.test(action)) return false;
  return (
    resourceTypes.length === 1 || /^(?!s3:)[^:]+:(List|Describe)/.test(action) || SEVERAL_OPTIONS.test(action)
  );
}

/** One type without a mark, and yet each request is to one domain, or one table. */
const ALWAYS_NAMED = /^(es:ES|redshift:GetClusterCredentials|sts:)/;

/** Several types that are all options: of a request without a terminology, a queue, a registry. */
const SEVERAL_OPTIONS =
  /^(translate:|glue:GetSchemaVersion$|mediaconvert:CreateJob|cloudformation:GetTemplateSummary$|bedrock:CreateDataAutomationProject$)/;
