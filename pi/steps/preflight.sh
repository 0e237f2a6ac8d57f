# preflight: measures the way to AWS's endpoints in the VPC. The measurement itself is a program on the host.
#
# PROGRAM_PATH  its path
# AGAIN         read by nothing: a changed number makes the step run again

step_verify() {
  local rows row
  # The facts' descriptor is closed to the program: nothing that it starts may keep this shell waiting.
  rows=$("$ROOT$PROGRAM_PATH" --rows 4>&-) || fail_with_cause "$rows"
  fact measuredAt "$(date -u +%Y-%m-%dT%H:%M:%SZ)"
  while IFS= read -r row; do
    fact "${row%%"$TAB"*}" "${row#*"$TAB"}"
  done <<END
$rows
END
}

# ROWS: fails with the cause that follows them; without a cause, the program could not measure.
fail_with_cause() {
  local rest field value
  case $1 in *"cause$TAB"*) ;; *) exit 1 ;; esac
  rest=${1#*"cause$TAB"}
  field=${rest%%"$TAB"*} rest=${rest#*"$TAB"}
  value=${rest%%"$TAB"*} rest=${rest#*"$TAB"}
  fail "$field" "$value" "${rest%%"$TAB"*}" "${rest#*"$TAB"}"
}
