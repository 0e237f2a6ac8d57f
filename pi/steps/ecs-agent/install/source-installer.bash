# $0: AWS's installer; its arguments, of which the activation code comes on stdin.
IFS= read -r code
exec </dev/null
set -- "$@" --activation-code "$code"
unset code
. "$0"
