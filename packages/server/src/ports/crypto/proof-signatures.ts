/** Checks the signature of a DPoP proof with the public key that the proof itself names. */
export interface ProofSignatures {
  /** What a proof says and the thumbprint of its key; in words what is wrong with its form, key or signature. @spec RFC 9449 §4.3 */
  verify(proof: string): SignedProof | { readonly problem: string };
}

export interface SignedProof {
  /** RFC 7638, SHA-256, in base64url. */
  readonly thumbprint: string;
  readonly claims: Readonly<Record<string, unknown>>;
}
