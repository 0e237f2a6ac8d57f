/** A key that AWS signs with. */
export interface SigningKey {
  /** Forty hexadecimal digits: the primary key's whole fingerprint. Key ids are too short to trust. */
  readonly fingerprint: string;
  /** ASCII-armored. Default: as install/amazon-keys.sh has it. */
  readonly publicKey?: string;
}

/** Signs the ECS Anywhere installer and the ECS agent's packages. */
export const amazonEcs: SigningKey = { fingerprint: "F34C3DDAE72926B079BEAEC6BCE9D9A42D51784F" };

/** Signs the SSM agent's packages. */
export const amazonSsm: SigningKey = { fingerprint: "1C5B395CBE5E74E2F1CA21592784DBF388D19D46" };
