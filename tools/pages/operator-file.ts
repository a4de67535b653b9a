/** The meaning of each field of grantkeeper.yaml. `write-docs` fails if a field is missing here or no longer exists. */
export const OPERATOR_FIELDS: Readonly<Record<string, string>> = {
  instance:
    "name of this installation: used in tags, Sids and session names, and never changes; 1 to 32 of a-z, 0-9 and -",
  stateDir: "the [state directory](#the-state-directory), on a local disk; relative to the file",
  state: "where the record is; default: in `stateDir`",
  "state.database": "[a PostgreSQL database](postgresql.md) for the record; `stateDir` keeps the other files",
  "state.database.url":
    "`postgresql://USER@HOST:5432/DATABASE`, or `postgresql://USER@/DATABASE?host=FOLDER` for a Unix socket; never with a password",
  "state.database.passwordFile": "a file with the password; read again for each connection",
  "state.database.tls": "how the connection is protected",
  "state.database.tls.mode":
    "`verify-full`: the certificate has the name of the host and comes from a trusted authority; `plaintext`: without TLS. Default: `verify-full`, on this machine `plaintext`",
  "state.database.tls.caFile":
    "certificates in PEM that may have issued the certificate of the server; default: those of Node. Read at the start",
  replicas: "[several replicas](high-availability.md) with one database",
  "replicas.shareAccounts":
    "`true`: the active replica assigns accounts to the standbys, which make their passes; the same in each replica. [Its limits](high-availability.md#share-the-accounts); default `false`",
  mode: "the maximum mode of the process; default `observe`. `run --observe` lowers it",
  sources:
    "the sources of manifests: one platform source, and a source for each namespace that has its own repository",
  "sources[].name": "of the platform source, for status, metrics and the record",
  "sources[].namespace":
    "instead of `name`: the source holds the manifests of this namespace ([several sources](#several-sources))",
  "sources[].git": "a repository; set either this or `directory`",
  "sources[].git.url":
    "`https://…`, `ssh://user@host/path`, or the path of a repository on this machine. `http://` to this machine under `aws.simulator: true`",
  "sources[].git.branch": "exactly one of branch, tag, semver and commit",
  "sources[].git.tag": "a tag",
  "sources[].git.semver":
    "a range of versions, such as `>=1.2.0 <2`: the tag with the highest version in it ([version tags](#version-tags))",
  "sources[].git.commit": "a full commit id",
  "sources[].git.tokenFile": "a file with an access token; read again at each fetch",
  "sources[].git.username": "with `passwordFile`, instead of a token",
  "sources[].git.passwordFile": "a file with the password",
  "sources[].git.githubApp":
    "instead of a token: [a GitHub App](#tokens-of-a-forge), whose tokens are made for each connection",
  "sources[].git.githubApp.appId": "the App's id, or its client id",
  "sources[].git.githubApp.installationId": "the number at the end of the URL of the installation's settings",
  "sources[].git.githubApp.privateKeyFile":
    "a private key that GitHub generated for the App, in PEM; read again for each token",
  "sources[].git.githubApp.apiUrl":
    "default: `https://api.github.com` for github.com, and `https://HOST/api/v3` for an Enterprise Server",
  "sources[].git.codecommit":
    "instead of a token: [a repository of AWS CodeCommit](#aws-codecommit), read with credentials of AWS",
  "sources[].git.codecommit.roleArn":
    "a role that reads the repository, in any account; default: the identity of the process, for a repository of its own account",
  "sources[].git.codecommit.externalId": "the external id that the role's trust policy requires",
  "sources[].git.codecommit.queueUrl":
    "the URL of a queue of SQS that receives [events of pushes](#pushes-to-codecommit)",
  "sources[].git.ssh":
    "required for an ssh URL: [how the server and Grantkeeper know each other](#git-over-ssh)",
  "sources[].git.ssh.privateKeyFile": "a deploy key without a passphrase; read again at each fetch",
  "sources[].git.ssh.knownHostsFile":
    "the host keys of the server, as in `known_hosts`; read again at each fetch",
  "sources[].git.commitStatus":
    "shows the state of the accepted commit on its forge: [which states, and when](#the-state-of-a-commit-on-its-forge)",
  "sources[].git.commitStatus.forge": "Bitbucket: Bitbucket Cloud",
  "sources[].git.commitStatus.tokenFile":
    "a file with a token that may set the status of a commit; read again for each status. Not needed with `githubApp` and `forge: github`",
  "sources[].git.commitStatus.apiUrl":
    "the REST API of the forge; default: that of the server in `url`, such as `https://api.github.com` or `https://HOST/api/v4`",
  "sources[].git.commitStatus.repository":
    "the path of the repository on the forge, such as `acme/permissions`; default: the path in `url`",
  "sources[].git.commitStatus.name":
    "how the forge names the status, at most 40 characters; default: `grantkeeper/INSTANCE`, of a namespace source `grantkeeper/INSTANCE/NAMESPACE`. Two installations, and two sources of one repository, need two names",
  "sources[].git.commitStatus.link": "a page that the status leads to; Bitbucket needs one",
  "sources[].git.pullRequestComments":
    "shows in merged pull requests what became of them: [how, and for whom](reviews.md#after-the-merge)",
  "sources[].git.pullRequestComments.forge": "Bitbucket has no such comments",
  "sources[].git.pullRequestComments.tokenFile":
    "a file with a token that may comment on pull requests; read again for each comment. Not needed with `githubApp` and `forge: github`",
  "sources[].git.pullRequestComments.apiUrl":
    "the REST API of the forge; default: that of the server in `url`, such as `https://api.github.com` or `https://HOST/api/v4`",
  "sources[].git.pullRequestComments.repository":
    "the path of the repository on the forge, such as `acme/permissions`; default: the path in `url`",
  "sources[].git.pullRequestComments.reviewers":
    "the people whose reviews on the forge approve changes; default: none. [What counts, and the risk](reviews.md#approvals-by-reviews)",
  "sources[].git.pullRequestComments.reviewers[].account":
    "the numeric id of their account on the forge, which stays when the account is renamed",
  "sources[].git.pullRequestComments.reviewers[].token":
    "the name of the entry in `tokens` whose namespaces, end, addresses and groups count for them; it needs the scope `approve` and `mails`",
  "sources[].git.caFile":
    "certificates in PEM that are trusted for an https URL, instead of those of the system",
  "sources[].git.signatures":
    "the commits that need a signature, and the keys that count: [commit signatures](#commit-signatures)",
  "sources[].git.signatures.policy":
    "`every` (default): each new commit; `firstParent`: each new commit of the branch itself; `tip`: the newest commit; `tag`: the annotated tag",
  "sources[].git.signatures.trustedCommit":
    "with `every` and `firstParent`: this commit and its history count as verified; without it, the first run needs only a verified newest commit",
  "sources[].git.signatures.allowedSignersFile":
    "SSH keys with their owners: lines `ADDRESS KEYTYPE KEY`, as `ssh-keygen` reads them; all key files are read again at each fetch",
  "sources[].git.signatures.revocationFile": "SSH keys that never count: public keys, or a KRL",
  "sources[].git.signatures.gpgKeyrings": "files with GPG public keys of people: `gpg --export --armor`",
  "sources[].git.signatures.forgeKeyrings":
    "files with GPG public keys of the forge, which signs merges: they prove the forge, not a person",
  "sources[].git.signatures.x509":
    "the authorities of certificates (S/MIME) with which people sign: [what counts](#x509-certificates)",
  "sources[].git.signatures.x509.caFile":
    "their certificates in PEM, up to the roots; no authority of the machine counts",
  "sources[].git.signatures.x509.revocationFile":
    "the revocation list of each authority, in PEM; if one is missing or has expired, nothing is verified",
  "sources[].git.signatures.gitsign":
    "the people and workflows whose gitsign (Sigstore) signatures count: [what is verified](#gitsign)",
  "sources[].git.signatures.gitsign.trustedRootFile":
    "`trusted_root.json` of your Sigstore: certificate authorities, transparency logs and certificate logs, each with its time",
  "sources[].git.signatures.gitsign.identities": "at least one",
  "sources[].git.signatures.gitsign.identities[].identity":
    "the mail address or URI in the certificate, compared exactly",
  "sources[].git.signatures.gitsign.identities[].issuer":
    "the identity provider that confirmed it, such as `https://accounts.google.com`, compared exactly",
  "sources[].git.signatures.committerMustMatch":
    "default `false`. `true`: a person's signature counts only if the address of the committer (or tagger) is one of the key's",
  "sources[].directory": "a folder that is watched, for local work",
  "sources[].directory.path": "relative to the file",
  "sources[].directory.allowEnforce":
    "default `false`. `true` allows `mode: enforce` with uncommitted files; the audit record shows it",
  "sources[].interval": "the interval of fetches, plus or minus 10 %; default `1m`",
  "sources[].platformPath": "of the platform source; default `platform`",
  "sources[].tenantPath": "of the platform source; default `teams`",
  "sources[].path":
    "with `namespace`, required: the folder with its manifests; `.` for the entire repository",
  "sources[].webhooks":
    "with `namespace`, by sender: who may report a push to this source, at `/hooks/SENDER/NAMESPACE`",
  "sources[].webhooks.KEY.secretFile":
    "as `webhooks.KEY.secretFile`; a secret of its own for each repository",
  longWait:
    "a change from Git that waits longer than this for an approval, a [change window](#change-windows), another account or [another function](#one-function-after-another) is an alert for its team; default `24h`, `0s`: never",
  sweep: "the interval of complete reads of each account; default `5m`, on AWS at least `1m`",
  limits: "the changes of one revision that need no approval, and the size of a source",
  "limits.deletes": "default 3; for each account and namespace",
  "limits.changedCount": "default 10; an approval is needed if `changedShare` is exceeded too",
  "limits.changedShare": "default 0.2: a fifth of the namespace's applied bindings in the account",
  "limits.fileBytes": "default 1 MiB",
  "limits.files": "default 50,000; for all teams and the platform path together",
  "limits.documentsPerFile": "default 1,000",
  "limits.snapshotBytes": "default 256 MiB; for all teams and the platform path together",
  "limits.teamFiles":
    "default 10,000 files, and as many folders, in [one team's folder](#the-share-of-a-team)",
  "limits.teamBytes": "default 64 MiB; in [one team's folder](#the-share-of-a-team)",
  http: "the [API](api.md), the webhook, probes and metrics",
  "http.listen": "default `127.0.0.1:8085`; plain HTTP",
  "http.tls": "a second listener for the same API, [with TLS](api.md#tls); default: none",
  "http.tls.listen": "default `127.0.0.1:8443`",
  "http.tls.certFile":
    "the certificate of the server, then those between it and its authority, in PEM; read again when it changes. Without it, the controller creates a certificate in `stateDir`",
  "http.tls.keyFile": "its private key, in PEM and without a password; read again when it changes",
  "http.publicUrl":
    "the address at which people reach the page, without a path: `https://grantkeeper.example.com`. Requests may name this host, and the provider of `http.oidc` sends people back to it",
  "http.replicaUrl":
    "with several replicas: the address at which the others reach the API of this one, without a path: `http://10.0.4.7:8085`; or `GRANTKEEPER_REPLICA_URL`. Standbys [forward requests](high-availability.md#requests-to-a-standby) there. Default: none, then they answer 503",
  "http.trustedProxies":
    "the IP addresses, or networks such as `10.0.0.0/8`, of proxies whose last addresses in `X-Forwarded-For` are those of clients: [limits are by address](api.md#failures). Default: none, then a proxy is one client",
  "http.oidc":
    "the OpenID Connect provider at which people sign in to the page ([signing in](sign-in.md)); needs `http.publicUrl`",
  "http.oidc.issuer": "its issuer, as its discovery document has it; https, or http to this machine",
  "http.oidc.clientId": "of a confidential client for the code flow",
  "http.oidc.clientSecretFile": "a file with its secret; read again at each sign-in",
  "http.oidc.scopes": "those that the provider is asked for; default `[openid, profile, email]`",
  "http.oidc.groupsClaim":
    "the claim with the groups of a person, in the ID token or in the answer of the UserInfo endpoint; default `groups`",
  "http.oidc.grants":
    "at least one; a person has all that match. A person may do in a namespace what one of them allows there",
  "http.oidc.grants[].group": "a group, exactly as the provider writes it",
  "http.oidc.grants[].scopes": "as in `tokens`",
  "http.oidc.grants[].namespaces": '`["*"]` for all',
  tokens: "tokens for the API, in addition to the local token",
  "tokens[].name": "the actor in the record",
  "tokens[].sha256": '64 hex digits: `printf %s "$TOKEN" | sha256sum`',
  "tokens[].scopes": "the operations that the token allows",
  "tokens[].namespaces": '`["*"]` for all',
  "tokens[].expires": "ISO 8601 with zone, quoted",
  "tokens[].mails":
    "addresses under which the owner of the token commits: the token cannot approve a held revision of the owner, nor give the approval that a [profile](guardrails.md#profiles) wants for the owner's own change",
  approvers:
    "by group: the names of the tokens whose approval counts where a [profile](guardrails.md#profiles) names the group",
  webhooks:
    "by sender: [push notifications](api.md#webhooks) that start a fetch. Senders: `generic`, `github`, `gitlab`, `gitlab-token`, `gitea`, `forgejo`, `bitbucket`",
  changeEvents:
    "queues of SQS that report what was changed in AWS, and by whom: [change events](#change-events); default: none",
  "changeEvents[].queueUrl": "the URL of a standard queue, read with the credentials of the process",
  "changeEvents[].accounts":
    "ids of the accounts whose events it is for; default: the account of the queue. An event of another account is refused",
  resourcePolicies: "how often the policies of functions are read; only with `changeEvents`",
  "resourcePolicies.readWithin":
    "while the change events of a region arrive, each policy is read again within this time: [policies that are not read each time](#policies-that-are-not-read-each-time); default 1h, at most 24h. `0s`, or up to three times `sweep`: each sweep reads all",
  "webhooks.KEY.secretFile":
    "the secret of the signature; a second line is accepted too, for a rotation; read again at each delivery",
  alerts: "routes: [the receivers of alerts](alerts.md)",
  "alerts[].name": "default `route-1`, `route-2`, …",
  "alerts[].webhook":
    "a URL that receives [signed messages](alerts.md#webhook). Each route has exactly one of `webhook`, `alertmanager`, `slack`, `mail`",
  "alerts[].secretFile": "of a webhook: the secret of its signature; read again for each message",
  "alerts[].alertmanager": "[the recommended router](alerts.md#alertmanager): incidents only",
  "alerts[].alertmanager.urls": "every peer of the cluster, without `/api`; each of them gets each alert",
  "alerts[].alertmanager.bearerTokenFile": "a file with a token; read again for each message",
  "alerts[].alertmanager.basic": "user name and password, instead of a token",
  "alerts[].alertmanager.basic.username": "the user name",
  "alerts[].alertmanager.basic.passwordFile": "a file with the password",
  "alerts[].slack": "[one message for each incident](alerts.md#slack), updated in place",
  "alerts[].slack.channel": "the id of the channel, such as `C0123456789`",
  "alerts[].slack.tokenFile": "a bot token with the scope `chat:write`; read again for each message",
  "alerts[].slack.url": "default `https://slack.com/api`; GovSlack: `https://slack-gov.com/api`",
  "alerts[].mail": "[one thread for each incident](alerts.md#mail)",
  "alerts[].mail.host": "the mail server",
  "alerts[].mail.port": "default 587",
  "alerts[].mail.security": "`starttls` (default), `tls` (port 465), or `none` for a server on this machine",
  "alerts[].mail.caFile":
    "certificates in PEM that are trusted instead of those of the system; for all receivers: `network.caFile`",
  "alerts[].mail.user": "with `passwordFile`; without both there is no login",
  "alerts[].mail.passwordFile": "a file with the password; read again for each message",
  "alerts[].mail.from": "the sender",
  "alerts[].mail.to": "the recipients",
  "alerts[].namespaces": 'default `["*"]`; `[]` for those alone whose Team names the route',
  "alerts[].accounts":
    'names of AwsAccounts; default `["*"]`. An alert that belongs to no account goes to every route',
  "alerts[].severity": "`other` (default): all alerts; `security`: only security alerts",
  "alerts[].perMinute":
    "default 6: what exceeds it is sent as one digest. An Alertmanager, and updates in Slack, are not limited",
  "alerts[].remindAfter":
    "default `24h`: an incident that is still open is reported again; not for an Alertmanager, nor with `dailyAt`",
  "alerts[].dailyAt":
    'a time of the day in UTC, such as `"07:00"`: everything is sent once a day, as one digest',
  "alerts[].fallback": "another route, which also gets each message that waits for 15 minutes",
  bootstrap:
    "Grantkeeper's own roles, for `bootstrap roles` and `doctor`: [the roles that it needs](aws-permissions.md#create-the-roles)",
  "bootstrap.baseRole": "ARN of the role of the process, which observer, writer and binder trust",
  "bootstrap.organization":
    "the AWS organization of the base role: the trust then requires `aws:PrincipalOrgID`",
  "bootstrap.organizationalUnits": "where stack sets create the roles: `ou-…`, or the root `r-…`",
  "bootstrap.deployers":
    "the roles that may change Grantkeeper's own roles and the boundaries; `*` matches any characters",
  "bootstrap.callAs":
    "as who stack sets are created: `SELF`, the management account, or `DELEGATED_ADMIN`, in the account of a delegated administrator",
  "bootstrap.functionKeys":
    "by name of an AwsAccount: the customer managed keys that encrypt the environment variables of functions whose role the binder sets",
  "bootstrap.formerRoles":
    "by name of an AwsAccount: the former roles that the binder may set again, for [the undo of a switch](adoption.md#undo)",
  audit: "what becomes of the [record](audit.md) outside of the state directory",
  "audit.stdout":
    "default `false`. `true`: `run` writes each entry of the record to standard output, as a [line of the export](audit.md#to-a-siem)",
  "audit.retention":
    "default: every entry is kept. At least `30d`: older entries are [removed](audit.md#retention), up to a checkpoint that has its copies",
  "audit.archive":
    "with `audit.retention`: a folder, relative to this file; entries are written there before they are removed",
  backups: "[backups](operations/backup-and-restore.md#who-sees-a-failure), which a timer makes",
  "backups.maxAge":
    "how old the last verified backup may be: at least `1h`. With it, an installation without any backup for that time since its start is reported too. Default: `7d` after the last one; `null`: its age is not judged",
  telemetry: "[OpenTelemetry](#opentelemetry)",
  "telemetry.otlp": "a collector that gets traces and metrics over OTLP/HTTP, as JSON",
  "telemetry.otlp.endpoint":
    "its URL without `/v1/traces`, such as `http://127.0.0.1:4318`; https, or http to this machine or with no `headersFile`",
  "telemetry.otlp.headersFile":
    "a file with one header `NAME: VALUE` in each line, such as a token; read again for each request",
  network: "[proxies and certificates](networks.md)",
  "network.proxy":
    "the proxy of AWS, of Git and of alerts. Without it, `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` count; `null`: none",
  "network.proxy.url": "`http://proxy.example.com:3128`, or https",
  "network.proxy.loginFile": "a file with one line `USER:PASSWORD`; read again for each request",
  "network.proxy.noProxy":
    "the servers that are reached directly: `example.com`, `.example.com`, `10.0.0.0/8`, each with or without `:PORT`, or `*`",
  "network.caFile":
    "certificates in PEM that are trusted for AWS, Git, alerts and a proxy, next to those of the system; read at the start",
  aws: "[endpoints](networks.md#endpoints), and settings of a simulated AWS",
  "aws.endpoints": "the endpoints of a private network, in place of AWS's public ones",
  "aws.endpoints.organizations":
    "as `iam`, also by partition; used with an AccountSet that observes an organization",
  "aws.endpoints.iam":
    "an https URL, such as that of a VPC endpoint, or one for each partition (`aws-cn: URL`); http only to this machine",
  "aws.endpoints.sts": "as `iam`, with `stsRegion`; or by region (`eu-central-1: URL`)",
  "aws.endpoints.lambda": "by region: as `iam`",
  "aws.endpoints.tagging":
    "by region: as `iam`; of the Resource Groups Tagging API, which reads the tags of functions",
  "aws.endpoints.cloudformation":
    "by region: as `iam`; used where a manifest names the output of a stack, and with `adoptableRoles`",
  "aws.endpoints.ssm": "by region: as `iam`; used where a manifest names an SSM parameter",
  "aws.endpoints.cloudtrail": "by region: the endpoints of CloudTrail; only `aws.lookupEvents` calls them",
  "aws.endpoints.events": "by region: the endpoints of EventBridge; only `import` calls them",
  "aws.stsRegion":
    "the region whose STS is called; default: the only region in `endpoints.sts`, else the home region of the partition, such as `us-east-1`",
  "aws.fips":
    "default `false`. `true`: the FIPS endpoints of all services that `endpoints` does not name; an error where AWS has none",
  "aws.endpoint": "refused unless `simulator` is true. Endpoints in the environment are ignored",
  "aws.lookupEvents":
    "default `false`. `true`: CloudTrail is asked who made a difference that no change event explains ([LookupEvents](#lookupevents))",
  "aws.simulator":
    "default `false`. `true` allows `endpoint` and the four durations below, and only the `budgets` of an AwsAccount limit the rate of requests",
  "aws.propagationWait": "instead of every account's `propagationWait`; `0s` is allowed",
  "aws.deleteQuiet": "instead of every account's `deleteQuiet`",
  "aws.waveInterval": "instead of every account's `adoption.waveInterval`; `0s` is allowed",
  "aws.revert": "instead of every account's `revert`",
  "aws.revert.other": "the delay before a harmless addition is reverted",
};
