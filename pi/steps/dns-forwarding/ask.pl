# Asks servers for a name's IPv4 addresses (RFC 1035, section 4), and prints a line for each that answers: its address, the
# response code, the addresses in order. Waits until the first server and any other have answered, 1.5 s at most. In perl,
# which is on every Debian (perl-base), as no other client surely is.
#
# NAME SERVER…
use strict; use Socket;
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
print map { defined $said{$_} ? "$_ $said{$_}\n" : () } @servers;
