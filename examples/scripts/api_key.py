"""Calls an API with an API key (authly_pat_...), which is sent like an access token. Standard library only."""

import json
import os
import urllib.request


def main():
    env = os.environ
    headers = {"Authorization": f"Bearer {env['MY_APP_API_KEY']}"}
    request = urllib.request.Request(f"{env['MY_APP_API_URL']}/whoami", headers=headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        print(json.load(answer)["subject"])


if __name__ == "__main__":
    main()
