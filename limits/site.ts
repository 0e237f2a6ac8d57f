/** What OpenSSH and the Raspberry Pi's firmware take of a host. */

/**
 * A whole public key, of 51 or 104 bytes (RFC 8709, RFC 5656): a key that was cut off would look like another host's. RSA
 * keys are refused, since the provider would then offer only SHA-1 signatures, which sshd refuses since OpenSSH 8.8.
 */
export const hostKeyPattern =
  /^(ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI[A-P][A-Za-z0-9+/]{42}|ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBB[A-P][A-Za-z0-9+/]{84}[AEIMQUYcgkosw048]=)$/;

/** Whether the fan's temperatures ascend, as its overlay needs them. */
export function isAscending(temperatures: readonly number[]): boolean {
  return temperatures.every(
    (value, i) => i === 0 || value > (temperatures[i - 1] ?? Number.POSITIVE_INFINITY),
  );
}
