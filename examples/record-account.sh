#!/usr/bin/env bash
# record-account.sh FOLDER: records what `grantkeeper simulator --replay` needs of one account and region, with AWS's command
# line and jq. It only reads. Functions are recorded without their environment variables.
set -euo pipefail
folder=$1
mkdir -p "$folder"

aws iam get-account-authorization-details --output json > "$folder/details.json"
aws iam list-roles --output json > "$folder/roles.json"
aws lambda list-functions --function-version ALL --output json |
  jq '{Functions: [.Functions[] | del(.Environment)]}' > "$folder/functions.json"
aws resourcegroupstaggingapi get-resources --resource-type-filters lambda:function --output json > "$folder/tags.json"
aws lambda list-event-source-mappings --output json > "$folder/event-sources.json"

# The output of a resource policy; null if there is none; nothing if it cannot be read.
policy_of() {
  if aws lambda get-policy --function-name "$1" --output json 2> "$folder/error"; then return; fi
  if grep -q ResourceNotFoundException "$folder/error"; then echo null; else cat "$folder/error" >&2; fi
}

: > "$folder/aliases.lines"
: > "$folder/policies.lines"
for arn in $(jq -r '[.Functions[].FunctionArn | sub(":[^:]+$"; "")] | unique[]' "$folder/functions.json"); do
  aliases=$(aws lambda list-aliases --function-name "$arn" --output json)
  jq -n --arg arn "$arn" --argjson output "$aliases" '{($arn): $output}' >> "$folder/aliases.lines"
  for target in "$arn" $(jq -r '.Aliases[].AliasArn' <<< "$aliases"); do
    policy=$(policy_of "$target")
    [ -z "$policy" ] || jq -n --arg arn "$target" --argjson output "$policy" '{($arn): $output}' >> "$folder/policies.lines"
  done
done
jq -s '{FunctionAliases: (add // {})}' "$folder/aliases.lines" > "$folder/aliases.json"
jq -s '{FunctionPolicies: (add // {})}' "$folder/policies.lines" > "$folder/policies.json"
rm -f "$folder"/*.lines "$folder/error"
