import { quote } from "../../converge.ts";
import type { Script } from "../../step.ts";
import { isPrivate } from "../private-address.ts";

/**
 * Asks servers for a name's IPv4 addresses (RFC 1035, section 4), and prints a line for each that answers: its address, the
 * response code, the addresses in order. Waits until the first server and any other have answered, 1.5 s at most. In perl,
 * which is on every Debian (perl-base), as no other client surely is.
 */
const client = `use strict; use Socket;
my ($name, @servers) = @ARGV;
my $id = $$ & 0xffff;
my $query = pack("n6", $id, 0x100, 1, 0, 0, 0) . join("", map { pack("C/a*", $_) } split(/[.]/, $name)) . pack("Cnn", 0, 1, 1);
socket(my $socket, PF_INET, SOCK_DGRAM, 0) or die "socket: $!";
my %said;
for (1 .. 3) {
  for (grep { !defined $said{$_} } @servers) { send($socket, $query, 0, pack_sockaddr_in(53, inet_aton($_))) }
  my $left = 0.5;
  while ($left > 0) {
    vec(my $ready = "", fileno($socket), 1) = 1;
    (my $found, $left) = select($ready, undef, undef, $left);
    last unless $found > 0;
    my $from = recv($socket, my $packet, 4096, 0) or next;
    my (undef, $address) = unpack_sockaddr_in($from);
    next if length($packet) < 12;
    my ($theirs, $flags, undef, $count) = unpack("n4", $packet);
    next unless $theirs == $id && $flags & 0x8000;
    my $at = 12 + length($query) - 12;
    my @found;
    while ($count-- > 0 && $at < length $packet) {
      while ((my $length = ord substr($packet, $at, 1)) > 0) {
        if ($length >= 0xc0) { $at++; last }
        $at += 1 + $length;
      }
      my ($type, undef, undef, $size) = unpack("nnNn", substr($packet, $at + 1, 10));
      last unless defined $size;
      push @found, inet_ntoa(substr($packet, $at + 11, 4)) if $type == 1 && $size == 4;
      $at += 11 + $size;
    }
    $said{inet_ntoa($address)} = join(" ", $flags & 15, sort @found);
    my ($first, @others) = @servers;
    last if defined $said{$first} && grep { defined $said{$_} } @others;
  }
  my ($first, @others) = @servers;
  last if defined $said{$first} && grep { defined $said{$_} } @others;
}
print map { defined $said{$_} ? "$_ $said{$_}\\n" : () } @servers;
`;

/**
 * Fails unless the server on \`$address\` answers as one of the resolvers themselves does: one that asks anybody else
 * gives public addresses. Where the resolvers' answer is public itself, there is no endpoint, and it may differ.
 */
export const verifyAnswer = (name: string, resolvers: readonly string[]): Script => `${isPrivate}
name=${name}
answers=$(perl -e ${quote(client)} "$name" "$address" ${resolvers.join(" ")})
mine='' theirs=''
while read -r server answer; do
  if [ "$server" = "$address" ]; then mine=$answer; else theirs=\${theirs:-$answer}; fi
done <<END
$answers
END
[ -n "$mine" ] ||
  fail "$name" "no answer from $address" "must be answered by this host's server" "see below what it logged"
[ -n "$theirs" ] ||
  fail "$name" "no answer from the inbound resolver, ${resolvers.join(" ")}" "must answer on UDP port 53" \\
    "look at the tunnels, at this host's route to the VPC, and at the resolver's security group"
if [ "$mine" != "$theirs" ] && is_private "\${theirs#* }"; then
  fail "$name" "\${mine#* } by this host's server" "must be \${theirs#* }, as the VPC's inbound resolver says" \\
    "look for another rule for the name in the server's own configuration"
fi
fact address "$address"
fact "$name" "\${theirs#* }"
`;
