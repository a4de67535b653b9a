import { actionNameOf } from "../../model/aws/action-name.ts";

/**
 * Sets of actions with which a principal gets permissions that it was not given. One of each step's actions is enough.
 * Sources: `pathfinding:<id>` is a path of https://pathfinding.cloud (paths.json of 2025-12-17), `rhino` the list of
 * Rhino Security Labs where that has none, `grantkeeper:<name>` an addition of ours that is in no list.
 */
export interface EscalationPath {
  readonly source: string;
  /** `self`: own policies; `principal`: another one's credentials; `pass-role`: a role handed to something new; `existing-role`: code under a role that something has. */
  readonly group: "self" | "principal" | "pass-role" | "existing-role";
  readonly steps: readonly (readonly string[])[];
  /** Patterns of the buckets on which alone it is a path; absent: any resource. */
  readonly on?: readonly string[];
  /**
   * The type of the resources that the action starts with other code; absent: it changes or enters what it names. A
   * function starts a job of its own every day, so a resource that is named exactly is no path if
   * it is known to be its team's.
   */
  readonly starts?: string;
}

function path(source: string, group: EscalationPath["group"], ...steps: readonly string[]): EscalationPath {
  return { source, group, steps: steps.map((step) => step.split(" | ")) };
}

/** After iam:PassRole: what is then done with the role. */
function passing(source: string, ...steps: readonly string[]): EscalationPath {
  return path(source, "pass-role", "iam:PassRole", ...steps);
}

const SELF: readonly EscalationPath[] = [
  path("pathfinding:iam-001", "self", "iam:CreatePolicyVersion"),
  path("rhino:SetExistingDefaultPolicyVersion", "self", "iam:SetDefaultPolicyVersion"),
  path("pathfinding:iam-005", "self", "iam:PutRolePolicy"),
  path("pathfinding:iam-007", "self", "iam:PutUserPolicy"),
  path("pathfinding:iam-008", "self", "iam:AttachUserPolicy"),
  path("pathfinding:iam-009", "self", "iam:AttachRolePolicy"),
  path("pathfinding:iam-010", "self", "iam:AttachGroupPolicy"),
  path("pathfinding:iam-011", "self", "iam:PutGroupPolicy"),
  path("pathfinding:iam-012", "self", "iam:UpdateAssumeRolePolicy"),
  path("pathfinding:iam-013", "self", "iam:AddUserToGroup"),
  path("grantkeeper:boundary", "self", "iam:DeleteRolePermissionsBoundary"),
  path("grantkeeper:boundary", "self", "iam:PutRolePermissionsBoundary"),
  path("grantkeeper:boundary", "self", "iam:DeleteUserPermissionsBoundary"),
  path("grantkeeper:boundary", "self", "iam:PutUserPermissionsBoundary"),
  path("grantkeeper:drop-deny", "self", "iam:DeleteRolePolicy"),
  path("grantkeeper:drop-deny", "self", "iam:DetachRolePolicy"),
  // Tags decide who owns a role or a policy, and policies read them as aws:PrincipalTag.
  path("grantkeeper:tags", "self", "iam:TagRole"),
  path("grantkeeper:tags", "self", "iam:UntagRole"),
  path("grantkeeper:tags", "self", "iam:TagPolicy"),
  path("grantkeeper:tags", "self", "iam:UntagPolicy"),
  // Permission sets become roles in every account that they are assigned to.
  path("grantkeeper:identity-center", "self", "sso:AttachCustomerManagedPolicyReferenceToPermissionSet"),
  path("grantkeeper:identity-center", "self", "sso:AttachManagedPolicyToPermissionSet"),
  path("grantkeeper:identity-center", "self", "sso:CreateAccountAssignment"),
  path("grantkeeper:identity-center", "self", "sso:PutInlinePolicyToPermissionSet"),
  path("grantkeeper:identity-center", "self", "identitystore:CreateGroupMembership"),
  path("grantkeeper:cluster-access", "self", "eks:AssociateAccessPolicy"),
  path("grantkeeper:cluster-access", "self", "eks:CreateAccessEntry"),
  path("grantkeeper:cluster-access", "self", "eks:UpdateAccessEntry"),
  path("grantkeeper:function-policy", "self", "lambda:PutResourcePolicy"),
  path("grantkeeper:function-policy", "self", "lambda:AddPermission"),
  path("grantkeeper:function-url", "self", "lambda:CreateFunctionUrlConfig"),
  path("grantkeeper:function-url", "self", "lambda:UpdateFunctionUrlConfig"),
];

