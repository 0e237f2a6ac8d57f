# AWS's JSON APIs, with the credentials that the SSM agent keeps on a node.

AWS_CREDENTIALS=$ROOT/root/.aws/credentials

# NAME: prints a field of the credentials.
credential() {
  sed -n "s/^$1 *= *//p" "$AWS_CREDENTIALS" 2>/dev/null | head -n 1
}

# REGION SERVICE TARGET JSON: prints the answer. Secrets reach curl through its stdin: they are in no argument. Takes curl
# 7.76 (--aws-sigv4, --fail-with-body), which every supported host has.
aws_call() {
  local suffix
  case $1 in cn-*) suffix=amazonaws.com.cn ;; *) suffix=amazonaws.com ;; esac
  printf 'user = "%s:%s"\nheader = "X-Amz-Security-Token: %s"\n' "$(credential aws_access_key_id)" \
    "$(credential aws_secret_access_key)" "$(credential aws_session_token)" |
    curl -K - -sS --fail-with-body --connect-timeout 5 --max-time 10 --aws-sigv4 "aws:amz:$1:$2" \
      -H 'Content-Type: application/x-amz-json-1.1' -H "X-Amz-Target: $3" -d "$4" "https://$2.$1.$suffix/" 2>&1
}

# REGION ACTION JSON
ecs_call() {
  aws_call "$1" ecs "AmazonEC2ContainerServiceV20141113.$2" "$3"
}

# REGION ACTION JSON
ssm_call() {
  aws_call "$1" ssm "AmazonSSM.$2" "$3"
}

# ARN: prints the cluster of a container instance.
cluster_of() {
  local rest
  rest=${1#*:container-instance/}
  printf '%s\n' "${rest%%/*}"
}
