# ADDRESS: whether it is one of a private network (RFC 1918, RFC 6598, RFC 4193).
is_private() {
  case $1 in
    10.* | 192.168.* | 172.1[6-9].* | 172.2?.* | 172.3[01].*) ;;
    100.6[4-9].* | 100.[7-9]?.* | 100.1[01]?.* | 100.12[0-7].*) ;;
    f[cd]*:*) ;;
    *) return 1 ;;
  esac
}