const PRINCIPAL: readonly EscalationPath[] = [
  path("pathfinding:iam-002", "principal", "iam:CreateAccessKey"),
  path("pathfinding:iam-004", "principal", "iam:CreateLoginProfile"),
  path("pathfinding:iam-006", "principal", "iam:UpdateLoginProfile"),
  path("cloudsplaining:credentials-exposure", "principal", "iam:UpdateAccessKey"),
  path("cloudsplaining:credentials-exposure", "principal", "iam:CreateServiceSpecificCredential"),
  path("cloudsplaining:credentials-exposure", "principal", "iam:ResetServiceSpecificCredential"),
  path("grantkeeper:identity-provider", "principal", "iam:CreateSAMLProvider"),
  path("grantkeeper:identity-provider", "principal", "iam:UpdateSAMLProvider"),
  path("grantkeeper:identity-provider", "principal", "iam:CreateOpenIDConnectProvider"),
  path("grantkeeper:identity-provider", "principal", "iam:UpdateOpenIDConnectProviderThumbprint"),
  path("grantkeeper:mfa", "principal", "iam:DeactivateMFADevice"),
  path("pathfinding:sts-001", "principal", "sts:AssumeRole"),
  path("grantkeeper:assume-root", "principal", "sts:AssumeRoot"),
];

const PASS_ROLE: readonly EscalationPath[] = [
  passing("pathfinding:apprunner-001", "apprunner:CreateService"),
  passing(
    "pathfinding:bedrock-001",
    "bedrock-agentcore:CreateCodeInterpreter",
    "bedrock-agentcore:StartCodeInterpreterSession",
    "bedrock-agentcore:InvokeCodeInterpreter",
  ),
  passing("pathfinding:cloudformation-001", "cloudformation:CreateStack"),
  passing(
    "pathfinding:cloudformation-003",
    "cloudformation:CreateStackSet",
    "cloudformation:CreateStackInstances",
  ),
  passing("pathfinding:cloudformation-004", "cloudformation:UpdateStackSet"),
  passing(
    "pathfinding:codebuild-001",
    "codebuild:CreateProject",
    "codebuild:StartBuild | codebuild:StartBuildBatch",
  ),
  passing(
    "pathfinding:datapipeline-001",
    "datapipeline:CreatePipeline",
    "datapipeline:PutPipelineDefinition",
    "datapipeline:ActivatePipeline",
  ),
  passing("pathfinding:ec2-001", "ec2:RunInstances"),
  passing("pathfinding:ec2-003", "ec2:RequestSpotInstances"),
  passing(
    "pathfinding:ecs-003",
    "ecs:RegisterTaskDefinition",
    "ecs:CreateService | ecs:RunTask | ecs:StartTask",
  ),
  // The new task definition, with the passed role, runs in a service that exists.
  passing("grantkeeper:service", "ecs:RegisterTaskDefinition", "ecs:CreateTaskSet | ecs:UpdateService"),
  passing("pathfinding:glue-001", "glue:CreateDevEndpoint"),
  passing("pathfinding:glue-003", "glue:CreateJob | glue:UpdateJob", "glue:StartJobRun | glue:CreateTrigger"),
  passing(
    "pathfinding:lambda-001",
    "lambda:CreateFunction",
    "lambda:InvokeFunction | lambda:AddPermission | lambda:PutResourcePolicy | lambda:CreateEventSourceMapping | lambda:CreateFunctionUrlConfig",
  ),
  passing("pathfinding:sagemaker-001", "sagemaker:CreateNotebookInstance"),
  passing("pathfinding:sagemaker-002", "sagemaker:CreateTrainingJob"),
  passing("pathfinding:sagemaker-003", "sagemaker:CreateProcessingJob"),
  passing("rhino:PassExistingRoleToNewCodeStarProject", "codestar:CreateProject"),
  passing("grantkeeper:states", "states:CreateStateMachine | states:UpdateStateMachine"),
  passing("grantkeeper:scheduler", "scheduler:CreateSchedule | scheduler:UpdateSchedule"),
  passing("grantkeeper:events", "events:PutTargets"),
  passing("grantkeeper:automation", "ssm:StartAutomationExecution"),
  passing("grantkeeper:function-role", "lambda:UpdateFunctionConfiguration"),
];

