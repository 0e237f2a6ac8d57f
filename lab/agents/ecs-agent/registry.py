"""Lab stand-in, not AWS's code: the token that Docker pulls with from a private registry of ECR."""

import base64
import re

import awsapi

HOST = re.compile(r"^\d{12}\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com$")
TARGET = "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken"


def authorization(image, role, own=None):
    """Returns the registry credentials for Docker's API: the task's `own`, or those of ECR, or None for an image of
    another registry. `role`: the credentials of the task's execution role; None: the node's own. Raises awsapi.ApiError."""
    host = image.split("/")[0]
    if own:
        return {**own, "serveraddress": host}
    of_ecr = HOST.match(host)
    if not of_ecr:
        return None
    region = of_ecr.group(1)
    credentials = (role["AccessKeyId"], role["SecretAccessKey"], role["Token"]) if role else None
    url = f"https://api.ecr.{region}.amazonaws.com/"
    answer = awsapi.call(region, "ecr", TARGET, {}, url=url, credentials=credentials)
    token = base64.b64decode(answer["authorizationData"][0]["authorizationToken"]).decode()
    username, _, password = token.partition(":")
    return {"username": username, "password": password, "serveraddress": host}
