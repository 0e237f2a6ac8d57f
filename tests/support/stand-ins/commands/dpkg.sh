# Plays dpkg of a 64-bit ARM host, with no interrupted installation.
case $1 in --print-architecture) echo arm64 ;; esac
