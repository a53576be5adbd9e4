#!/bin/sh
# Calls an API as a program: client credentials with curl and jq. Secrets go through standard input, because arguments are visible to others.
set -eu

encode() { printf %s "$1" | jq -sRr '@uri | gsub("%20"; "+")'; }
secret_curl() { curl -fsS --config - "$@"; }

# Each answer in a variable of its own: the failure of a command inside a pipe would go unnoticed.
server=$(curl -fsS "$MY_APP_ISSUER/.well-known/openid-configuration")
endpoint=$(printf %s "$server" | jq -r .token_endpoint)

tokens=$(printf 'user = "%s:%s"\n' "$(encode "$MY_APP_CLIENT_ID")" "$(encode "$MY_APP_CLIENT_SECRET")" |
  secret_curl "$endpoint" --data grant_type=client_credentials --data scope=vms:read --data-urlencode "resource=$MY_APP_RESOURCE")
token=$(printf %s "$tokens" | jq -r .access_token)

vms=$(printf 'header = "Authorization: Bearer %s"\n' "$token" | secret_curl "$MY_APP_API_URL/vms")
printf %s "$vms" | jq -r '.vms[] | [.name, .region] | @tsv'
