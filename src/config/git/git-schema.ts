import { validRange } from "semver";
import { z } from "zod";
import { arnParts } from "../../model/aws/arn.ts";
import { parseCodeCommitUrl } from "../../model/aws/codecommit.ts";
import { parseQueueUrl } from "../../model/aws/queue-url.ts";
import { isSshUrl } from "../../model/network/ssh-url.ts";
import { commitStatusSchema } from "./commit-status.ts";
import { pullRequestCommentsSchema } from "./pull-request-comments.ts";
import { queueUrl, roleArn } from "../field-forms.ts";
import { commitId, signatures } from "./signatures-schema.ts";

const positive = z.number().int().positive();

/** A repository of Git as a source. */
export const gitSource = z
  .strictObject({
    url: z.string().min(1),
    branch: z.string().min(1).optional(),
    tag: z.string().min(1).optional(),
    semver: z
      .string()
      .min(1)
      .refine((text) => validRange(text) !== null, "expected a range of versions, such as >=1.2.0 <2")
      .optional(),
    commit: commitId.optional(),
    signatures: signatures.optional(),
    tokenFile: z.string().min(1).optional(),
    username: z.string().min(1).optional(),
    passwordFile: z.string().min(1).optional(),
    githubApp: z
      .strictObject({
        appId: z.union([positive, z.string().regex(/^[\w.]{1,64}$/, "expected the App's id or client id")]),
        installationId: positive,
        privateKeyFile: z.string().min(1),
        apiUrl: z
          .url({ protocol: /^https?$/, message: "expected an https URL, such as https://api.github.com" })
          .optional(),
      })
      .optional(),
    ssh: z.strictObject({ privateKeyFile: z.string().min(1), knownHostsFile: z.string().min(1) }).optional(),
    codecommit: z
      .strictObject({
        roleArn: roleArn.optional(),
        externalId: z.string().min(2).max(1_224).optional(),
        queueUrl: queueUrl.optional(),
      })
      .refine(
        (c) => c.externalId === undefined || c.roleArn !== undefined,
        "externalId belongs to roleArn: the identity of the process reads the repository without one",
      )
      .optional(),
    caFile: z.string().min(1).optional(),
    commitStatus: commitStatusSchema.optional(),
    pullRequestComments: pullRequestCommentsSchema.optional(),
  })
  .refine(
    (g) => [g.branch, g.tag, g.semver, g.commit].filter((ref) => ref !== undefined).length === 1,
    "expected exactly one of branch, tag, semver, commit",
  )
  .refine(
    (g) => (g.username === undefined) === (g.passwordFile === undefined),
    "username and passwordFile belong together",
  )
  .refine(
    (g) => g.tokenFile === undefined || g.username === undefined,
    "expected either tokenFile or username with passwordFile",
  )
  .refine(
    (g) => g.githubApp === undefined || (g.tokenFile === undefined && g.username === undefined),
    "expected either githubApp, tokenFile or username with passwordFile",
  )
  .refine((g) => g.githubApp === undefined || /^https?:/i.test(g.url), "githubApp belongs to an https URL")
  .refine(
    (g) => !isSshUrl(g.url) || (g.tokenFile === undefined && g.username === undefined && g.ssh !== undefined),
    "an ssh URL needs ssh with privateKeyFile and knownHostsFile, and neither a token nor a password",
  )
  .refine(
    (g) =>
      g.codecommit === undefined ||
      (g.tokenFile === undefined && g.username === undefined && g.githubApp === undefined),
    "expected either codecommit, githubApp, tokenFile or username with passwordFile",
  )
  .superRefine((g, context) => {
    const problem = g.codecommit === undefined ? null : codeCommitProblem(g.url, g.codecommit);
    if (problem !== null) context.addIssue({ code: "custom", path: ["url"], message: problem });
  })
  .refine(
    (g) => g.signatures?.policy !== "tag" || g.tag !== undefined || g.semver !== undefined,
    "signatures.policy tag needs tag or semver; for a branch or a commit, use every, firstParent or tip",
  )
  .refine((g) => isSshUrl(g.url) || g.ssh === undefined, "ssh belongs to a URL ssh://user@host/path")
  .refine((g) => /^https:/i.test(g.url) || g.caFile === undefined, "caFile belongs to an https URL");

/** Why the repository cannot be read with credentials of AWS; null: it can. */
function codeCommitProblem(
  url: string,
  {
    roleArn: role,
    queueUrl,
  }: { readonly roleArn?: string | undefined; readonly queueUrl?: string | undefined },
): string | null {
  const parsed = parseCodeCommitUrl(url);
  if (parsed.kind === "err") return `codecommit belongs to a repository of CodeCommit: ${parsed.error}`;
  const { partition, region } = parsed.value;
  if (role !== undefined && arnParts(role).partition !== partition)
    return `the repository in ${region} is in the partition ${partition}, codecommit.roleArn in another one`;
  const queue = queueUrl === undefined ? null : parseQueueUrl(queueUrl);
  if (queue?.kind !== "ok") return null;
  if (queue.value.region !== region)
    return `a rule of EventBridge sends to a queue of its own region: the repository is in ${region}, codecommit.queueUrl in ${queue.value.region}`;
  return role === undefined || arnParts(role).accountId === queue.value.accountId
    ? null
    : "codecommit.queueUrl is in another account than the repository, whose account is that of codecommit.roleArn";
}
