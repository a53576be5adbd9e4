"""Calls an API as a program: client credentials, standard library only."""

import base64
import json
import os
import urllib.parse
import urllib.request


def ask(url, data=None, headers=None):
    request = urllib.request.Request(url, data=data, headers=headers or {})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def access_token(issuer, client_id, client_secret, **parameters):
    server = ask(f"{issuer}/.well-known/openid-configuration")
    # RFC 6749 section 2.3.1: both parts are form-encoded before they are joined.
    pair = ":".join(urllib.parse.quote_plus(part) for part in (client_id, client_secret))
    headers = {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}
    form = urllib.parse.urlencode({"grant_type": "client_credentials", **parameters}).encode()
    return ask(server["token_endpoint"], form, headers)["access_token"]


def main():
    env = os.environ
    token = access_token(
        env["MY_APP_ISSUER"],
        env["MY_APP_CLIENT_ID"],
        env["MY_APP_CLIENT_SECRET"],
        scope="vms:read",
        resource=env["MY_APP_RESOURCE"],
    )
    for vm in ask(f"{env['MY_APP_API_URL']}/vms", headers={"Authorization": f"Bearer {token}"})["vms"]:
        print(vm["name"], vm["region"], sep="\t")


if __name__ == "__main__":
    main()