/**
 * Buckets from which tools deploy code and templates under the roles of others: of CDK, SAM, CloudFormation, Elastic
 * Beanstalk, Glue, CodePipeline and the Serverless Framework, by the names that these tools give them.
 * @see https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-customizing.html
 */
const DEPLOYMENT_BUCKETS: readonly string[] = [
  "cdk-*-assets-*",
  "aws-sam-cli-managed-*",
  "cf-templates-*",
  "elasticbeanstalk-*",
  "aws-glue-assets-*",
  "codepipeline-*",
  "*-serverlessdeploymentbuc*",
];

/** A job or service that exists, started with another command, script or task definition, under its role. */
function starting(action: string, starts: string): EscalationPath {
  return { ...path("grantkeeper:override", "existing-role", action), starts };
}

const EXISTING_ROLE: readonly EscalationPath[] = [
  path("pathfinding:apprunner-002", "existing-role", "apprunner:UpdateService"),
  path(
    "pathfinding:bedrock-002",
    "existing-role",
    "bedrock-agentcore:StartCodeInterpreterSession",
    "bedrock-agentcore:InvokeCodeInterpreter",
  ),
  path("pathfinding:cloudformation-002", "existing-role", "cloudformation:UpdateStack"),
  path(
    "pathfinding:cloudformation-005",
    "existing-role",
    "cloudformation:CreateChangeSet",
    "cloudformation:ExecuteChangeSet",
  ),
  path("pathfinding:codebuild-002", "existing-role", "codebuild:StartBuild"),
  path("pathfinding:codebuild-003", "existing-role", "codebuild:StartBuildBatch"),
  path("rhino:CodeStarCreateProjectFromTemplate", "existing-role", "codestar:CreateProjectFromTemplate"),
  path("rhino:CodeStarAssociateTeamMember", "existing-role", "codestar:AssociateTeamMember"),
  path(
    "pathfinding:ec2-002",
    "existing-role",
    "ec2:ModifyInstanceAttribute",
    "ec2:StopInstances",
    "ec2:StartInstances",
  ),
  path("pathfinding:ec2-004", "existing-role", "ec2:CreateLaunchTemplateVersion", "ec2:ModifyLaunchTemplate"),
  path("pathfinding:ec2instanceconnect-003", "existing-role", "ec2-instance-connect:SendSSHPublicKey"),
  path("cloudsplaining:ECSExecuteCommandOnRunningTask", "existing-role", "ecs:ExecuteCommand"),
  path("pathfinding:glue-002", "existing-role", "glue:UpdateDevEndpoint"),
  path("pathfinding:lambda-003", "existing-role", "lambda:UpdateFunctionCode"),
  path("grantkeeper:function-layer", "existing-role", "lambda:UpdateFunctionConfiguration"),
  path("pathfinding:sagemaker-004", "existing-role", "sagemaker:CreatePresignedNotebookInstanceUrl"),
  path(
    "pathfinding:sagemaker-005",
    "existing-role",
    "sagemaker:CreateNotebookInstanceLifecycleConfig",
    "sagemaker:StopNotebookInstance",
    "sagemaker:UpdateNotebookInstance",
    "sagemaker:StartNotebookInstance",
  ),
  path("pathfinding:ssm-001", "existing-role", "ssm:StartSession"),
  path("pathfinding:ssm-002", "existing-role", "ssm:SendCommand"),
  path("grantkeeper:build-project", "existing-role", "codebuild:UpdateProject"),
  path("grantkeeper:deployment", "existing-role", "codedeploy:CreateDeployment"),
  path("grantkeeper:host", "existing-role", "ec2-instance-connect:SendSerialConsoleSSHPublicKey"),
  path("grantkeeper:host", "existing-role", "ssm-guiconnect:StartConnection"),
  path("grantkeeper:host", "existing-role", "ssm:CreateAssociation"),
  path("grantkeeper:host", "existing-role", "ssm:ResumeSession"),
  path("grantkeeper:host", "existing-role", "ssm:UpdateAssociation"),
  path("grantkeeper:host", "existing-role", "ssm:UpdateDocument"),
  path("grantkeeper:image", "existing-role", "ecr:PutImage"),
  // A trigger starts any job of the account, with another script (--scriptLocation), under the job's role.
  // https://docs.aws.amazon.com/glue/latest/dg/aws-glue-programming-etl-glue-arguments.html
  path("grantkeeper:job", "existing-role", "glue:CreateTrigger"),
  path("grantkeeper:job", "existing-role", "glue:UpdateTrigger"),
  // https://docs.aws.amazon.com/batch/latest/APIReference/API_ContainerOverrides.html
  starting("batch:SubmitJob", "job-definition"),
  // https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
  starting("ecs:UpdateService", "service"),
  // https://docs.aws.amazon.com/glue/latest/webapi/API_StartJobRun.html
  starting("glue:StartJobRun", "job"),
  // The request names the execution role, and a cluster that is named exactly runs code under each that trusts it.
  // https://docs.aws.amazon.com/emr-on-eks/latest/APIReference/API_StartJobRun.html
  path("grantkeeper:job", "existing-role", "emr-containers:StartJobRun"),
  path("grantkeeper:job", "existing-role", "elasticmapreduce:AddJobFlowSteps"),
  path("grantkeeper:job", "existing-role", "glue:RunStatement"),
  path("grantkeeper:job", "existing-role", "glue:UpdateJob"),
  path("grantkeeper:job", "existing-role", "glue:UpdateJobFromSourceControl"),
  path("grantkeeper:job", "existing-role", "sagemaker:UpdatePipeline"),
  path("grantkeeper:notebook", "existing-role", "sagemaker:CreatePresignedDomainUrl"),
  path("grantkeeper:notebook", "existing-role", "sagemaker:StartSession"),
  path("grantkeeper:notebook", "existing-role", "sagemaker:UpdateNotebookInstanceLifecycleConfig"),
  path("grantkeeper:resolver", "existing-role", "appsync:UpdateFunction"),
  path("grantkeeper:resolver", "existing-role", "appsync:UpdateResolver"),
  path("grantkeeper:state-machine", "existing-role", "states:UpdateStateMachine"),
  // https://docs.aws.amazon.com/managed-flink/latest/apiv2/API_UpdateApplication.html
  path("grantkeeper:stream-application", "existing-role", "kinesisanalytics:UpdateApplication"),
  // An instance runs its user data as root at every start, also one that others request.
  path("grantkeeper:user-data", "existing-role", "ec2:ModifyInstanceAttribute"),
  { ...path("grantkeeper:deployment-bucket", "existing-role", "s3:PutObject"), on: DEPLOYMENT_BUCKETS },
];

export const ESCALATION_PATHS: readonly EscalationPath[] = [
  ...SELF,
  ...PRINCIPAL,
  ...PASS_ROLE,
  ...EXISTING_ROLE,
];

/** Ids of the guard rules that the paths make, one for each action that begins one: `ESC-PassRole`. Sorted. */
export const ESCALATION_RULES: readonly string[] = [
  ...new Set(
    ESCALATION_PATHS.flatMap(({ steps }) =>
      (steps[0] ?? []).map((action) => `ESC-${actionNameOf(action).name}`),
    ),
  ),
].sort();
