/** The client id of our own command line: public, made at the first start, the `aud` of ID tokens of the password grant. */
export const FIRST_PARTY_CLIENT_ID = 'authly';
