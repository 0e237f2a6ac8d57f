# NAME JSON: sets `text` to a string in JSON of one line; status 1 when it is missing, null or empty. For names and
# numbers, which contain no escapes. A bare host has no jq, and jq takes longer than a whole step.
json_text() {
  case $2 in *"\"$1\":"*) ;; *) return 1 ;; esac
  text=${2#*"\"$1\":"}
  text=${text# }
  case $text in \"[!\"]*) ;; *) return 1 ;; esac
  text=${text#\"}
  text=${text%%\"*}
}
