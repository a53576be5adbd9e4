#!/bin/sh
# Calls an API with an API key (authly_pat_…), which is sent like an access token. The key goes through standard input, not through an argument.
set -eu

# In a variable of its own: the failure of a command inside a pipe would go unnoticed.
answer=$(printf 'header = "Authorization: Bearer %s"\n' "$MY_APP_API_KEY" | curl -fsS --config - "$MY_APP_API_URL/whoami")
printf %s "$answer" | jq -r .subject
