#!/usr/bin/env bash
# Runs `grantkeeper review` for an event of GitHub, Gitea or Forgejo. Values of the event come as variables and never as code.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
commit_hash='^[0-9a-f]{40}([0-9a-f]{24})?$'

# What is fetched of a fork is data: nothing of it is checked out or run.
fetched() {
  git -C "$REVIEW_DIRECTORY" fetch --quiet --no-tags --no-recurse-submodules origin "$1"
  git -C "$REVIEW_DIRECTORY" rev-parse FETCH_HEAD
}

if ! [[ "$REVIEW_HEAD" =~ $commit_hash ]]; then
  echo "error: the event names no commit to review: set the input head to a hash" >&2
  exit 1
fi
if ! git -C "$REVIEW_DIRECTORY" cat-file -e "$REVIEW_HEAD^{commit}" 2>/dev/null; then
  fetched "$REVIEW_HEAD" >/dev/null
fi
base="$REVIEW_BASE"
if ! [[ "$base" =~ $commit_hash ]]; then
  if ! git check-ref-format "refs/heads/$base"; then
    echo "error: the event names no base: set the input base to a branch or a hash" >&2
    exit 1
  fi
  base="$(fetched "refs/heads/$base")"
fi

options=(--base "$base" --head "$REVIEW_HEAD" --post "$REVIEW_FORGE" -o markdown)
if [[ -n "$REVIEW_PULL_REQUEST" ]]; then options+=(--pull-request "$REVIEW_PULL_REQUEST"); fi
if [[ -n "$REVIEW_TARGET" ]]; then options+=(--target "${REVIEW_TARGET#refs/heads/}"); fi
if [[ "$REVIEW_MERGE_STATUS" == true ]]; then options+=(--merge-status); fi
while IFS= read -r argument; do
  if [[ -n "$argument" ]]; then options+=("$argument"); fi
done <<<"$REVIEW_ARGUMENTS"

# Without this variable the number would come from the branch that runs the workflow.
unset GITHUB_REF
node "$root/bin/grantkeeper.mjs" review "$REVIEW_DIRECTORY" "${options[@]}" | tee -a "${GITHUB_STEP_SUMMARY:-/dev/null}"
