declare const AUTHLY_VERSION: string | undefined;

/** The version of this command; put in when it is bundled. */
export const version: string = typeof AUTHLY_VERSION === 'undefined' ? '0.0.0-source' : AUTHLY_VERSION;
