import type { LambdaByRegion } from "./lambda.ts";

/** Which calls the files of a recording can answer. */
export interface RecordedParts {
  details: boolean;
  roles: boolean;
  functions: boolean;
  eventSources: boolean;
  /** The functions whose aliases are known, by ARN. */
  readonly aliases: string[];
  /** The functions, versions and aliases whose resource policy is known, by ARN. */
  readonly policies: string[];
  /** The regions whose tags are known. */
  readonly taggedRegions: string[];
}

interface ReplayedDenial {
  readonly actions: readonly string[];
  /** Null: every resource. */
  readonly except: readonly string[] | null;
  readonly resource?: string;
}

/** Calls whose answers are in no file of a recording. */
const NEVER_RECORDED = [
  "cloudformation:*",
  "events:*",
  "iam:GenerateServiceLastAccessedDetails",
  "iam:GetAccountSummary",
  "iam:GetServiceLastAccessedDetails",
  "iam:ListAccountAliases",
  "iam:ListInstanceProfileTags",
  "lambda:GetFunction",
  "lambda:GetFunctionConfiguration",
  "lambda:ListFunctionEventInvokeConfigs",
  "lambda:ListFunctionUrlConfigs",
] as const;

/**
 * Denies what the recording does not contain: an empty answer would claim that there is nothing.
 * @returns the document, and the denied actions for people
 */
export function denialsOf(
  parts: RecordedParts,
  { accountId, lambda }: { readonly accountId: string; readonly lambda: LambdaByRegion },
): { readonly document: string; readonly denied: readonly string[] } {
  const denials: readonly ReplayedDenial[] = [
    { actions: NEVER_RECORDED, except: null },
    ...(parts.details
      ? [
          {
            actions: ["iam:GetPolicy", "iam:ListPolicyTags"],
            except: null,
            resource: `arn:aws:iam::${accountId}:policy/*`,
          },
        ]
      : [{ actions: ["iam:*"], except: null }]),
    ...(parts.roles ? [] : [{ actions: ["iam:GetRole", "iam:ListRoles"], except: null }]),
    ...(parts.functions ? [] : [{ actions: ["lambda:*", "tag:*"], except: null }]),
    ...(parts.eventSources ? [] : [{ actions: ["lambda:ListEventSourceMappings"], except: null }]),
    { actions: ["lambda:GetPolicy"], except: parts.policies },
    { actions: ["lambda:ListAliases", "lambda:GetAlias"], except: parts.aliases },
    ...tagDenials(parts, lambda),
  ];
  const statements = denials.map(({ actions, except, resource = "*" }) => ({
    Effect: "Deny",
    Action: actions,
    ...(except === null ? { Resource: resource } : { NotResource: except }),
  }));
  return {
    document: JSON.stringify({ Version: "2012-10-17", Statement: statements }),
    denied: denials.flatMap(({ actions, except, resource }) => {
      const place = except === null ? (resource === undefined ? "" : " (customer-managed)") : " (others)";
      return actions.map((action) => `${action}${place}`);
    }),
  };
}

/** GetResources names no resource, so the tags of every region have to be known. */
function tagDenials({ taggedRegions }: RecordedParts, lambda: LambdaByRegion): readonly ReplayedDenial[] {
  const missing = Object.keys(lambda).some((region) => !taggedRegions.includes(region));
  return missing ? [{ actions: ["tag:GetResources", "lambda:ListTags"], except: null }] : [];
}
