#!/usr/bin/python3 -B
"""Lab stand-in for amazon-ssm-agent, not AWS's code: same command line, files and API calls, and nothing else.

    amazon-ssm-agent                                          the service
    amazon-ssm-agent -register -code C -id I -region R [-y]   registers this host with an activation
    amazon-ssm-agent -register -clear                         forgets the registration
    amazon-ssm-agent -fingerprint | -version
"""

import argparse
import base64
import datetime
import json
import os
import subprocess
import sys
import tempfile
import time
import uuid

sys.path.insert(0, "/usr/lib/amazon-ssm-agent")
import awsapi  # noqa: E402
import host  # noqa: E402

VERSION = "3.3.3598.0"
STORE = "/var/lib/amazon/ssm/Vault/Store"
REGISTRATION_KEY = f"{STORE}/RegistrationKey"
FINGERPRINT = f"{STORE}/InstanceFingerprint"
REGISTRATION = "/var/lib/amazon/ssm/registration"
LOG = "/var/log/amazon/ssm/amazon-ssm-agent.log"
HEARTBEAT_SECONDS = 10


def log(level, text):
    line = f"{datetime.datetime.now():%Y-%m-%d %H:%M:%S} {level} {text}"
    print(line, file=sys.stderr, flush=True)
    os.makedirs(os.path.dirname(LOG), mode=0o755, exist_ok=True)
    with open(LOG, "a", encoding="utf-8") as file:
        file.write(line + "\n")


def write(path, text):
    """Writes atomically; only root can read the file."""
    os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
    with open(path + ".new", "w", encoding="utf-8", opener=lambda p, f: os.open(p, f, 0o600)) as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.rename(path + ".new", path)


def read_registration():
    try:
        with open(REGISTRATION_KEY, encoding="utf-8") as file:
            return json.load(file)
    except (OSError, ValueError):
        return {"instanceID": "", "region": ""}


def write_registration(instance_id, region, private_key):
    fields = {"instanceID": instance_id, "region": region, "instanceType": "", "availabilityZone": ""}
    key_type = "Rsa" if private_key else ""
    fields.update(privateKey=private_key, privateKeyType=key_type)
    write(REGISTRATION_KEY, json.dumps(fields, separators=(",", ":")))


def fingerprint():
    """Names this machine; stays the same as long as its vault does."""
    try:
        with open(FINGERPRINT, encoding="utf-8") as file:
            return json.load(file)["fingerprint"]
    except (OSError, ValueError, KeyError):
        new = str(uuid.uuid4())
        write(FINGERPRINT, json.dumps({"fingerprint": new, "hardwareHash": {}, "similarityThreshold": 40}))
        return new


def openssl(*args, stdin=b""):
    return subprocess.run(["openssl", *args], input=stdin, capture_output=True, check=True).stdout


def key_pair():
    """Returns a (private, public) RSA key pair, each as base64 of DER, which is how AWS's agent sends and stores it."""
    private = openssl("genrsa", "2048")
    der = openssl("rsa", "-outform", "DER", stdin=private)
    public = openssl("rsa", "-pubout", "-outform", "DER", stdin=private)
    return base64.b64encode(der).decode(), base64.b64encode(public).decode()


def register(code, activation_id, region):
    private, public = key_pair()
    # Like AWS's agent: writes an empty registration first, to check that the vault is writable.
    write_registration("", "", private)
    request = {"ActivationId": activation_id, "ActivationCode": code, "PublicKey": public, "PublicKeyType": "Rsa"}
    request["Fingerprint"] = fingerprint()
    headers = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "AmazonSSM.RegisterManagedInstance"}
    try:
        instance_id = awsapi.post(f"https://ssm.{region}.amazonaws.com/", request, headers)["InstanceId"]
    except awsapi.ApiError as error:
        log("ERROR", f"Registration failed due to error registering the instance with AWS SSM. {error}")
        return 1
    write_registration(instance_id, region, private)
    write(REGISTRATION, json.dumps({"ManagedInstanceID": instance_id, "Region": region}, separators=(",", ":")))
    log("INFO", f"Successfully registered the instance with AWS SSM using Managed instance-id: {instance_id}")
    return 0


