/**
 * sh that defines `aws_call SERVICE TARGET JSON`: a call of AWS's JSON API with the credentials that the SSM agent
 * keeps on a node; prints the answer. Secrets reach curl through its stdin: they are in no argument. Needs `$region`
 * and `$credentials`, and curl 7.76 (--aws-sigv4, --fail-with-body), which every supported host has.
 */
export const awsCall = `\
credential() { sed -n "s/^$1 *= *//p" "$credentials" 2>/dev/null | head -n 1; }

aws_call() {
  case "$region" in cn-*) suffix=amazonaws.com.cn ;; *) suffix=amazonaws.com ;; esac
  printf 'user = "%s:%s"\\nheader = "X-Amz-Security-Token: %s"\\n' "$(credential aws_access_key_id)" \\
    "$(credential aws_secret_access_key)" "$(credential aws_session_token)" |
    curl -K - -sS --fail-with-body --connect-timeout 5 --max-time 10 --aws-sigv4 "aws:amz:$region:$1" \\
      -H 'Content-Type: application/x-amz-json-1.1' -H "X-Amz-Target: $2" -d "$3" "https://$1.$region.$suffix/" 2>&1
}
`;