def clear():
    write_registration("", "", "")
    log("INFO", "Registration information has been removed from the instance.")
    return 0


def rsa_signature(private_key, text):
    """Signs with the managed instance's own key, as it has no other credentials yet."""
    pem = openssl("rsa", "-inform", "DER", stdin=base64.b64decode(private_key))
    with tempfile.NamedTemporaryFile(dir="/run", prefix="ssm-") as key:
        os.chmod(key.name, 0o600)
        key.write(pem)
        key.flush()
        return base64.b64encode(openssl("dgst", "-sha256", "-sign", key.name, stdin=text.encode())).decode()


def refresh_credentials(registration):
    """Asks for the role's credentials and shares them with the ECS agent. Returns the time at which to ask again."""
    instance_id, region = registration["instanceID"], registration["region"]
    day = f"{datetime.datetime.now(datetime.timezone.utc):%Y%m%d}"
    scope = f"{instance_id}/{day}/{region}/ssm/aws4_request"
    signature = rsa_signature(registration["privateKey"], scope)
    headers = {
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": "AmazonSSM.RequestManagedInstanceRoleToken",
        "Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature={signature}",
    }
    token = awsapi.post(f"https://ssm.{region}.amazonaws.com/", {"Fingerprint": fingerprint()}, headers)
    write(
        awsapi.CREDENTIALS,
        "[default]\n"
        f"aws_access_key_id     = {token['AccessKeyId']}\n"
        f"aws_secret_access_key = {token['SecretAccessKey']}\n"
        f"aws_session_token     = {token['SessionToken']}\n",
    )
    now = time.time()
    return now + max(60, (float(token["TokenExpirationDate"]) - now) / 2)


def heartbeat(registration):
    information = {"InstanceId": registration["instanceID"], "AgentName": "amazon-ssm-agent", "AgentVersion": VERSION}
    information.update(AgentStatus="Active", PlatformType="Linux", **host.description(registration["region"]))
    awsapi.call(registration["region"], "ssm", "AmazonSSM.UpdateInstanceInformation", information)


def serve():
    renew_at = 0.0
    served = ""
    while True:
        registration = read_registration()
        if not registration["instanceID"]:
            log("INFO", "Entering SSM Agent hibernate - this host is not registered")
            time.sleep(60)
            continue
        try:
            if served != registration["instanceID"] or time.time() >= renew_at or not awsapi.node_credentials():
                renew_at = refresh_credentials(registration)
                served = registration["instanceID"]
            heartbeat(registration)
        except awsapi.ApiError as error:
            log("ERROR", f"{error}")
            if error.code in ("ExpiredTokenException", "UnrecognizedClientException", "InvalidClientTokenId"):
                renew_at = 0.0
        time.sleep(HEARTBEAT_SECONDS)


def main():
    parser = argparse.ArgumentParser(prog="amazon-ssm-agent", allow_abbrev=False)
    for flag in ("-register", "-clear", "-fingerprint", "-version", "-y", "-disableSimilarityCheck"):
        parser.add_argument(flag, action="store_true", dest=flag[1:])
    for flag in ("-code", "-id", "-region"):
        parser.add_argument(flag, default="", dest=flag[1:])
    parser.add_argument("-similarityThreshold", type=int, default=40)
    args = parser.parse_args()
    if args.version:
        print(f"SSM Agent version: {VERSION}")
        return 0
    if args.fingerprint:
        fingerprint()
        return 0
    if not args.register:
        return serve()
    if not (args.code and args.id and args.region):
        if args.clear:
            return clear()
        parser.print_usage(sys.stderr)
        return 1
    if not args.y and read_registration()["instanceID"]:
        print("\nInstance already registered. Would you like to override existing with new registration information? [Yes/No]: ")
        if not sys.stdin.readline().lower().startswith("y"):
            return 1
    return register(args.code, args.id, args.region)


if __name__ == "__main__":
    sys.exit(main())
